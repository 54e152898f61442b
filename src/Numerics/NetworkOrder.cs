using System.Runtime.Intrinsics.X86;

namespace Tanlu.Numerics;

/// <summary>
/// The network scaled by the reference outputs and laid out in the order in which it is solved: I − Z with Z the inputs per unit of reference output. A place is a process and
/// the product it is there for. Suppliers stand before their customers: the strongly connected components one after the other (Tarjan 1972), within a component by the end of
/// the depth-first visit, so that Gauss–Seidel finds most of what it reads already renewed.
/// </summary>
internal sealed class NetworkOrder
{
    private const int Closed = int.MaxValue;

    /// <summary>So many columns before it is read, a column is asked for.</summary>
    private const int Ahead = 8;

    private NetworkOrder(int size)
    {
        Size = size;
        Process = new int[size];
        Product = new int[size];
        PlaceOfProcess = new int[size];
        PlaceOfProduct = new int[size];
        Reference = new double[size];
        ComponentOf = new int[size];
        InputStarts = new int[size + 1];
        InputInner = new int[size];
        UseStarts = new int[size + 1];
        UseInner = new int[size];
    }

    public int Size { get; }

    /// <summary>By place: column of the technology matrix.</summary>
    public int[] Process { get; }

    /// <summary>By place: row of the technology matrix.</summary>
    public int[] Product { get; }

    public int[] PlaceOfProcess { get; }

    public int[] PlaceOfProduct { get; }

    /// <summary>By place: the reference output, with its sign.</summary>
    public double[] Reference { get; }

    /// <summary>By place: the component it belongs to.</summary>
    public int[] ComponentOf { get; }

    public int Components { get; private set; }

    /// <summary>First place of each component, and the size at the end.</summary>
    public int[] ComponentStarts { get; private set; } = [];

    /// <summary>What a place takes in: entries InputStarts[p] … InputStarts[p + 1], those of other components before InputInner[p].</summary>
    public int[] InputStarts { get; }

    public int[] InputInner { get; }

    /// <summary>Places of the suppliers.</summary>
    public int[] InputPlaces { get; private set; } = [];

    /// <summary>Amount of the supplier's product per unit of the place's reference output; negative for a credit.</summary>
    public double[] InputValues { get; private set; } = [];

    /// <summary>Who uses what a place makes: entries UseStarts[p] … UseStarts[p + 1], in ascending order of the users; those of other components from UseInner[p] on.</summary>
    public int[] UseStarts { get; }

    public int[] UseInner { get; }

    public int[] UsePlaces { get; private set; } = [];

    public double[] UseValues { get; private set; } = [];

    public static NetworkOrder Of(SparseMatrix technology, ReferenceOutputs outputs)
    {
        var order = new NetworkOrder(technology.Columns);
        order.Arrange(technology, outputs);
        order.LayOut(technology);
        order.Turn();
        return order;
    }

    /// <summary>I − Z of the places from <paramref name="start"/> to before <paramref name="end"/>, which are numbered from 0.</summary>
    public SparseMatrix Scaled(int start, int end)
    {
        var (rows, columns, values) = (new List<int>(), new List<int>(), new List<double>());
        for (var place = start; place < end; place++)
        {
            Put(place, place, 1);
            for (var entry = InputInner[place]; entry < InputStarts[place + 1]; entry++)
            {
                Put(InputPlaces[entry], place, -InputValues[entry]);
            }
        }

        return SparseMatrix.FromTriplets(end - start, end - start, rows.ToArray(), columns.ToArray(), values.ToArray());

        void Put(int row, int column, double value)
        {
            rows.Add(row - start);
            columns.Add(column - start);
            values.Add(value);
        }
    }

