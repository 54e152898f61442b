using System.Runtime.CompilerServices;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>A product system made ready to answer many demands: ordered and, where needed, factorised once. Immutable; serves any number of threads.</summary>
public sealed class PreparedSystem
{
    private readonly ConditionalWeakTable<CharacterisedMethod, CharacterisedSystem> _characterised = [];

    private PreparedSystem(ProductSystem system, PreparedNetwork network)
    {
        System = system;
        Network = network;
    }

    public ProductSystem System { get; }

    public PreparedNetwork Network { get; }

    internal static Outcome<PreparedSystem> Of(ProductSystem system)
    {
        var network = PreparedNetwork.Prepare(system.A);
        return network.Ok ? new PreparedSystem(system, network.Value) : Outcome<PreparedSystem>.Refused(NetworkNames.Named(network.Problems, system));
    }

    /// <summary>
    /// The inventory of an amount of one product. Refused with <c>demand_empty</c>, and with the problems of the network (<c>network_not_productive</c> …), whose columns are named.
    /// </summary>
    public Outcome<InventoryResult> Inventory(ProductDemand demand) => Inventory([demand]);

    /// <summary>The inventory of several demands together.</summary>
    public Outcome<InventoryResult> Inventory(IReadOnlyList<ProductDemand> demands)
    {
        if (demands.Count == 0)
        {
            return new Problem("demand_empty");
        }

        var f = new double[System.Processes.Count];
        foreach (var demand in demands)
        {
            if ((uint)demand.Process >= (uint)f.Length)
            {
                return new Problem("not_found");
            }

            f[demand.Process] += demand.Amount;
        }

        var supply = Network.Solve(f);
        return supply.Ok
            ? new InventoryResult(this, demands, supply.Value)
            : Outcome<InventoryResult>.Refused(NetworkNames.Named(supply.Problems, System));
    }

    /// <summary>
    /// The impacts of one unit of every product by the transposed route; kept, so that asking again costs nothing. Refused with <c>method_does_not_fit</c> where the method was matched
    /// to another list of flows.
    /// </summary>
    public Outcome<CharacterisedSystem> Characterise(CharacterisedMethod method)
    {
        if (_characterised.TryGetValue(method, out var known))
        {
            return known;
        }

        return CharacterisedSystem.Of(this, method).Then(made => Outcome<CharacterisedSystem>.Done(_characterised.GetValue(method, _ => made)));
    }
}
