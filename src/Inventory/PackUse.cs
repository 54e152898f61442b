using Tanlu.Factors;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>A pack that a statement rests on.</summary>
/// <param name="Co2e">CO2e in the scopes that was calculated with it.</param>
/// <param name="Share">Of all CO2e in the scopes.</param>
public sealed record PackUse(FactorPack Pack, Co2eSum Co2e, double Share)
{
    internal static IReadOnlyList<PackUse> Of(Statement statement, IReadOnlyDictionary<long, PinnedCalculation> calculations)
    {
        var sums = new Dictionary<FactorPack, Co2eSum>();
        foreach (var entry in statement.Entries)
        {
            if (calculations.GetValueOrDefault(entry.Origin.Calculation)?.Parts is { } parts && entry.Origin.Line < parts.Count && parts[entry.Origin.Line].Line.Factor?.Pack is { } pack)
            {
                sums[pack] = sums.GetValueOrDefault(pack) + statement.Of(entry);
            }
        }

        var all = statement.AllScopes;
        return [.. sums.Select(s => new PackUse(s.Key, s.Value, s.Value.ShareOf(all))).OrderByDescending(u => u.Co2e.Scaled).ThenBy(u => u.Pack.Code, StringComparer.Ordinal)];
    }

    /// <summary>CO2e that rests on share-alike packs.</summary>
    public static Co2eSum ShareAlike(IReadOnlyList<PackUse> uses) => uses.Where(u => u.Pack.ShareAlike).Aggregate(default(Co2eSum), (sum, u) => sum + u.Co2e);

    /// <summary>One line for a report: pack and edition, publisher, licence with its address, attribution.</summary>
    public string Line(Kernel.Language language) => string.Join(
        " · ", new[] { $"{Pack.Name(language)} ({Pack.Code} {Pack.Version})", Pack.Publisher, $"{Pack.Licence} {Pack.LicenceUrl}".Trim(), Pack.Attribution }.Where(t => t.Length > 0));
}
