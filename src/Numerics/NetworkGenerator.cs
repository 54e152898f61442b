using System.Runtime.CompilerServices;

namespace Tanlu.Numerics;

/// <summary>What a generated process network is like; the defaults give one with the structure of a large background database.</summary>
/// <param name="Processes">Processes, and as many products.</param>
/// <param name="Flows">Elementary flows.</param>
/// <param name="Indicators">Rows of the characterisation matrix.</param>
/// <param name="ColumnSum">Largest sum of a process's inputs, each in the share of its own supplier's unit that makes them comparable; below 1 the network is productive.</param>
/// <param name="Credits">Share of the inputs that are credits for substituted products instead: positive entries beside the reference output.</param>
/// <param name="LoopsOverOne">Pairs of processes inside the large component that need more of each other than they give, with a credit in the loop: solvable, but no iteration converges.</param>
/// <param name="Uncertain">Every input and every intervention is lognormal.</param>
/// <param name="RowsApart">Products are numbered independently of processes; otherwise product <c>i</c> is the reference output of process <c>i</c>.</param>
public sealed record NetworkRules(
    int Processes,
    ulong Seed,
    int Flows = 2000,
    int Indicators = 16,
    double ColumnSum = 0.75,
    double Credits = 0,
    int LoopsOverOne = 0,
    bool Uncertain = false,
    bool RowsApart = false)
{
    public const int MostProcesses = 2_000_000;

    /// <summary>Sums of inputs lie between this and <see cref="ColumnSum"/>.</summary>
    public const double LeastColumnSum = 0.2;

    /// <summary>Processes that supply most others (electricity, transport, steel …): 4 % of a small network, 3 % of one of 200 000, as regional copies share their hubs.</summary>
    public int Hubs => Processes <= 20_000 ? Math.Max(1, Processes / 25) : 800 + (int)((Processes - 20_000L) * 13 / 450);
}

/// <summary>A, B and C of a generated network: products × processes (outputs positive, inputs negative), flows × processes, indicators × flows.</summary>
public sealed record GeneratedNetwork(Triplets Technology, Triplets Interventions, Triplets Characterisation);

/// <summary>
/// Process networks with the structure of a large life cycle inventory database: some processes are hubs that take most of the inputs by Zipf's law, most others come from
/// processes close by and mostly upstream, so that about half of the network is one strongly connected component and the rest is acyclic (Kuczenski 2015). Units are mixed
/// over several powers of ten, numbers and the order of the entries say nothing. The same rules give the same bits on every machine: no function of a mathematics library is used.
/// </summary>
public static class NetworkGenerator
{
    private const double MeanInputs = 10;
    private const double MeanInterventions = 20;
    private const double HubShare = 0.80;
    private const double NeighbourShare = 0.18;
    private const double BackwardsShare = 0.10;
    private const int Neighbourhood = 50;
    private const double CharacterisedShare = 0.2;
    private const double UnitSpread = 1.5;

    // Hubs and all that they may need in a circle lie in the first part of the order of supply; what comes after only takes from it.
    private const double Background = 0.596;

    /// <exception cref="ArgumentOutOfRangeException">Fewer than two processes or more than <see cref="NetworkRules.MostProcesses"/>, no flow or indicator, a largest column sum outside of 0.2 to 10, a share outside of 0 to 1, or more loops than half of the hubs.</exception>
    public static GeneratedNetwork Generate(NetworkRules rules)
    {
        Within(rules.Processes, 2, NetworkRules.MostProcesses);
        Within(rules.Flows, 1, int.MaxValue);
        Within(rules.Indicators, 1, int.MaxValue);
        Within(rules.ColumnSum, NetworkRules.LeastColumnSum, 10);
        Within(rules.Credits, 0, 1);
        Within(rules.LoopsOverOne, 0, rules.Hubs / 2);
        var scales = new SeededDraws(rules.Seed, 1);
        var n = rules.Processes;
        var place = new Places(
            scales.Order(n),
            rules.RowsApart ? new SeededDraws(rules.Seed, 2).Order(n) : null,
            Units: Filled(n, ref scales, static (ref SeededDraws d) => d.PowerOfTen(UnitSpread)),
            // One reference output in ten is not 1: a batch, a tonne, a year.
            Outputs: Filled(n, ref scales, static (ref SeededDraws d) => d.Unit() < 0.9 ? 1 : d.Below(3) switch { 0 => 10.0, 1 => 100, _ => 1000 }));
        return new(Technology(rules, place), Interventions(rules, place), Characterisation(rules));
    }

    private static Triplets Technology(NetworkRules rules, Places place)
    {
        var n = rules.Processes;
        var random = new SeededDraws(rules.Seed, 3);
        var background = Math.Max(1, (int)(n * Background));
        var hubs = random.Order(background).AsSpan(0, Math.Min(rules.Hubs, background)).ToArray();
        var zipf = Cumulated(hubs.Length);
        var entries = new Entries((int)(n * (MeanInputs + 2)), rules.Uncertain);
        Span<int> suppliers = stackalloc int[SeededDraws.MostEvents];
        Span<double> weights = stackalloc double[SeededDraws.MostEvents];
        for (var process = 0; process < n; process++)
        {
            entries.Add(place.Product(process), place.Column(process), place.Outputs[process], 0);
            var sum = NetworkRules.LeastColumnSum + ((rules.ColumnSum - NetworkRules.LeastColumnSum) * random.Unit());
            var (count, total, inputs) = (0, 0.0, random.Events(MeanInputs));
            for (var input = 0; input < inputs; input++)
            {
                var supplier = Supplier(ref random, process, n, background, hubs, zipf);
                if (supplier >= 0 && supplier != process)
                {
                    // Cubes of a uniform number: a few inputs are most of a process.
                    var u = random.Unit();
                    suppliers[count] = supplier;
                    total += weights[count++] = (u * u * u) + 1e-6;
                }
            }

            for (var input = 0; input < count; input++)
            {
                var credit = rules.Credits > 0 && random.Unit() < rules.Credits;
                Need(entries, place, ref random, suppliers[input], process, (credit ? -1 : 1) * sum * weights[input] / total);
            }
        }

        for (var loop = 0; loop < rules.LoopsOverOne; loop++)
        {
            // The most used hubs certainly are in the large component. One credit makes the gain negative, two leave it above one.
            var (first, second) = (hubs[2 * loop], hubs[(2 * loop) + 1]);
            Need(entries, place, ref random, first, second, (loop % 2 == 0 ? 1 : -1) * (1.2 + random.Unit()));
            Need(entries, place, ref random, second, first, -(1.2 + random.Unit()));
        }

        return entries.Shuffled(n, n, new SeededDraws(rules.Seed, 4));
    }

