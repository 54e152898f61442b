using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>The rules that hold over whole files, as <c>known-answers/known_answers.json</c> states them: one test for each, and none without a test.</summary>
public sealed class WholeFileTests
{
    private static readonly Dictionary<string, Func<(int Groups, int Failures)>> Rules = new(StringComparer.Ordinal)
    {
        ["uk-gas-split-adds-up"] = UkSplit,
        ["uk-2026-gas-masses"] = Uk2026,
        ["epa-sc-v1.3-bygas"] = () => SupplyChain("v1.3.0_NAICS_CO2e_USD2022", "v1.3.0_NAICS_byGHG_USD2022", GwpSet.Ar5, 0.0016, 0.011),
        ["epa-sc-v1.2-bygas"] = () => SupplyChain("v1.2_NAICS_CO2e_USD2021", "v1.2_NAICS_byGHG_USD2021", GwpSet.Ar4, 0.0017, 0.010),
        ["epa-sc-margins"] = Margins,
        ["china-grid-bounds"] = ChinaGrid,
        ["cbam-markup"] = MarkUp,
    };

    public static TheoryData<string> Ids => new(Rules.Keys);

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_over_a_whole_file_holds(string id)
    {
        using var answers = JsonDocument.Parse(OpenData.Bytes("known-answers/known_answers.json"));
        var stated = answers.RootElement.GetProperty("invariants").EnumerateArray().ToDictionary(i => i.GetProperty("id").GetString()!);
        Assert.Equal(stated.Keys.Order(), Rules.Keys.Order());
        var (groups, failures) = Rules[id]();
        Assert.Equal(0, failures);
        if (stated[id].TryGetProperty("groups", out var expected))
        {
            Assert.Equal(expected.GetInt32(), groups);
        }
    }

    private static (int Groups, int Failures) UkSplit()
    {
        int groups = 0, failures = 0;
        foreach (var year in new[] { "2016", "2017", "2018", "2019", "2020", "2021", "2022", "2023", "2025" })
        {
            // Further uses of one row repeat its numbers under another activity: each row counts once.
            foreach (var version in Read($"ef-uk-desnz/uk-ghg-factors-{year}.csv").Versions.Where(v => v.Components.Count == 4 && !v.Series.Contains('#')))
            {
                groups++;
                var total = version.Find(ComponentKind.Co2e)!.Value;
                var parts = version.Components.Where(c => c.Kind == ComponentKind.GasAsCo2e).Sum(c => c.Value);
                failures += Math.Abs(total - parts) <= Math.Max(2e-5, 1e-4 * Math.Abs(total)) ? 0 : 1;
            }
        }

        return (groups, failures);
    }

    private static (int Groups, int Failures) Uk2026()
    {
        var split = Read("ef-defra2026-egrid2023-eurostat/defra-2026.json").Versions.Where(v => v.Components.Count == 4 && !v.Series.Contains('#')).ToList();
        return (split.Count, split.Count(v => Math.Abs(v.Components[0].Value - v.Components.Skip(1).Sum(c => c.Value)) > Math.Max(2e-5, 1e-4 * v.Components[0].Value)));
    }

    private static (int Groups, int Failures) SupplyChain(string totalFile, string gasFile, GwpSet gwp, double median, double most)
    {
        var gases = Read($"ef-us-epa/SupplyChainGHGEmissionFactors_{gasFile}.csv").Versions.ToDictionary(v => v.Series);
        var totals = Read($"ef-us-epa/SupplyChainGHGEmissionFactors_{totalFile}.csv").Versions.Where(v => v.Series.EndsWith(".without_margins", StringComparison.Ordinal)).ToList();
        var differences = totals
            .Select(t => Math.Abs(gases[t.Series].Components.Sum(c => c.Value * (c.Gas is { } gas ? (double)Gwp.Scaled(gwp, gas.Id) / Gwp.Scale : 1)) - t.Components[0].Value) / t.Components[0].Value)
            .Order().ToList();
        return (totals.Count, (differences[totals.Count / 2] > median ? 1 : 0) + (differences[(int)(totals.Count * 0.99)] > most ? 1 : 0));
    }

    private static (int Groups, int Failures) Margins()
    {
        int groups = 0, failures = 0;
        foreach (var file in new[] { "v1.3.0_NAICS_CO2e_USD2022", "v1.2_NAICS_CO2e_USD2021" })
        {
            var values = Read($"ef-us-epa/SupplyChainGHGEmissionFactors_{file}.csv").Versions.ToDictionary(v => v.Series, v => v.Components[0].Value);
            foreach (var key in values.Keys.Where(k => values.ContainsKey(k + ".margins")))
            {
                groups++;
                failures += Math.Abs(values[key] - values[key + ".without_margins"] - values[key + ".margins"]) <= 0.00101 ? 0 : 1;
            }
        }

        return (groups, failures);
    }

    private static (int Groups, int Failures) ChinaGrid()
    {
        var areas = Read("ef-china/cn_grid_co2_factors_2021_2023.csv").Versions.GroupBy(v => v.Series).ToList();
        return (areas.Count, areas.Count(a => !a.Select(v => v.Version).Order().SequenceEqual(["2021", "2022", "2023"]) || a.Any(v => v.Components[0].Value is < 0.10 or > 0.80)) + (areas.Count == 38 ? 0 : 1));
    }

    private static (int Groups, int Failures) MarkUp()
    {
        var reading = Read("ef-eu-cbam/cbam_defaults_v20260204.latin1.csv");
        var totals = reading.Versions.Where(v => v.Series.EndsWith(".total", StringComparison.Ordinal)).ToDictionary(v => v.Series[..^".total".Length], v => v);
        int groups = 0, failures = 0;
        foreach (var marked in reading.Versions.Where(v => v.Series.EndsWith(".with_mark_up", StringComparison.Ordinal)))
        {
            groups++;
            var total = totals[marked.Series[..^".with_mark_up".Length]];
            var rate = total.Page == "Fertilisers" ? 1.01 : 1.1 + 0.1 * (marked.ValidFrom.Year - 2026);
            failures += Math.Abs(marked.Components[0].Value - total.Components[0].Value * rate) <= 2e-3 * total.Components[0].Value + 1e-9 ? 0 : 1;
        }

        // 5 rows of cement compound the mark-up in two years each and stand apart.
        return (groups, failures + (reading.Quarantine.Count(p => p.Code == "cbam_mark_up_differs") == 10 ? 0 : 1));
    }

    private static PackReading Read(string file) => FactorImport.Read(OpenData.Bytes(file), file).Value;
}
