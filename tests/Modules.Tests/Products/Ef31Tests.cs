using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class Ef31Tests
{
    [Fact]
    public void Every_flow_finds_its_factors_by_id_and_the_counts_per_indicator_are_the_publishers()
    {
        var rows = Ef31Table.Rows();
        var method = Ef31Table.Method(rows);
        var flows = rows.DistinctBy(r => r["flow_uuid"]).Select(Ef31Table.Flow).ToArray();
        var matched = MethodMatcher.Match(method, flows);

        Assert.Equal(6435, matched.C.Count);
        Assert.All(matched.Coverage.Findings, f => Assert.Equal((FlowMatch.Id, FlowGap.None), (f.Step, f.Gap)));
        Assert.Empty(matched.Coverage.Repeated);
        var coverage = matched.Coverage.Of([.. flows.Select(_ => 1.0)]);
        var counts = coverage.Indicators.ToDictionary(i => i.IndicatorId, i => i.Flows);
        Assert.Equal(
            [("AC", 22), ("CC", 223), ("ETF", 2474), ("EUF", 13), ("EUM", 36), ("EUT", 16), ("HTC", 479), ("HTNC", 2026), ("IR", 195), ("LU", 155), ("OD", 75), ("PM", 27), ("POF", 311), ("RUF", 7), ("RUM", 148), ("WU", 5)],
            counts.Where(c => !c.Key.Contains('-', StringComparison.Ordinal)).OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (c.Key, c.Value)));
        Assert.All(rows, r => Assert.Equal(
            double.Parse(r["cf"], System.Globalization.CultureInfo.InvariantCulture),
            matched.C.At(method.Indicators.TakeWhile(i => i.Id != r["indicator"]).Count(), Array.FindIndex(flows, f => f.Id == r["flow_uuid"]))));
    }

    [Fact]
    public void Without_ids_the_names_and_places_give_the_same_matrix()
    {
        var rows = Ef31Table.Rows();
        var method = Ef31Table.Method(rows);
        var flows = rows.DistinctBy(r => r["flow_uuid"]).Select(Ef31Table.Flow).ToArray();
        var byId = MethodMatcher.Match(method, flows);
        var byName = MethodMatcher.Match(method, [.. flows.Select((f, i) => f with { Id = $"local-{i}", Name = f.Name.ToUpperInvariant() })]);

        Assert.All(byName.Coverage.Findings, f => Assert.Equal(FlowMatch.Name, f.Step));
        for (var j = 0; j < flows.Length; j++)
        {
            foreach (var row in byId.C.RowsOf(j))
            {
                Assert.Equal(byId.C.At(row, j), byName.C.At(row, j));
            }
        }
    }

    [Fact]
    public void Climate_change_of_ar6_is_what_the_ipcc_method_gives_for_the_same_flows_but_for_sulfur_hexafluoride()
    {
        var rows = Ef31Table.Rows().Where(r => r["indicator"] == "CC").ToArray();
        var matched = MethodMatcher.Match(
            ClimateMethods.Of(GwpSet.Ar6, BiogenicConvention.Zero), [.. rows.Select((r, i) => Ef31Table.Flow(r) with { Id = $"f{i}" })]);

        var differ = rows.Where((r, j) => !matched.Coverage.Has(0, j) || matched.C.At(0, j) != double.Parse(r["cf"], System.Globalization.CultureInfo.InvariantCulture)).Select(r => r["flow_name"]).Distinct();
        Assert.Equal(["Sulfur hexafluoride"], differ);
    }
}