    private void Arrange(SparseMatrix technology, ReferenceOutputs outputs)
    {
        var n = Size;
        var (productOf, makerOf) = (outputs.ProductOf, outputs.MakerOf);
        var starts = technology.Starts;
        var rows = technology.AllRows;

        // By product, as the entries name suppliers: 0 before the visit, its number in it, Closed once its component is complete. What a visit needs lies on the path.
        var index = new int[n];
        var component = new int[n];
        var open = new int[n];
        var ended = new int[n];
        var path = new Visit[n];
        var (opened, depth, count, components, endedCount) = (0, 0, 0, 0, 0);
        for (var root = 0; root < n; root++)
        {
            var next = productOf[root];
            if (index[next] != 0)
            {
                continue;
            }

            while (true)
            {
                if (next >= 0)
                {
                    index[next] = ++count;
                    open[opened++] = next;
                    path[depth++] = new Visit(next, count, starts[makerOf[next]], starts[makerOf[next] + 1]);
                }

                ref var visit = ref path[depth - 1];
                var (entry, lowest) = (visit.Entry, visit.Lowest);
                next = -1;
                while (entry < visit.End)
                {
                    var supplier = rows[entry++];
                    if (index[supplier] == 0)
                    {
                        next = supplier;
                        break;
                    }

                    lowest = Math.Min(lowest, index[supplier]);
                }

                (visit.Entry, visit.Lowest) = (entry, lowest);
                if (next >= 0)
                {
                    continue;
                }

                depth--;
                ended[endedCount++] = visit.Product;
                if (lowest == index[visit.Product])
                {
                    int member;
                    do
                    {
                        member = open[--opened];
                        component[member] = components;
                        index[member] = Closed;
                    }
                    while (member != visit.Product);
                    components++;
                }

                if (depth == 0)
                {
                    break;
                }

                ref var above = ref path[depth - 1];
                above.Lowest = Math.Min(above.Lowest, lowest);
            }
        }

        Components = components;
        ComponentStarts = new int[components + 1];
        foreach (var c in component)
        {
            ComponentStarts[c + 1]++;
        }

        for (var c = 0; c < components; c++)
        {
            ComponentStarts[c + 1] += ComponentStarts[c];
        }

        var free = ComponentStarts.AsSpan(0, components).ToArray();
        foreach (var product in ended)
        {
            var place = free[component[product]]++;
            var process = makerOf[product];
            Product[place] = product;
            Process[place] = process;
            PlaceOfProduct[product] = place;
            PlaceOfProcess[process] = place;
            ComponentOf[place] = component[product];
        }
    }

    private unsafe void LayOut(SparseMatrix technology)
    {
        InputPlaces = GC.AllocateUninitializedArray<int>(technology.Count - Size);
        InputValues = GC.AllocateUninitializedArray<double>(technology.Count - Size);
        fixed (int* starts = technology.Starts, rows = technology.AllRows, placeOf = PlaceOfProduct, processes = Process, toPlaces = InputPlaces)
        fixed (double* values = technology.AllValues, toValues = InputValues)
        {
            var at = 0;
            for (var place = 0; place < Size; place++)
            {
                if (Sse.IsSupported && place + Ahead < Size)
                {
                    // Columns come in no order of memory: without this each is waited for.
                    var later = starts[processes[place + Ahead]];
                    Sse.Prefetch0(rows + later);
                    Sse.Prefetch0(values + later);
                    Sse.Prefetch0(values + later + 8);
                }

                var process = processes[place];
                var product = Product[place];
                var (first, last) = (starts[process], starts[process + 1]);
                var own = first;
                while (rows[own] != product)
                {
                    own++;
                }

                var reference = values[own];
                Reference[place] = reference;
                var lowest = ComponentStarts[ComponentOf[place]];
                InputStarts[place] = at;
                var end = at + last - first - 1;
                var inner = end;
                for (var entry = first; entry < last; entry++)
                {
                    if (entry == own)
                    {
                        continue;
                    }

                    // Suppliers of other components stand before the component's own places.
                    var supplier = placeOf[rows[entry]];
                    var to = supplier < lowest ? at++ : --inner;
                    toPlaces[to] = supplier;
                    toValues[to] = -values[entry] / reference;
                }

                InputInner[place] = inner;
                at = end;
            }

            InputStarts[Size] = at;
        }
    }

    private void Turn()
    {
        UsePlaces = GC.AllocateUninitializedArray<int>(InputPlaces.Length);
        UseValues = GC.AllocateUninitializedArray<double>(InputPlaces.Length);
        foreach (var supplier in InputPlaces)
        {
            UseStarts[supplier + 1]++;
        }

        for (var place = 0; place < Size; place++)
        {
            UseStarts[place + 1] += UseStarts[place];
        }

        var free = UseStarts.AsSpan(0, Size).ToArray();
        for (var place = 0; place < Size; place++)
        {
            for (var entry = InputStarts[place]; entry < InputStarts[place + 1]; entry++)
            {
                var to = free[InputPlaces[entry]]++;
                UsePlaces[to] = place;
                UseValues[to] = InputValues[entry];
            }
        }

        for (var place = 0; place < Size; place++)
        {
            var end = ComponentStarts[ComponentOf[place] + 1];
            var inner = UseStarts[place];
            while (inner < UseStarts[place + 1] && UsePlaces[inner] < end)
            {
                inner++;
            }

            UseInner[place] = inner;
        }
    }

    /// <summary>A product on the path of the search: where its entries are being read, and the lowest number that was reached from it.</summary>
    private struct Visit(int product, int number, int entry, int end)
    {
        public readonly int Product = product;
        public readonly int End = end;
        public int Entry = entry;
        public int Lowest = number;
    }
}
