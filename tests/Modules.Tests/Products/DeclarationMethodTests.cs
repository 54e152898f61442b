using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class DeclarationMethodTests
{
    [Fact]
    public void From_ef_3_1_come_the_core_and_additional_indicators_under_their_codes()
    {
        var method = DeclarationMethod.From(Ef31Table.Method(Ef31Table.Rows())).Value;

        Assert.Equal(
            ["GWP-total", "GWP-fossil", "GWP-biogenic", "GWP-luluc", "ODP", "AP", "EP-freshwater", "EP-marine", "EP-terrestrial", "POCP", "ADPE", "ADPF", "WDP", "PM", "IRP", "ETP-fw", "HTP-c", "HTP-nc", "SQP"],
            method.Indicators.Select(i => i.Code));
        Assert.Equal(22, method.Indicators.Single(i => i.Code == "AP").Factors.Count);
        Assert.Empty(MethodRules.Problems(method));
    }

    [Fact]
    public void Biogenic_carbon_dioxide_counts_minus_one_and_plus_one_also_where_the_footprint_gives_it_zero()
    {
        const string Emitted = "eba59fd6-f37e-41dc-9ca3-c7ea22d602c7";
        var footprint = Ef31Table.Method(Ef31Table.Rows());
        var zero = new CharacterisationFactor(new FlowDataset { Id = Emitted, Name = "Carbon dioxide, non-fossil", Unit = "kg", Compartment = "air" }, 0, "kg");
        var method = DeclarationMethod.From(footprint with
        {
            Indicators = [.. footprint.Indicators.Select(i => i.Id is "CC" or "CC-bio" ? i with { Factors = [.. i.Factors, zero] } : i)],
        }).Value;
        var matched = MethodMatcher.Match(
            method,
            [
                zero.Flow, new FlowDataset { Id = "a", Name = "Carbon dioxide, in air", Unit = "kg", Compartment = "natural resource", Subcompartment = "in air" },
                new FlowDataset { Id = "b", Name = "Carbon dioxide, fossil", Unit = "kg", Compartment = "air" }, new FlowDataset { Id = "c", Name = "Methane, non-fossil", Unit = "kg", Compartment = "air" },
            ]);

        Assert.Equal([1.0, -1, 1, 27], Enumerable.Range(0, 4).Select(j => matched.C.At(0, j)));
        Assert.Equal([0.0, 0, 1, 0], Enumerable.Range(0, 4).Select(j => matched.C.At(1, j)));
        Assert.Equal([1.0, -1, 0, 27], Enumerable.Range(0, 4).Select(j => matched.C.At(2, j)));
    }

    [Fact]
    public void What_the_footprint_lacks_is_named()
    {
        var rows = Ef31Table.Rows().Where(r => r["indicator"] is not ("WU" or "LU"));
        Assert.Equal(["WU", "LU"], DeclarationMethod.From(Ef31Table.Method(rows)).Problems.Select(p => p.Found));
    }
}
