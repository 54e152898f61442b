namespace Tanlu.Numerics;

/// <summary>An input that is drawn before the entries: several depend on it, or it has a dimension of the Sobol points.</summary>
/// <param name="Dimension">Of the Sobol points; −1 where it has its random stream.</param>
internal readonly record struct SlotDraw(int Slot, SampledInput Input, int Dimension);

/// <summary>
/// The part of a network that some demands reach, in the order in which it is solved, with how each of its entries is drawn. What no demand reaches is neither drawn nor solved.
/// </summary>
internal sealed class SamplingPlan
{
    private readonly UncertainNetwork _network;
    private readonly int[] _local;
    private readonly int[] _slotOf;
    private readonly List<SlotDraw> _slots = [];
    private readonly List<(int Slot, int Supplied)> _supplied = [];

    /// <param name="evenly">Inputs that get a dimension of the Sobol points each, in order, from <paramref name="firstDimension"/> on.</param>
    public SamplingPlan(UncertainNetwork network, IReadOnlyList<double[]> demands, IReadOnlyList<double[]> supplies, IReadOnlyList<int> evenly, int firstDimension)
    {
        _network = network;
        var order = network.Network.Order;
        _local = Reached(order, demands);
        Places = [.. Enumerable.Range(0, order.Size).Where(place => _local[place] >= 0)];
        for (var p = 0; p < Places.Length; p++)
        {
            _local[Places[p]] = p;
        }

        Demands = [.. demands.Select(f => Places.Select(place => f[order.Product[place]]).ToArray())];
        Supplies = [.. supplies.Select(s => Places.Select(place => s[order.Process[place]]).ToArray())];
        _slotOf = new int[network.Inputs.Length + network.Supplied.Length];
        _slotOf.AsSpan().Fill(-1);
        var terms = new EntryTerms(network, column => _local[order.PlaceOfProcess[column]] >= 0);
        for (var dimension = 0; dimension < evenly.Count; dimension++)
        {
            if (terms.Uses[evenly[dimension]] > 0)
            {
                Slot(evenly[dimension], firstDimension + dimension);
            }
        }

        UseStarts = new int[Count + 1];
        UseInner = new int[Count];
        References = new DrawList(Count);
        (Users, Technology) = LayOutTechnology(order, terms);
        Loops = [.. network.Network.Loops.Where(l => _local[l.Start] >= 0).Select(l => (Start: _local[l.Start], End: _local[l.End - 1] + 1))];
        BStarts = new int[Count + 1];
        (Flows, Interventions) = LayOutInterventions(order, terms);
        SlotDraws = LayOutSlots();
    }

    public int Count => Places.Length;

    /// <summary>Places of the network, in ascending order: suppliers before their customers.</summary>
    public int[] Places { get; }

    public int Indicators => _network.Characterisation.Rows;

    /// <summary>By demand and reached place.</summary>
    public double[][] Demands { get; }

    /// <summary>The certain solution, by demand and reached place.</summary>
    public double[][] Supplies { get; }

    /// <summary>Who uses what a place makes; those of other components from <see cref="UseInner"/> on.</summary>
    public int[] UseStarts { get; }

    public int[] UseInner { get; }

    public int[] Users { get; }

    /// <summary>By use: how much the user takes in, positive for an input.</summary>
    public DrawList Technology { get; }

    /// <summary>By place: its reference output.</summary>
    public DrawList References { get; }

    /// <summary>Components of more than one process. A component is reached as a whole.</summary>
    public (int Start, int End)[] Loops { get; }

    public int[] BStarts { get; }

    /// <summary>Rows of the interventions that have a factor, by entry.</summary>
    public int[] Flows { get; }

    public DrawList Interventions { get; }

    /// <summary>Inputs that take their numbers from Sobol points.</summary>
    public IReadOnlyList<SlotDraw> Even { get; private set; } = [];

    /// <summary>By slot: the inputs that take theirs from random streams; the others stand as constants.</summary>
    public DrawList SlotDraws { get; }

    public IReadOnlyList<(int Slot, int Supplied)> Supplied => _supplied;

    public int SlotCount => _slots.Count + _supplied.Count;

    public SparseMatrix Characterisation => _network.Characterisation;

    public SuppliedValues? Supply => _network.Supply;

    public double[] SuppliedCertain => _network.Supplied;

