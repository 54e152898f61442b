using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>How biogenic carbon dioxide counts. Methane from biomass counts in either.</summary>
public enum BiogenicConvention : byte
{
    /// <summary>Uptake and emission count zero (Environmental Footprint; EN 15804 outside module-wise balances).</summary>
    Zero,

    /// <summary>An uptake counts −1 and an emission +1 kg CO2 per kg (ISO 14067:2018, 6.5.2; EN 15804:2012+A2:2019).</summary>
    Balance,
}

/// <summary>
/// Climate change by the sets of the IPCC: GWP over 100 years of the gases of <c>data/gases/gwp100.csv</c>, gases under the Montreal Protocol among them (they count in product footprints), and of
/// <c>data/lca/gwp-more.csv</c>. Total and its parts from fossil sources, biomass, and land use and its change.
/// </summary>
public static class ClimateMethods
{
    public const string Total = "GWP-total";

    private const string Unit = "kg CO2 eq";

    private static readonly string[] Parts = ["fossil", "biogenic", "luluc"];

    public static IEnumerable<MethodDataset> All =>
        from set in new[] { GwpSet.Sar, GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar6 } from convention in Enum.GetValues<BiogenicConvention>() select Of(set, convention);

    /// <summary>Id of a built-in method, e.g. <c>ipcc_ar6_zero</c>.</summary>
    public static string Id(GwpSet set, BiogenicConvention convention) => $"ipcc_{Gwp.Code(set).ToLowerInvariant()}_{convention.ToString().ToLowerInvariant()}";

    public static MethodDataset Of(GwpSet set, BiogenicConvention convention)
    {
        var total = new List<CharacterisationFactor>();
        var parts = Parts.ToDictionary(p => p, _ => new List<CharacterisationFactor>());
        var place = 0;
        foreach (var row in DataRows.Read("lca/gas-flows.csv"))
        {
            var gas = Gases.Get(row["gas"]);
            var value = gas.Biogenic ? 1 : Gwp.Find(set, gas)?.Value;
            if (value is { } gwp)
            {
                var sign = row["counts"] == "always" || convention == BiogenicConvention.Balance ? double.Parse(row["sign"], CultureInfo.InvariantCulture) : 0;
                Add(row, row["part"], row["compartment"], gwp * sign);
            }
        }

        foreach (var row in DataRows.Read("lca/gwp-more.csv").Where(r => r["set"] == Gwp.Code(set)))
        {
            Add(row, "fossil", "air", double.Parse(row["gwp"], CultureInfo.InvariantCulture));
        }

        return new MethodDataset
        {
            Id = Id(set, convention),
            Name = $"IPCC {Gwp.Code(set)} GWP100",
            Version = convention == BiogenicConvention.Zero ? "0/0" : "-1/+1",
            Source = Gwp.Find(set, Gases.N2O)?.Source ?? "",
            Indicators =
            [
                new IndicatorDataset($"{Id(set, convention)}/total", Total, Total, Unit, total),
                .. Parts.Select(p => new IndicatorDataset($"{Id(set, convention)}/{p}", "GWP-" + p, "GWP-" + p, Unit, parts[p])),
            ],
        };

        void Add(DataRow row, string part, string compartment, double value)
        {
            var names = row["names"].Split('|');
            var flow = new FlowDataset
            {
                Id = $"gas-{++place}", Name = names[0], Synonyms = names[1..], Kind = FlowKind.Elementary, Unit = "kg", Compartment = compartment, Cas = row["cas"],
            };
            var factor = new CharacterisationFactor(flow, value, "kg");
            total.Add(factor);
            parts[part].Add(factor);
        }
    }
}
