namespace Tanlu.Kernel;

/// <summary>
/// One expected refusal, in a form every face can show: which row and column, what was found, and (through the texts
/// <c>problem.{Code}</c> and <c>expected.{Code}</c>) what happened and what would be right, in the reader's language.
/// </summary>
/// <param name="Code">Snake-case code; the texts of both languages hang on it.</param>
/// <param name="Row">1-based row of the input as a person counts it (the header is row 1), or null where there is no row.</param>
/// <param name="Column">Column or field name as the input spells it, or null.</param>
/// <param name="Found">What stood there, shortened for display.</param>
/// <param name="Args">Further values for the texts' holes <c>{0}</c>, <c>{1}</c> …</param>
public sealed record Problem(string Code, int? Row = null, string? Column = null, string? Found = null, params IReadOnlyList<string> Args)
{
    private const int LongestFound = 80;

    public string? Found { get; init; } = Shorten(Found);

    /// <summary>What happened, in one sentence.</summary>
    public string Message(Language language) => Texts.Fill(language, "problem." + Code, Found, Args);

    /// <summary>What would have been right.</summary>
    public string Expected(Language language) => Texts.Fill(language, "expected." + Code, Found, Args);

    private static string? Shorten(string? text) =>
        text is null || text.Length <= LongestFound ? text : string.Concat(text.AsSpan(0, LongestFound), "…");
}

/// <summary>Either a value or the problems that prevented it; never both, never neither.</summary>
public readonly record struct Outcome<T>
{
    private readonly T? _value;

    private Outcome(T? value, IReadOnlyList<Problem>? problems)
    {
        _value = value;
        Problems = problems ?? [];
    }

    public IReadOnlyList<Problem> Problems { get; }

    public bool Ok => Problems.Count == 0;

    /// <summary>The value. Throws when the outcome is a refusal: check <see cref="Ok"/> first.</summary>
    public T Value => Ok ? _value! : throw new InvalidOperationException("Refused: " + Problems[0].Code);

    public static Outcome<T> Done(T value) => new(value, null);

    public static Outcome<T> Refused(params IReadOnlyList<Problem> problems) =>
        problems.Count > 0 ? new(default, problems) : throw new ArgumentException("A refusal needs a problem.", nameof(problems));

    public static implicit operator Outcome<T>(T value) => Done(value);

    public static implicit operator Outcome<T>(Problem problem) => Refused(problem);

    public Outcome<TNext> Then<TNext>(Func<T, Outcome<TNext>> next) =>
        Ok ? next(_value!) : Outcome<TNext>.Refused(Problems);
}