    /// <summary>Column of the technology matrix.</summary>
    public int ProcessOf(int local) => _network.Network.Order.Process[Places[local]];

    // 0 where a demand reaches the place, else −1: from who is asked along the inputs.
    private static int[] Reached(NetworkOrder order, IReadOnlyList<double[]> demands)
    {
        var reached = new int[order.Size];
        reached.AsSpan().Fill(-1);
        var open = new Stack<int>();
        foreach (var demand in demands)
        {
            for (var product = 0; product < demand.Length; product++)
            {
                if (demand[product] != 0)
                {
                    open.Push(order.PlaceOfProduct[product]);
                }
            }
        }

        while (open.TryPop(out var place))
        {
            if (reached[place] == 0)
            {
                continue;
            }

            reached[place] = 0;
            for (var entry = order.InputStarts[place]; entry < order.InputStarts[place + 1]; entry++)
            {
                if (reached[order.InputPlaces[entry]] < 0)
                {
                    open.Push(order.InputPlaces[entry]);
                }
            }
        }

        return reached;
    }

    private (int[] Users, DrawList Draws) LayOutTechnology(NetworkOrder order, EntryTerms terms)
    {
        var technology = _network.Network.Technology;
        var rows = technology.AllRows;
        for (var user = 0; user < Count; user++)
        {
            var column = order.Process[Places[user]];
            for (var entry = technology.Starts[column]; entry < technology.Starts[column + 1]; entry++)
            {
                var supplier = _local[order.PlaceOfProduct[rows[entry]]];
                if (supplier == user)
                {
                    Add(References, terms.OfTechnology(entry), technology.AllValues[entry], 1, terms);
                }
                else
                {
                    UseStarts[supplier + 1]++;
                }
            }
        }

        for (var p = 0; p < Count; p++)
        {
            UseStarts[p + 1] += UseStarts[p];
        }

        var (users, entries, next) = (new int[UseStarts[Count]], new int[UseStarts[Count]], UseStarts.AsSpan(0, Count).ToArray());
        for (var user = 0; user < Count; user++)
        {
            var column = order.Process[Places[user]];
            for (var entry = technology.Starts[column]; entry < technology.Starts[column + 1]; entry++)
            {
                var supplier = _local[order.PlaceOfProduct[rows[entry]]];
                if (supplier != user)
                {
                    users[next[supplier]] = user;
                    entries[next[supplier]++] = entry;
                }
            }
        }

        var draws = new DrawList(entries.Length);
        foreach (var entry in entries)
        {
            Add(draws, terms.OfTechnology(entry), technology.AllValues[entry], -1, terms);
        }

        for (var p = 0; p < Count; p++)
        {
            var component = order.ComponentOf[Places[p]];
            var inner = UseStarts[p];
            while (inner < UseStarts[p + 1] && order.ComponentOf[Places[users[inner]]] == component)
            {
                inner++;
            }

            UseInner[p] = inner;
        }

        return (users, draws);
    }

    private (int[] Flows, DrawList Draws) LayOutInterventions(NetworkOrder order, EntryTerms terms)
    {
        var interventions = _network.Interventions;
        var flows = new List<int>();
        var entries = new List<int>();
        for (var p = 0; p < Count; p++)
        {
            var column = order.Process[Places[p]];
            for (var entry = interventions.Starts[column]; entry < interventions.Starts[column + 1]; entry++)
            {
                var flow = interventions.AllRows[entry];
                if (flow < Characterisation.Columns && Characterisation.RowsOf(flow).Length > 0)
                {
                    flows.Add(flow);
                    entries.Add(entry);
                }
            }

            BStarts[p + 1] = entries.Count;
        }

        var draws = new DrawList(entries.Count);
        foreach (var entry in entries)
        {
            Add(draws, terms.OfInterventions(entry), interventions.AllValues[entry], 1, terms);
        }

        return ([.. flows], draws);
    }

    private DrawList LayOutSlots()
    {
        var inputs = new SampledInput?[SlotCount];
        foreach (var slot in _slots.Where(s => s.Dimension < 0))
        {
            inputs[slot.Slot] = slot.Input;
        }

        var draws = new DrawList(SlotCount);
        foreach (var input in inputs)
        {
            if (input is not { } drawn || !draws.TryAdd(drawn, 1, 0))
            {
                draws.AddConstant(0);
            }
        }

        Even = [.. _slots.Where(s => s.Dimension >= 0)];
        return draws;
    }

