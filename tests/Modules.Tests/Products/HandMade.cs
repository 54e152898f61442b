using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Small packages written by hand: flows and processes in as few words as a test needs.</summary>
internal static class HandMade
{
    public static FlowDataset Product(string id, string unit = "kg") => new() { Id = id, Name = id, Kind = FlowKind.Product, Unit = unit };

    public static FlowDataset Waste(string id, string unit = "kg") => new() { Id = id, Name = id, Kind = FlowKind.Waste, Unit = unit };

    public static FlowDataset Emission(string id, string unit = "kg") => new() { Id = id, Name = id, Kind = FlowKind.Elementary, Unit = unit, Compartment = "Emission to air" };

    public static FlowDataset Resource(string id, string unit = "kg") => new() { Id = id, Name = id, Kind = FlowKind.Elementary, Unit = unit, Compartment = "Resource" };

    public static ProcessExchange Out(string flow, double amount, string unit = "kg") => new() { Number = 0, FlowId = flow, Amount = amount, Unit = unit };

    public static ProcessExchange In(string flow, double amount, string unit = "kg") => Out(flow, amount, unit) with { Input = true };

    public static ProcessExchange Ref(string flow, double amount, string unit = "kg") => Out(flow, amount, unit) with { Reference = true };

    /// <summary>A process whose exchanges are numbered from 1 in the order given.</summary>
    public static ProcessDataset Process(string id, params ProcessExchange[] exchanges) =>
        new() { Id = id, Name = id, Exchanges = [.. exchanges.Select((e, i) => e with { Number = i + 1 })] };

    public static DatasetPackage Package(IReadOnlyList<FlowDataset> flows, params ProcessDataset[] processes) =>
        new() { Format = "made", Name = "made", Flows = flows, Processes = processes };

    public static ProductSystem Link(DatasetPackage package, LinkRules? rules = null)
    {
        var linked = SystemLinker.Link([package], rules ?? new LinkRules());
        Assert.True(linked.Ok, string.Join("; ", linked.Problems.Select(p => p.Message(Tanlu.Kernel.Language.English))));
        return linked.Value;
    }

    public static string Refusal(DatasetPackage package, LinkRules? rules = null) => SystemLinker.Link([package], rules ?? new LinkRules()).Problems[0].Code;

    /// <summary>The entry of A for a product of one process in the column of another.</summary>
    public static double A(ProductSystem system, string product, string process) => system.A.At(system.Find(product)!.Value, system.Find(process)!.Value);

    public static double B(ProductSystem system, string flow, string process) =>
        system.B.At(system.Flows.Single(f => f.Flow.Id == flow).Index, system.Find(process)!.Value);
}
