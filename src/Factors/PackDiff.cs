using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>What an edition does to one version of a series.</summary>
public enum ChangeKind
{
    /// <summary>The publisher had no such series before.</summary>
    Added,

    /// <summary>A further version of a known series, usually the next year.</summary>
    Renewed,

    /// <summary>A version of the same name with other contents.</summary>
    Corrected,

    /// <summary>The series is no longer given.</summary>
    Ended,

    /// <summary>The series goes on, without a version that the edition it replaces had.</summary>
    Withdrawn,
}

/// <summary>In what two versions of a series differ.</summary>
[Flags]
public enum VersionDifference
{
    None = 0,
    Value = 1,

    /// <summary>The number is per something else, so that old and new cannot be compared.</summary>
    Unit = 2,

    /// <summary>The same unit is written in another way, or another unit with the same result.</summary>
    UnitSpelling = 4,

    /// <summary>Calorific basis or state of a gas.</summary>
    Basis = 8,
    Gwp = 16,
    Validity = 32,

    /// <summary>Activity, role, place or rank: what it serves.</summary>
    Use = 64,

    /// <summary>Names, source, page, mark or remarks.</summary>
    Text = 128,
}

/// <summary>One number before and after; either is null where it is not given.</summary>
/// <param name="Percent">Change of the value; null where the two cannot be compared.</param>
public sealed record NumberChange(FactorComponent? Before, FactorComponent? After, double? Percent);

/// <summary>One version that an edition adds, changes or ends.</summary>
/// <param name="Before">What serves now for it: the same version, or the one before it in the series.</param>
public sealed record SeriesChange(ChangeKind Kind, FactorVersion? Before, FactorVersion? After, VersionDifference What, IReadOnlyList<NumberChange> Numbers)
{
    public string Series => (After ?? Before)!.Series;

    /// <summary>The largest change of a number, up or down; null where none can be compared.</summary>
    public double? Percent => Numbers.Where(n => n.Percent is not null).MaxBy(n => Math.Abs(n.Percent!.Value))?.Percent;
}

/// <summary>A line of a pack's identity that is not as it was: licence, attribution, publisher.</summary>
public sealed record IdentityChange(string Field, string Before, string After);