    private void Add(DrawList draws, ReadOnlySpan<int> terms, double value, double sign, EntryTerms all)
    {
        if (terms.Length == 0)
        {
            draws.AddConstant(sign * value);
            return;
        }

        var remainder = value;
        foreach (var t in terms)
        {
            ref readonly var term = ref _network.Terms[t];
            remainder -= term.Factor * CertainOf(term.Input);
        }

        // What rounding leaves of a value that its inputs make up is nothing.
        remainder = Math.Abs(remainder) <= 1e-12 * Math.Abs(value) ? 0 : remainder;
        ref readonly var only = ref _network.Terms[terms[0]];
        if (terms.Length == 1 && only.Input < _network.Inputs.Length && all.Uses[only.Input] == 1 && _slotOf[only.Input] < 0
            && draws.TryAdd(_network.Inputs[only.Input], sign * only.Factor, sign * remainder))
        {
            return;
        }

        var parts = new (int Slot, double Factor)[terms.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var term = ref _network.Terms[terms[i]];
            parts[i] = (Slot(term.Input, -1), sign * term.Factor);
        }

        draws.AddSum(sign * remainder, parts);
    }

    private double CertainOf(int input) => input < _network.Inputs.Length ? _network.Inputs[input].Value : _network.Supplied[input - _network.Inputs.Length];

    private int Slot(int input, int dimension)
    {
        if (_slotOf[input] < 0)
        {
            _slotOf[input] = SlotCount;
            if (input < _network.Inputs.Length)
            {
                _slots.Add(new SlotDraw(_slotOf[input], _network.Inputs[input], dimension));
            }
            else
            {
                _supplied.Add((_slotOf[input], input - _network.Inputs.Length));
            }
        }

        return _slotOf[input];
    }

    /// <summary>The terms of every entry of the reached columns, and how many of them name each input.</summary>
    private sealed class EntryTerms
    {
        private readonly int[] _technologyStarts;
        private readonly int[] _interventionStarts;
        private readonly int[] _technologyTerms;
        private readonly int[] _interventionTerms;

        public EntryTerms(UncertainNetwork network, Func<int, bool> reached)
        {
            Uses = new int[network.Inputs.Length + network.Supplied.Length];
            var entries = new int[network.Terms.Length];
            for (var t = 0; t < entries.Length; t++)
            {
                ref readonly var term = ref network.Terms[t];
                entries[t] = -1;
                if (reached(term.Column))
                {
                    var matrix = term.Elementary ? network.Interventions : network.Network.Technology;
                    var at = matrix.RowsOf(term.Column).BinarySearch(term.Row);
                    entries[t] = at < 0 ? throw new ArgumentException($"Row {term.Row} of column {term.Column} has no entry that could be uncertain.", nameof(network)) : matrix.Starts[term.Column] + at;
                    Uses[term.Input]++;
                }
            }

            (_technologyStarts, _technologyTerms) = Sorted(network, entries, network.Network.Technology.Count, elementary: false);
            (_interventionStarts, _interventionTerms) = Sorted(network, entries, network.Interventions.Count, elementary: true);
        }

        public int[] Uses { get; }

        public ReadOnlySpan<int> OfTechnology(int entry) => _technologyTerms.AsSpan(_technologyStarts[entry].._technologyStarts[entry + 1]);

        public ReadOnlySpan<int> OfInterventions(int entry) => _interventionTerms.AsSpan(_interventionStarts[entry].._interventionStarts[entry + 1]);

        private static (int[] Starts, int[] Terms) Sorted(UncertainNetwork network, int[] entries, int count, bool elementary)
        {
            var starts = new int[count + 1];
            for (var t = 0; t < entries.Length; t++)
            {
                if (entries[t] >= 0 && network.Terms[t].Elementary == elementary)
                {
                    starts[entries[t] + 1]++;
                }
            }

            for (var entry = 0; entry < count; entry++)
            {
                starts[entry + 1] += starts[entry];
            }

            var terms = new int[starts[count]];
            var next = starts.AsSpan(0, count).ToArray();
            for (var t = 0; t < entries.Length; t++)
            {
                if (entries[t] >= 0 && network.Terms[t].Elementary == elementary)
                {
                    terms[next[entries[t]]++] = t;
                }
            }

            return (starts, terms);
        }
    }
}
