namespace Tanlu.Numerics;

/// <summary>
/// The network scaled by the reference outputs and laid out in the order in which it is solved: I − Z with Z the inputs per unit of reference output. A place is a process and
/// the product it is there for. Suppliers stand before their customers: the strongly connected components one after the other (Tarjan 1972), within a component by the end of
/// the depth-first visit, so that Gauss–Seidel finds most of what it reads already renewed.
/// </summary>
internal sealed class NetworkOrder
{
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
        order.Arrange(technology, outputs.MakerOf);
        order.LayOut(technology, outputs.ProductOf, outputs.MakerOf);
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

    private void Arrange(SparseMatrix technology, int[] makerOf)
    {
        var n = Size;
        var starts = technology.Starts.ToArray();
        var rows = technology.AllRows;
        var index = new int[n];
        var low = new int[n];
        var next = new int[n];
        var component = new int[n];
        component.AsSpan().Fill(-1);
        var open = new int[n];
        var path = new int[n];
        var ended = new int[n];
        var (opened, depth, count, components, endedCount) = (0, 0, 0, 0, 0);
        for (var root = 0; root < n; root++)
        {
            if (index[root] != 0)
            {
                continue;
            }

            Enter(root);
            while (depth > 0)
            {
                var process = path[depth - 1];
                var entry = next[process];
                var end = starts[process + 1];
                var lowest = low[process];
                var entered = false;
                for (; entry < end; entry++)
                {
                    var supplier = makerOf[rows[entry]];
                    if (index[supplier] == 0)
                    {
                        next[process] = entry + 1;
                        low[process] = lowest;
                        Enter(supplier);
                        entered = true;
                        break;
                    }

                    if (component[supplier] < 0 && index[supplier] < lowest)
                    {
                        lowest = index[supplier];
                    }
                }

                if (entered)
                {
                    continue;
                }

                depth--;
                ended[endedCount++] = process;
                if (lowest == index[process])
                {
                    int member;
                    do
                    {
                        member = open[--opened];
                        component[member] = components;
                    }
                    while (member != process);
                    components++;
                }

                if (depth > 0 && lowest < low[path[depth - 1]])
                {
                    low[path[depth - 1]] = lowest;
                }
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
        foreach (var process in ended)
        {
            var place = free[component[process]]++;
            Process[place] = process;
            PlaceOfProcess[process] = place;
            ComponentOf[place] = component[process];
        }

        void Enter(int process)
        {
            index[process] = ++count;
            low[process] = count;
            next[process] = starts[process];
            open[opened++] = process;
            path[depth++] = process;
        }
    }

    private void LayOut(SparseMatrix technology, int[] productOf, int[] makerOf)
    {
        var starts = technology.Starts;
        var rows = technology.AllRows;
        var values = technology.AllValues;
        InputPlaces = new int[technology.Count - Size];
        InputValues = new double[technology.Count - Size];
        for (var place = 0; place < Size; place++)
        {
            var product = productOf[Process[place]];
            Product[place] = product;
            PlaceOfProduct[product] = place;
        }

        var at = 0;
        for (var place = 0; place < Size; place++)
        {
            var process = Process[place];
            var product = Product[place];
            var (first, last) = (starts[process], starts[process + 1]);
            var reference = values[first + rows[first..last].BinarySearch(product)];
            Reference[place] = reference;
            var lowest = ComponentStarts[ComponentOf[place]];
            InputStarts[place] = at;
            var end = at + last - first - 1;
            var inner = end;
            for (var entry = first; entry < last; entry++)
            {
                var row = rows[entry];
                if (row == product)
                {
                    continue;
                }

                // Suppliers of other components stand before the component's own places.
                var supplier = PlaceOfProcess[makerOf[row]];
                var to = supplier < lowest ? at++ : --inner;
                InputPlaces[to] = supplier;
                InputValues[to] = -values[entry] / reference;
            }

            InputInner[place] = inner;
            at = end;
        }

        InputStarts[Size] = at;
    }

    private void Turn()
    {
        UsePlaces = new int[InputPlaces.Length];
        UseValues = new double[InputPlaces.Length];
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
}