    private static void Within<T>(T value, T least, T most, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : IComparable<T>
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }

    private static int Supplier(ref SeededDraws random, int process, int n, int background, int[] hubs, double[] zipf)
    {
        var kind = random.Unit();
        if (kind < HubShare)
        {
            return hubs[Chosen(zipf, random.Unit())];
        }

        if (kind >= HubShare + NeighbourShare)
        {
            return random.Below(process + 1);
        }

        var distance = 1 + random.Below(Neighbourhood);
        return random.Unit() < BackwardsShare && process + distance < Math.Min(background, n) ? process + distance : process - distance;
    }

    private static void Need(Entries entries, Places place, ref SeededDraws random, int supplier, int process, double share)
    {
        var value = -share * place.Units[supplier] / place.Units[process] * place.Outputs[process];
        entries.Add(place.Product(supplier), place.Column(process), value, entries.Uncertain ? random.Sigma() : 0);
    }

    private static Triplets Interventions(NetworkRules rules, Places place)
    {
        var random = new SeededDraws(rules.Seed, 5);
        var units = Filled(rules.Flows, ref random, static (ref SeededDraws d) => d.PowerOfTen(UnitSpread));
        var entries = new Entries((int)(rules.Processes * (MeanInterventions + 1)), rules.Uncertain);
        for (var process = 0; process < rules.Processes; process++)
        {
            var count = random.Events(MeanInterventions);
            for (var at = 0; at < count; at++)
            {
                // A few flows are emitted by nearly every process, most by few.
                var u = random.Unit();
                var flow = (int)(u * u * u * rules.Flows);
                var value = units[flow] * random.PowerOfTen(0.5) / place.Units[process] * place.Outputs[process];
                entries.Add(flow, place.Column(process), value, rules.Uncertain ? random.Sigma() : 0);
            }
        }

        return entries.Shuffled(rules.Flows, rules.Processes, new SeededDraws(rules.Seed, 6));
    }

    private static Triplets Characterisation(NetworkRules rules)
    {
        var random = new SeededDraws(rules.Seed, 7);
        var entries = new Entries((int)(rules.Indicators * (long)rules.Flows / 4) + rules.Indicators, uncertain: false);
        for (var indicator = 0; indicator < rules.Indicators; indicator++)
        {
            for (var flow = 0; flow < rules.Flows; flow++)
            {
                if (random.Unit() < CharacterisedShare)
                {
                    entries.Add(indicator, flow, random.PowerOfTen(UnitSpread), 0);
                }
            }
        }

        return entries.Shuffled(rules.Indicators, rules.Flows, new SeededDraws(rules.Seed, 8));
    }

    private static double[] Filled(int count, ref SeededDraws random, SeededDraws.Draw draw)
    {
        var values = new double[count];
        foreach (ref var value in values.AsSpan())
        {
            value = draw(ref random);
        }

        return values;
    }

    /// <summary>Zipf's law: the h-th of the hubs is chosen with a weight of 1/h.</summary>
    private static double[] Cumulated(int hubs)
    {
        var cumulated = new double[hubs];
        var sum = 0.0;
        for (var hub = 0; hub < hubs; hub++)
        {
            cumulated[hub] = sum += 1.0 / (hub + 1);
        }

        return cumulated;
    }

    private static int Chosen(double[] cumulated, double u)
    {
        var found = Array.BinarySearch(cumulated, u * cumulated[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, cumulated.Length - 1);
    }

    /// <summary>Where a process and its product stand, and in which units.</summary>
    private sealed record Places(int[] Columns, int[]? Products, double[] Units, double[] Outputs)
    {
        public int Column(int process) => Columns[process];

        public int Product(int process) => (Products ?? Columns)[process];
    }

    /// <summary>Entries as they come, and then in no order.</summary>
    private sealed class Entries(int room, bool uncertain)
    {
        private readonly List<int> _row = new(room);
        private readonly List<int> _column = new(room);
        private readonly List<double> _value = new(room);
        private readonly List<double> _sigma = new(uncertain ? room : 0);

        public bool Uncertain => uncertain;

        public void Add(int row, int column, double value, double sigma)
        {
            _row.Add(row);
            _column.Add(column);
            _value.Add(value);
            if (uncertain)
            {
                _sigma.Add(sigma);
            }
        }

        public Triplets Shuffled(int rows, int columns, SeededDraws random)
        {
            var order = random.Order(_row.Count);
            return new(rows, columns, In(order, _row), In(order, _column), In(order, _value), uncertain ? In(order, _sigma) : []);
        }

        private static T[] In<T>(int[] order, List<T> values)
        {
            var ordered = new T[order.Length];
            for (var at = 0; at < order.Length; at++)
            {
                ordered[at] = values[order[at]];
            }

            return ordered;
        }
    }
}
