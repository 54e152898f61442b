using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>
/// Several packages put together as one network: products × activities, flows × activities, and the diagonals that characterise, normalise and weight flows. Ids are in ascending
/// order; the position of an id is its row or column.
/// </summary>
public sealed class MatrixNetwork
{
    private readonly IReadOnlyList<(MatrixPackage Package, MatrixGroup Group)> _groups;

    private MatrixNetwork(IReadOnlyList<MatrixPackage> packages)
    {
        _groups = [.. packages.SelectMany(p => p.Groups.Select(g => (p, g)))];
        Products = Ids("technosphere_matrix", g => g.Rows);
        Activities = Ids("technosphere_matrix", g => g.Columns);
        Flows = Ids("biosphere_matrix", g => g.Rows);
    }

    public IReadOnlyList<long> Products { get; }

    public IReadOnlyList<long> Activities { get; }

    public IReadOnlyList<long> Flows { get; }

    /// <summary>
    /// Refused with <c>lca_matrix_empty</c> where there is no technosphere, with <c>lca_matrix_not_square</c> where products and activities are not as many as each other, and with
    /// <c>lca_matrix_column</c> where flows are exchanged by activities that the technosphere lacks.
    /// </summary>
    public static Outcome<MatrixNetwork> From(params IReadOnlyList<MatrixPackage> packages)
    {
        var network = new MatrixNetwork(packages);
        var name = string.Join(", ", packages.Select(p => p.Name));
        if (network.Products.Count == 0)
        {
            return new Problem("lca_matrix_empty", Args: [name]);
        }

        if (network.Products.Count != network.Activities.Count)
        {
            return new Problem("lca_matrix_not_square", Args: [name, $"{network.Products.Count}", $"{network.Activities.Count}"]);
        }

        foreach (var (_, group) in network._groups.Where(g => g.Group.Matrix == "biosphere_matrix"))
        {
            var at = group.Columns.Select((id, i) => (id, i)).FirstOrDefault(c => network.Activity(c.id) < 0, (0, -1));
            if (at.Item2 >= 0)
            {
                return new Problem("lca_matrix_column", at.Item2 + 1, "col", $"{at.Item1}", group.Name);
            }
        }

        return network;
    }

    /// <summary>Position of an activity's id; negative where there is none.</summary>
    public int Activity(long id) => Position(Activities, id);

    public int Product(long id) => Position(Products, id);

    public int Flow(long id) => Position(Flows, id);

    /// <summary>Products × activities, outputs positive, inputs negative.</summary>
    public SparseMatrix Technology(int scenario = 0) => Matrix(Technosphere(scenario), Products.Count, Activities.Count);

    /// <summary>Flows × activities.</summary>
    public SparseMatrix Interventions(int scenario = 0) => Matrix(Biosphere(scenario), Flows.Count, Activities.Count);

    /// <summary>The entries of the technosphere, one for each place that counts or that is added; for drawing values anew.</summary>
    public IReadOnlyList<MatrixEntry> Technosphere(int scenario = 0) => Entries("technosphere_matrix", Products, Activities, scenario);

    public IReadOnlyList<MatrixEntry> Biosphere(int scenario = 0) => Entries("biosphere_matrix", Flows, Activities, scenario);

    /// <summary>The distribution of an entry's value before its sign, as its group has it.</summary>
    public Distribution UncertaintyOf(MatrixEntry entry) => _groups[entry.Group].Group.Uncertainty is { Count: > 0 } all ? all[entry.Entry] : Distribution.Certain;

    public MatrixGroup GroupOf(MatrixEntry entry) => _groups[entry.Group].Group;

    /// <summary>A factor for each flow: the diagonal of characterisation or normalisation. Flows without one have zero; places other than the group's global one are left out.</summary>
    /// <param name="matrix"><c>characterization_matrix</c> or <c>normalization_matrix</c>.</param>
    /// <param name="identifier">Of the category meant; null for all groups.</param>
    public double[] Diagonal(string matrix, IReadOnlyList<string>? identifier = null, int scenario = 0)
    {
        var values = new double[Flows.Count];
        foreach (var entry in Entries(matrix, Flows, null, scenario, g => identifier is null || g.Identifier.SequenceEqual(identifier)))
        {
            values[entry.Row] = entry.Value;
        }

        return values;
    }

    /// <summary>The one value of a weighting group; the last one where several stand.</summary>
    public double? Weight(IReadOnlyList<string>? identifier = null, int scenario = 0) =>
        _groups.Where(g => g.Group.Matrix == "weighting_matrix" && g.Group.Rows.Count > 0 && (identifier is null || g.Group.Identifier.SequenceEqual(identifier))).Select(g => (double?)g.Group.Value(0, scenario)).LastOrDefault();

    private static int Position(IReadOnlyList<long> ids, long id) => ((long[])ids).AsSpan().BinarySearch(id) is >= 0 and var at ? at : -1;

    private static SparseMatrix Matrix(IReadOnlyList<MatrixEntry> entries, int rows, int columns) =>
        SparseMatrix.FromTriplets(rows, columns, [.. entries.Select(e => e.Row)], [.. entries.Select(e => e.Column)], [.. entries.Select(e => e.Value)]);

    private long[] Ids(string matrix, Func<MatrixGroup, IReadOnlyList<long>> ids) => [.. _groups.Where(g => g.Group.Matrix == matrix).SelectMany(g => ids(g.Group)).Distinct().Order()];

    /// <summary>Entries of rows and columns that the network has. Later groups stand in the place of earlier ones unless their package adds.</summary>
    private List<MatrixEntry> Entries(string matrix, IReadOnlyList<long> rows, IReadOnlyList<long>? columns, int scenario, Func<MatrixGroup, bool>? only = null)
    {
        var entries = new List<MatrixEntry>();
        var owner = new Dictionary<(int Row, int Column), (int Group, int At)>();
        var dropped = new HashSet<int>();
        var of = new Dictionary<(int Row, int Column), List<int>>();
        for (var g = 0; g < _groups.Count; g++)
        {
            var (package, group) = _groups[g];
            if (group.Matrix != matrix || only?.Invoke(group) == false)
            {
                continue;
            }

            for (var i = 0; i < group.Rows.Count; i++)
            {
                var place = (Row: Position(rows, group.Rows[i]), Column: columns is null ? 0 : Position(columns, group.Columns[i]));
                if (place.Row < 0 || place.Column < 0 || (columns is null && group.GlobalColumn is { } everywhere && group.Columns[i] != everywhere))
                {
                    continue;
                }

                if (owner.TryGetValue(place, out var earlier) && !(earlier.Group == g ? package.AddsWithinGroup : package.AddsAcrossGroups))
                {
                    of[place].ForEach(at => dropped.Add(at));
                    of[place].Clear();
                }

                owner[place] = (g, entries.Count);
                if (!of.TryGetValue(place, out var list))
                {
                    of[place] = list = [];
                }

                list.Add(entries.Count);
                entries.Add(new MatrixEntry(place.Row, place.Column, group.Value(i, scenario), g, i));
            }
        }

        return dropped.Count == 0 ? entries : [.. entries.Where((_, at) => !dropped.Contains(at))];
    }
}
