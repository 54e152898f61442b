using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Bench;

/// <summary>A generated network with what the rows ask of it: the first product from unordered entries, and whether the results are right.</summary>
internal sealed class LcaCase
{
    /// <summary>Of the backward error, and of the difference between the two routes.</summary>
    public const double Limit = 1e-10;

    public LcaCase(NetworkRules rules)
    {
        Network = NetworkGenerator.Generate(rules);
        Product = (int)(rules.Seed % (ulong)rules.Processes);
        (Interventions, Characterisation) = (Network.Interventions.ToMatrix(), Network.Characterisation.ToMatrix());
    }

    public GeneratedNetwork Network { get; }

    public SparseMatrix Interventions { get; }

    public SparseMatrix Characterisation { get; }

    /// <summary>The product that is asked for first.</summary>
    public int Product { get; }

    public double[] Demand
    {
        get
        {
            var demand = new double[Network.Technology.Columns];
            demand[Product] = 1;
            return demand;
        }
    }

    /// <summary>All that a first result needs: the network from its entries, prepared, one product solved with its certificate, inventory and impacts straight from the entries of B and C.</summary>
    public LcaFirst First()
    {
        var prepared = Value(PreparedNetwork.Prepare(Network.Technology.ToMatrix()));
        var supply = Value(prepared.Solve(Product, 1));
        return new(prepared, supply, Impacts(supply.Values));
    }

    /// <summary>From a supply, ours or a peer's.</summary>
    public double[] Impacts(double[] supply) => Network.Characterisation.Times(Network.Interventions.Times(supply));

    /// <summary>All products × indicators by the transposed route.</summary>
    public Intensities All(PreparedNetwork prepared) => Value(prepared.Intensities(DirectImpacts.Of(Interventions, Characterisation), Characterisation.Rows));

    /// <summary>Fails where a figure is not proven; returns the largest relative difference of the impacts by the forward and by the transposed route.</summary>
    public static double Proven(string row, LcaFirst first, Intensities intensities, int product)
    {
        Require(first.Supply.Certificate.BackwardError <= Limit, row, "backward error", first.Supply.Certificate.BackwardError);
        Require(intensities.Certificate.BackwardError <= Limit, row, "transposed backward error", intensities.Certificate.BackwardError);
        var difference = Difference(first.Impacts, intensities.Of(product));
        Require(difference <= Limit, row, "forward against transposed", difference);
        return difference;
    }

    /// <summary>Largest relative difference, entry by entry.</summary>
    public static double Difference(ReadOnlySpan<double> ours, ReadOnlySpan<double> theirs)
    {
        var largest = 0.0;
        for (var i = 0; i < ours.Length; i++)
        {
            var size = Math.Max(Math.Abs(ours[i]), Math.Abs(theirs[i]));
            if (size > 0)
            {
                largest = Math.Max(largest, Math.Abs(ours[i] - theirs[i]) / size);
            }
        }

        return largest;
    }

    public static T Value<T>(Outcome<T> outcome) =>
        outcome.Ok ? outcome.Value : throw new InvalidOperationException(string.Join("; ", outcome.Problems.Select(p => p.Message(Language.English))));

    public static void Require(bool holds, string row, string what, double found)
    {
        if (!holds)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{row}: {what} {found:0.0E+0}"));
        }
    }
}

/// <summary>A first result and the network it was found with.</summary>
internal sealed record LcaFirst(PreparedNetwork Prepared, Supply Supply, double[] Impacts);
