namespace Tanlu.Kernel;

/// <summary>
/// A calculation's own explanation: a value with its unit, the formula that gave it with the clause it comes from, and the values that went
/// into it, down to factor versions and evidence. Trees are recomputed from what a posting pins, never stored.
/// </summary>
/// <param name="Key">The texts <c>explain.{Key}</c> name the value in both languages.</param>
/// <param name="Value">In <see cref="Unit"/>.</param>
/// <param name="Formula">The formula in the standard's symbols, e.g. <c>FC × NCV × CC × OF × 44/12</c>; null on a leaf.</param>
/// <param name="Clause">Standard and clause of the formula.</param>
/// <param name="Args">Values for the holes of the label text.</param>
/// <param name="Source">Where a leaf's value comes from; null on a computed node.</param>
public sealed record Explanation(
    string Key,
    double Value,
    string Unit,
    string? Formula = null,
    string? Clause = null,
    IReadOnlyList<string>? Args = null,
    ExplanationSource? Source = null,
    IReadOnlyList<Explanation>? Children = null)
{
    public IReadOnlyList<Explanation> Children { get; init; } = Children ?? [];

    /// <summary>Text keys (<c>note.{…}</c>) of assumptions a reader must see at this node, with their values.</summary>
    public IReadOnlyList<ExplanationNote> Notes { get; init; } = [];

    public string Label(Language language) => Texts.Fill(language, "explain." + Key, Args ?? []);

    /// <summary>This node and all below it, depth first.</summary>
    public IEnumerable<Explanation> All() => Children.SelectMany(c => c.All()).Prepend(this);
}

/// <summary>An assumption or choice stated beside a value: text key <c>note.{Key}</c> and its values.</summary>
public sealed record ExplanationNote(string Key, params IReadOnlyList<string> Args)
{
    public string Text(Language language) => Texts.Fill(language, "note." + Key, Args);
}

/// <summary>Where a leaf's value comes from: a factor version, the input row, a constant of the product, or the user's own measurement.</summary>
/// <param name="Kind"><c>factor</c>, <c>input</c>, <c>constant</c> or <c>measured</c>.</param>
/// <param name="Reference">Factor version id, or column name.</param>
/// <param name="Text">Citation: source title, page, verification mark.</param>
public sealed record ExplanationSource(string Kind, string Reference, string Text = "");
