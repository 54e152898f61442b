using Tanlu.Exchange;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Results that another tool stored beside its system, calculated again.</summary>
public sealed class StoredResultTests
{
    private static readonly FlowDataset[] Flows = [Product("board"), Product("wood"), Waste("dust"), Emission("co2"), Emission("Carbon dioxide, biogenic"), Resource("Carbon dioxide, in air")];

    private static readonly MethodDataset Method = new()
    {
        Id = "gwp", Name = "GWP",
        Indicators =
        [
            new IndicatorDataset("total", "", "total", "kg CO2 eq", [new CharacterisationFactor(Flows[3], 1, "kg"), new CharacterisationFactor(Flows[4], 1, "kg"), new CharacterisationFactor(Flows[5], -1, "kg")]),
        ],
    };

    private static readonly DatasetPackage Boards = Package(
        Flows,
        Process("board", Ref("board", 1), In("wood", 2), Out("dust", 0.5), Out("co2", 0.3)),
        Process("wood", Ref("wood", 10), In("Carbon dioxide, in air", 18)),
        Process("wood-b", Ref("wood", 10), In("Carbon dioxide, in air", 17)),
        Process("burn", In("dust", 1) with { Reference = true }, Out("Carbon dioxide, biogenic", 1.8))) with
    {
        Methods = [Method],
        Systems = [new SystemDataset { Id = "s", Name = "boards", ReferenceProcessId = "board", ReferenceFlowId = "board", Amount = 1, Unit = "t", Links = [new ProviderLink("board", 2, "wood", "wood-b")] }],
    };

    [Fact]
    public void Every_value_has_its_difference_and_the_conventions_stand_beside()
    {
        var stored = new StoredResult
        {
            Id = "r", Name = "r", SystemId = "s", MethodId = "gwp", Amount = 1, Unit = "t",
            Impacts = [new StoredImpact("total", "total", 300 + 900 - 3400, "kg CO2 eq"), new StoredImpact("other", "other", 5, "pt")],
            Flows = [new StoredFlow("co2", false, 300, "kg"), new StoredFlow("Carbon dioxide, in air", true, 3600, "kg"), new StoredFlow("Carbon dioxide, biogenic", false, 0.9, "t")],
        };
        var compared = StoredResultComparison.Of(Boards, stored).Value;
        var differences = compared.Differences.ToDictionary(d => d.Id);
        Assert.Equal(0, differences["total"].Relative!.Value, 12);
        Assert.Equal(0, differences["co2"].Relative!.Value, 12);
        Assert.Equal(0, differences["Carbon dioxide, biogenic"].Relative!.Value, 12);
        Assert.Equal(-200.0 / 3600, differences["Carbon dioxide, in air"].Relative!.Value, 12);
        Assert.Null(differences["other"].Ours);
        Assert.Equal(200.0 / 3600, compared.Largest!.Value, 12);
        Assert.Equal("other", compared.Differences[0].Id);
        var conventions = compared.Conventions;
        Assert.Equal((1, 1, 0), (conventions.Providers[(int)ChosenBy.System], conventions.WasteInputs, conventions.WasteNegative));
        Assert.Equal([(false, 1.0), (true, -1.0)], conventions.Biogenic.Select(b => (b.Input, b.Factor)).Order());
    }

    [Fact]
    public void A_result_of_a_process_alone_and_one_without_a_subject()
    {
        var stored = new StoredResult { Id = "r", Name = "r", ProcessId = "wood", ReferenceFlowId = "wood", Amount = 5, Unit = "kg", Flows = [new StoredFlow("Carbon dioxide, in air", true, 9, "kg"), new StoredFlow("wood", false, 5, "kg")] };
        var difference = Assert.Single(StoredResultComparison.Of(Boards, stored).Value.Differences);
        Assert.Equal(9, difference.Ours!.Value, 12);
        Assert.Equal("stored_result_subject", StoredResultComparison.Of(Boards, stored with { ProcessId = null }).Problems[0].Code);
        Assert.Equal("stored_result_subject", StoredResultComparison.Of(Boards, stored with { ProcessId = "gone" }).Problems[0].Code);
    }
}
