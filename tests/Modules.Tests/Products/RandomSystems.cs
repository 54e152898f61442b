using Tanlu.Exchange;
using Tanlu.Products;
using static Tanlu.Modules.Tests.Products.HandMade;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Product systems from a seed: loops, wastes, credits, co-products, parameters; always productive.</summary>
internal static class RandomSystems
{
    /// <summary>The processes p0 … of a package; every product is used by some process, inputs cost at most 0.8 of an output.</summary>
    public static DatasetPackage Package(int seed, int size, bool credits = false, bool coProducts = false)
    {
        var random = new Random(seed);
        var flows = new List<FlowDataset>();
        for (var i = 0; i < size; i++)
        {
            flows.Add(Product($"f{i}", i % 3 == 0 ? "MJ" : "kg"));
            flows.Add(Product($"by{i}", i % 3 == 0 ? "MJ" : "kg"));
        }

        flows.Add(Waste("waste"));
        for (var e = 0; e < 6; e++)
        {
            flows.Add(e % 2 == 0 ? Emission($"e{e}") : Resource($"e{e}"));
        }

        var processes = new List<ProcessDataset>();
        for (var i = 0; i < size; i++)
        {
            processes.Add(Make(random, i, size, credits, coProducts));
        }

        processes.Add(Process("treatment", In("waste", 3) with { Reference = true }, Out("e0", 0.7), In("f0", 0.2, "MJ")));
        return HandMade.Package(flows, [.. processes]);
    }

    private static ProcessDataset Make(Random random, int i, int size, bool credits, bool coProducts)
    {
        var output = Math.Pow(10, random.Next(-1, 3));
        var unit = i % 3 == 0 ? "MJ" : "kg";
        var exchanges = new List<ProcessExchange> { Ref($"f{i}", output, unit) };
        if (coProducts && random.Next(3) == 0)
        {
            exchanges.Add(Out($"by{i}", output * random.NextDouble(), unit) with { Price = 2, Currency = "EUR" });
            exchanges[0] = exchanges[0] with { Price = 5, Currency = "EUR" };
        }

        var inputs = random.Next(1, 5);
        for (var k = 0; k < inputs; k++)
        {
            var supplier = random.Next(size);
            var amount = output * 0.8 / inputs * random.NextDouble();
            exchanges.Add(In($"f{supplier}", amount, supplier % 3 == 0 ? "MJ" : "kg") with { Formula = k == 0 ? $"{amount:R} * scale * own" : null });
        }

        if (credits && random.Next(3) == 0)
        {
            var other = random.Next(size);
            exchanges.Add(In($"f{other}", output * 0.1 * random.NextDouble(), other % 3 == 0 ? "MJ" : "kg") with { Avoided = true });
        }

        if (random.Next(2) == 0)
        {
            exchanges.Add(Out("waste", output * 0.1 * random.NextDouble()));
        }

        for (var e = 0; e < 3; e++)
        {
            var flow = random.Next(6);
            exchanges.Add((flow % 2 == 0 ? Out($"e{flow}", output * random.NextDouble()) : In($"e{flow}", output * random.NextDouble())) with { Formula = e == 0 ? $"{output:R} * own^2 + share" : null });
        }

        return Process($"p{i}", [.. exchanges]) with
        {
            Parameters = [new ParameterDataset("own", 1), new ParameterDataset("share", 0, "scale * own / 10")],
            Location = i % 2 == 0 ? "CN" : "DE",
            Category = $"stage {i % 3}/x",
        };
    }

    public static DatasetPackage Scaled(this DatasetPackage package, double scale = 0.9) => package with { Parameters = [new ParameterDataset("scale", scale)] };
}
