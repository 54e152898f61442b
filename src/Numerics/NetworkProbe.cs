using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// A fixed test solved once by each route, so that every later solution of the other route can be compared with it: an impact of one per unit of reference output, and a demand
/// of one unit of every product.
/// </summary>
internal sealed record NetworkProbe(double[] Direct, double[] Intensity, double[] Demand, double[] Supply)
{
    public static Outcome<NetworkProbe> OfImpact(PreparedNetwork network)
    {
        var direct = new double[network.Size];
        for (var place = 0; place < direct.Length; place++)
        {
            direct[network.Order.Process[place]] = network.Order.Reference[place];
        }

        var found = network.TransposedProven(direct, LoopWay.Deciding);
        return found.Ok ? new NetworkProbe(direct, found.Value, [], []) : Outcome<NetworkProbe>.Refused(found.Problems);
    }

    public static Outcome<NetworkProbe> OfDemand(PreparedNetwork network)
    {
        var demand = new double[network.Size];
        demand.AsSpan().Fill(1);
        var found = network.Proven(demand, against: null, judged: false);
        return found.Ok ? new NetworkProbe([], [], demand, found.Value.Values) : Outcome<NetworkProbe>.Refused(found.Problems);
    }
}
