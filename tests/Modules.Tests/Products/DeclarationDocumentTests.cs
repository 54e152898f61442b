using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>The totals of real declarations in ILCD+EPD, from the file to the sum.</summary>
public sealed class DeclarationDocumentTests
{
    [Theory]
    [InlineData("0aa8b645-02d9-41b4-8aa3-70335af2a9e7")]
    [InlineData("0b4c397d-c7a1-4ceb-9718-184334f6364e")]
    [InlineData("0cb92770-9007-48c6-bc03-466af8894419")]
    [InlineData("0e0c4e37-b7e6-4a4f-b1c9-d36da0aa16f5")]
    [InlineData("0e80e6e7-6882-47be-8bd8-5cd869a746d9")]
    public void Every_declared_figure_is_in_its_place_and_module_d_in_no_total(string id)
    {
        var declared = Declared(id);
        Assert.NotEmpty(declared);
        string?[] scenarios = [null, .. DeclarationTotals.Scenarios(declared)];
        foreach (var scenario in scenarios)
        {
            var totals = DeclarationTotals.Of(declared, scenario);
            Assert.All(totals, t => Assert.NotNull(t.Indicator));
            Assert.Equal(totals.Count, totals.DistinctBy(t => t.Code).Count());
            foreach (var total in totals)
            {
                var inside = total.Modules.Where(m => m.Key != "D").Sum(m => m.Value);
                Assert.Equal(inside, total.Total ?? 0, 1e-9 * (1 + Math.Abs(inside)));
                Assert.Equal(total.Modules.Where(m => m.Key == "D").Select(m => (double?)m.Value).FirstOrDefault(), total.Beyond);
            }
        }
    }

    /// <summary>A1 to A3 and the total without D, added up by hand from the documents; the first three are the sums that the data's README names.</summary>
    [Theory]
    [InlineData("0aa8b645-02d9-41b4-8aa3-70335af2a9e7", false, 268.594529, 272.508157, null)]
    [InlineData("0b4c397d-c7a1-4ceb-9718-184334f6364e", true, 45.59, 52.839, -32.39)]
    [InlineData("0cb92770-9007-48c6-bc03-466af8894419", false, 1.931532, 1.936976, -0.300629)]
    [InlineData("0e0c4e37-b7e6-4a4f-b1c9-d36da0aa16f5", true, 43.4, 44.778253, -3.18)]
    [InlineData("0e80e6e7-6882-47be-8bd8-5cd869a746d9", true, 16.316222, 19.415047, -0.266904)]
    public void Climate_change_adds_up_to_the_documents_totals(string id, bool older, double productStage, double total, double? beyond)
    {
        var gwp = Assert.Single(DeclarationTotals.Of(Declared(id)), t => t.Code == "GWP-total");

        Assert.Equal((older, true), (gwp.Older, gwp.UnitFits));
        Assert.Equal(productStage, gwp.ProductStage!.Value, 6);
        Assert.Equal(total, gwp.Total!.Value, 6);
        Assert.Equal(beyond, gwp.Beyond is { } d ? Math.Round(d, 6) : null);
    }

    [Fact]
    public void The_second_scenario_of_a_document_has_its_own_credit() =>
        Assert.Equal(-2.718, Assert.Single(DeclarationTotals.Of(Declared("0b4c397d-c7a1-4ceb-9718-184334f6364e"), "S2"), t => t.Code == "GWP-total").Beyond);

    [Fact]
    public void The_parts_of_climate_change_add_up_to_its_total()
    {
        var totals = DeclarationTotals.Of(Declared("0cb92770-9007-48c6-bc03-466af8894419")).ToDictionary(t => t.Code);
        Assert.Equal(totals["GWP-total"].ProductStage!.Value, totals["GWP-fossil"].ProductStage!.Value + totals["GWP-biogenic"].ProductStage!.Value + totals["GWP-luluc"].ProductStage!.Value, 5);
    }

    private static IReadOnlyList<DeclaredImpact> Declared(string id)
    {
        using var stream = File.OpenRead(OpenData.Require($"epd-ilcd/ilcd-{id}.json"));
        return DatasetReader.Read(stream, id + ".json", cancellation: TestContext.Current.CancellationToken).Value.Processes[0].Declared;
    }
}
