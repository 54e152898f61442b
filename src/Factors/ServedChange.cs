using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>An activity that would find another factor than now.</summary>
/// <param name="On">The day asked about: the first day of the edition's newest version for it.</param>
/// <param name="Before">The first in order now; null where nothing serves there.</param>
/// <param name="After">The first in order with the edition.</param>
public sealed record ServedChange(string Activity, FactorRole Role, string Region, DateOnly On, FactorVersion? Before, FactorVersion? After)
{
    /// <summary>
    /// Every activity, role and place of the given versions for which the two libraries do not find the same, by the rules of <see cref="Matcher"/>. Whether the unit of a
    /// particular row fits is not asked here: that is what the effect on open periods shows.
    /// </summary>
    public static IReadOnlyList<ServedChange> Of(FactorLibrary before, FactorLibrary after, IEnumerable<FactorVersion> versions)
    {
        var changes = new List<ServedChange>();
        foreach (var asked in versions.Where(v => v.Activity.Length > 0 && v.Role != FactorRole.Named).GroupBy(v => (v.Activity, v.Role, v.Geography)))
        {
            var (activity, role, geography) = asked.Key;
            if (ActivityTypes.Find(activity) is not { } type || Regions.Find(geography) is not { } region)
            {
                continue;
            }

            var on = asked.Max(v => v.ValidFrom);
            var (now, then) = (First(before), First(after));
            if (now != then)
            {
                changes.Add(new ServedChange(activity, role, geography, on, now, then));
            }

            FactorVersion? First(FactorLibrary library) =>
                Matcher.Find(library, type, activity, role, region, on, _ => Outcome<bool>.Done(true)) is { Ok: true } found ? found.Value.Version : null;
        }

        return [.. changes.OrderBy(c => c.Activity, StringComparer.Ordinal).ThenBy(c => c.Region, StringComparer.Ordinal).ThenBy(c => c.Role)];
    }
}
