namespace Tanlu.Factors;

/// <summary>A diff as people read it: the part they ask for, what changes most first.</summary>
public static class PackChanges
{
    private static readonly (VersionDifference Flag, string Name)[] Flags =
    [
        (VersionDifference.Value, "value"), (VersionDifference.Unit, "unit"), (VersionDifference.UnitSpelling, "unit_spelling"), (VersionDifference.Basis, "basis"),
        (VersionDifference.Gwp, "gwp"), (VersionDifference.Validity, "validity"), (VersionDifference.Use, "use"), (VersionDifference.Text, "text"),
    ];

    public static IReadOnlyList<string> Names(VersionDifference what) => [.. Flags.Where(f => what.HasFlag(f.Flag)).Select(f => f.Name)];

    /// <param name="kind">Name of a <see cref="ChangeKind"/>, or of a difference (<c>value</c>, <c>unit</c>, <c>basis</c> …); anything else lets all through.</param>
    /// <param name="text">Part of a series or of a name in either language.</param>
    /// <param name="by"><c>series</c> orders by series; otherwise by how much changes, what cannot be compared last.</param>
    public static IReadOnlyList<SeriesChange> Order(IReadOnlyList<SeriesChange> changes, string? kind, string? text, string? by)
    {
        var which = changes.Where(c => Is(c, kind) && (string.IsNullOrWhiteSpace(text) || Names(c, text.Trim())));
        return by == "series"
            ? [.. which.OrderBy(c => c.Series, StringComparer.Ordinal).ThenBy(c => (c.After ?? c.Before)!.Version, StringComparer.Ordinal)]
            : [.. which.OrderBy(c => c.Kind is ChangeKind.Added).ThenByDescending(c => Math.Abs(c.Percent ?? 0)).ThenBy(c => c.Kind).ThenBy(c => c.Series, StringComparer.Ordinal)];
    }

    private static bool Is(SeriesChange change, string? kind) =>
        Enum.TryParse<ChangeKind>(kind, ignoreCase: true, out var asked) && kind!.All(char.IsAsciiLetter) ? change.Kind == asked
        : Array.Find(Flags, f => f.Name == kind) is { Name: not null } flag ? change.What.HasFlag(flag.Flag)
        : true;

    private static bool Names(SeriesChange change, string text)
    {
        var version = (change.After ?? change.Before)!;
        return version.Series.Contains(text, StringComparison.OrdinalIgnoreCase) || version.NameEn.Contains(text, StringComparison.OrdinalIgnoreCase)
            || version.NameZh.Contains(text, StringComparison.OrdinalIgnoreCase);
    }
}