/// <summary>
/// What would be different if an edition served: every version that is added, changed or ended against what serves now. Pure; figures that are in
/// the book are not concerned, because they keep the editions that they were made with.
/// </summary>
/// <param name="Replaces">Serving editions that would serve no more.</param>
/// <param name="Unchanged">Versions of the edition that serve already, as they are.</param>
public sealed record PackDiff(
    FactorPack Pack, IReadOnlyList<FactorPack> Beside, IReadOnlyList<FactorPack> Replaces, IReadOnlyList<SeriesChange> Changes, int Unchanged, IReadOnlyList<IdentityChange> Identity)
{
    /// <summary>The publisher's first pack here: nothing is repeated, everything is added.</summary>
    public bool First => Beside.Count == 0 && Replaces.Count == 0;

    public int Count(ChangeKind kind) => Changes.Count(c => c.Kind == kind);

    /// <param name="before">What serves without the edition.</param>
    public static PackDiff Of(FactorLibrary before, FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        var (replaced, beside) = before.Meeting(pack, versions);
        var known = replaced.Concat(beside).SelectMany(p => p.Versions).GroupBy(v => v.Series, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.OrderBy(v => v.ValidFrom).ThenBy(v => v.Pack.Version, StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        var changes = new List<SeriesChange>();
        var unchanged = 0;
        var given = new HashSet<(string, string)>();
        var goingOn = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in versions)
        {
            given.Add((version.Series, version.Version));
            goingOn.Add(version.Series);
            if (!known.TryGetValue(version.Series, out var series))
            {
                changes.Add(new SeriesChange(ChangeKind.Added, null, version, VersionDifference.None, []));
                continue;
            }

            var same = series.FindLast(v => v.Version == version.Version);
            var against = same ?? series.FindLast(v => v.ValidFrom <= version.ValidFrom) ?? series[0];
            var (what, numbers) = Compare(against, version);
            if (same is not null && what == VersionDifference.None)
            {
                unchanged++;
                continue;
            }

            // A later year always has other days of validity: that is what makes it one.
            changes.Add(new SeriesChange(same is null ? ChangeKind.Renewed : ChangeKind.Corrected, against, version, same is null ? what & ~VersionDifference.Validity : what, numbers));
        }

        var latest = versions.Count == 0 ? default : versions.Max(v => v.ValidFrom);
        var predecessors = replaced.Count > 0 ? replaced : [.. beside.Where(p => p.Versions.Max(v => v.ValidFrom) <= latest).OrderBy(p => p.Versions.Max(v => v.ValidFrom)).TakeLast(1)];
        foreach (var series in predecessors.SelectMany(p => p.Versions).GroupBy(v => v.Series, StringComparer.Ordinal))
        {
            if (!goingOn.Contains(series.Key))
            {
                changes.Add(new SeriesChange(ChangeKind.Ended, series.MaxBy(v => v.ValidFrom), null, VersionDifference.None, []));
            }
            else if (replaced.Count > 0)
            {
                changes.AddRange(series.Where(v => !given.Contains((v.Series, v.Version))).Select(v => new SeriesChange(ChangeKind.Withdrawn, v, null, VersionDifference.None, [])));
            }
        }

        IReadOnlyList<IdentityChange> identity = predecessors.Count > 0 ? [.. Identities(predecessors[^1].Pack, pack)] : [];
        return new PackDiff(pack, [.. beside.Select(p => p.Pack)], [.. replaced.Select(p => p.Pack)], changes, unchanged, identity);
    }

    /// <summary>What is not alike in two versions, with every number that is not.</summary>
    public static (VersionDifference What, IReadOnlyList<NumberChange> Numbers) Compare(FactorVersion before, FactorVersion after)
    {
        var what = VersionDifference.None;
        var numbers = new List<NumberChange>();
        foreach (var old in before.Components)
        {
            var now = after.Components.FirstOrDefault(c => c.Kind == old.Kind && c.Gas == old.Gas);
            if (now is null)
            {
                what |= VersionDifference.Value;
                numbers.Add(new NumberChange(old, null, null));
                continue;
            }

            var difference = Compare(old, now, out var percent);
            what |= difference;
            if (difference != VersionDifference.None)
            {
                numbers.Add(new NumberChange(old, now, percent));
            }
        }

        foreach (var now in after.Components.Where(c => before.Components.All(o => o.Kind != c.Kind || o.Gas != c.Gas)))
        {
            what |= VersionDifference.Value;
            numbers.Add(new NumberChange(null, now, null));
        }

        what |= before.Basis != after.Basis ? VersionDifference.Basis : 0;
        what |= before.Gwp != after.Gwp ? VersionDifference.Gwp : 0;
        what |= (before.ValidFrom, before.ValidTo) != (after.ValidFrom, after.ValidTo) ? VersionDifference.Validity : 0;
        what |= (before.Activity, before.Role, before.Geography, before.Priority) != (after.Activity, after.Role, after.Geography, after.Priority) ? VersionDifference.Use : 0;
        what |= (before.NameEn, before.NameZh, before.Source, before.Page, before.Mark, before.Note, before.Quality, before.UncertaintyPercent, before.Technology)
            != (after.NameEn, after.NameZh, after.Source, after.Page, after.Mark, after.Note, after.Quality, after.UncertaintyPercent, after.Technology) ? VersionDifference.Text : 0;
        return (what, numbers);
    }

    private static VersionDifference Compare(FactorComponent before, FactorComponent after, out double? percent)
    {
        percent = null;
        var what = before.Unit.Condition != after.Unit.Condition ? VersionDifference.Basis : VersionDifference.None;
        if (before.Unit.Dimension != after.Unit.Dimension)
        {
            return what | VersionDifference.Unit;
        }

        var (old, now) = (before.Value * before.Unit.ToCoherent, after.Value * after.Unit.ToCoherent);
        percent = old == 0 ? now == 0 ? 0 : null : (now - old) / old * 100;
        if (Math.Abs(now - old) > 1e-12 * Math.Max(Math.Abs(old), Math.Abs(now)))
        {
            what |= VersionDifference.Value;
        }

        return before.Unit.Code == after.Unit.Code ? what : what | VersionDifference.UnitSpelling;
    }

    private static IEnumerable<IdentityChange> Identities(FactorPack before, FactorPack after)
    {
        (string Field, string Before, string After)[] lines =
        [
            ("publisher", before.Publisher, after.Publisher), ("licence", before.Licence, after.Licence), ("licence_url", before.LicenceUrl, after.LicenceUrl),
            ("attribution", before.Attribution, after.Attribution), ("share_alike", before.ShareAlike ? "1" : "0", after.ShareAlike ? "1" : "0"),
            ("redistribution", before.Redistributable ? "allowed" : "forbidden", after.Redistributable ? "allowed" : "forbidden"),
        ];
        return lines.Where(l => l.Before != l.After).Select(l => new IdentityChange(l.Field, l.Before, l.After));
    }
}
