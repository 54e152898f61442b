using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>
/// brightway's data packages (bw_processing): a zip of <c>datapackage.json</c> and NumPy arrays. <see cref="ReadMatrices"/> gives them as they are; <see cref="Read"/> as datasets whose
/// names are the ids, since packages hold no names.
/// </summary>
public static class BrightwayReader
{
    /// <summary>Value of <see cref="DatasetPackage.Format"/>.</summary>
    public const string Code = "brightway_datapackage";

    private const string Description = "datapackage.json";

    public static Outcome<MatrixPackage> ReadMatrices(Stream content, string name, ReadLimits limits, CancellationToken cancellation)
    {
        MatrixPackage? matrices = null;
        var read = DatasetFile.Read(content, name, limits, cancellation, (file, reading) =>
        {
            matrices = Matrices(file, reading);
            return new DatasetPackage { Format = Code, Name = matrices.Name };
        });
        return read.Then<MatrixPackage>(package => matrices! with { Notes = package.Notes });
    }

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation) =>
        DatasetFile.Read(content, name, limits, cancellation, (file, reading) => MatrixDatasets.Of(Matrices(file, reading), Code, reading));

    internal static bool Recognises(DatasetFile file) => file.IsArchive && file.Parts.Any(IsDescription) && file.Parts.Any(p => p.Name.EndsWith(".npy", StringComparison.OrdinalIgnoreCase));

    private static bool IsDescription(DatasetPart part) => part.Name == Description || part.Name.EndsWith("/" + Description, StringComparison.Ordinal);

    private static MatrixPackage Matrices(DatasetFile file, Reading reading)
    {
        var description = file.Parts.FirstOrDefault(IsDescription) ?? throw new Refusal(new Problem("lca_package_description", Args: [file.Name]));
        using var document = OpenLcaFile.Parse(description, reading);
        if (document is null)
        {
            return new MatrixPackage { Name = file.Name };
        }

        var root = document.RootElement;
        var folder = description.Name[..^Description.Length];
        var parts = file.Parts.ToDictionary(p => p.Name, StringComparer.Ordinal);
        var groups = new Dictionary<(string Group, string Matrix), List<JsonElement>>();
        foreach (var resource in root.Objects("resources"))
        {
            reading.CountDataset(resource.Text("name"));
            var key = (resource.Text("group"), resource.Text("matrix"));
            if (resource.Text("kind") is not ("indices" or "data" or "flip" or "distributions") || key.Item2.Length == 0)
            {
                reading.Note("lca_package_resource", file.Name, null, "resources", resource.Text("name"));
                continue;
            }

            if (!groups.TryGetValue(key, out var list))
            {
                groups[key] = list = [];
            }

            list.Add(resource);
        }

        if (groups.Count == 0)
        {
            reading.Fault("lca_package_resource", file.Name, null, "resources");
        }

        return new MatrixPackage
        {
            Name = root.Text("name") is { Length: > 0 } name ? name : Path.GetFileNameWithoutExtension(file.Name),
            Licence = string.Join(", ", root.Objects("licenses").Select(l => l.Text("name", "title")).Where(t => t.Length > 0)),
            Sequential = root.Flag("sequential"),
            Combinatorial = root.Flag("combinatorial"),
            AddsWithinGroup = root.Field("sum_intra_duplicates") is not { ValueKind: JsonValueKind.False },
            AddsAcrossGroups = root.Flag("sum_inter_duplicates"),
            Groups = [.. groups.Select(g => Group(g.Key.Group, g.Key.Matrix, g.Value, r => Array(r, folder, parts, reading), reading)).OfType<MatrixGroup>()],
        };
    }

    private static NpyArray? Array(JsonElement resource, string folder, Dictionary<string, DatasetPart> parts, Reading reading)
    {
        var path = resource.Text("path");
        if (!parts.TryGetValue(folder + path, out var part))
        {
            reading.Fault("lca_package_part", resource.Text("name"), null, "path", path);
            return null;
        }

        using var stream = part.Open();
        var bytes = new MemoryStream((int)Math.Clamp(part.Length, 0, 1 << 24));
        stream.CopyTo(bytes);
        var array = NpyArray.Read(bytes.ToArray(), part.Name);
        foreach (var problem in array.Problems)
        {
            reading.Fault(problem.Code, problem.Args[0], null, problem.Column, problem.Found, [.. problem.Args.Skip(1)]);
        }

        return array.Ok ? array.Value : null;
    }

    private static MatrixGroup? Group(string name, string matrix, List<JsonElement> resources, Func<JsonElement, NpyArray?> open, Reading reading)
    {
        NpyArray? Of(string kind) => resources.Where(r => r.Text("kind") == kind).Select(r => (JsonElement?)r).FirstOrDefault() is { } found ? open(found) : null;
        bool Has(string kind) => resources.Exists(r => r.Text("kind") == kind);

        var (indices, data, flip, distributions) = (Of("indices"), Of("data"), Of("flip"), Of("distributions"));
        if (indices is null || data is null)
        {
            if (!Has("indices") || !Has("data"))
            {
                reading.Fault("lca_package_kind", name, null, "kind", Has("indices") ? "data" : "indices");
            }

            return null;
        }

        if (!indices.IsInteger("row") || !indices.IsInteger("col"))
        {
            reading.Fault("lca_npy_broken", name, null, "indices");
            return null;
        }

        var count = indices.Rows;
        reading.CountExchanges(name, (long)count * Math.Max(1, data.Columns));
        foreach (var (kind, array) in new[] { ("data", data), ("flip", flip), ("distributions", distributions) })
        {
            if (array is not null && array.Rows != count)
            {
                reading.Fault("lca_package_rows", name, null, kind, $"{array.Rows}", $"{count}");
                return null;
            }
        }

        if (!data.Has("") || (flip is not null && !flip.Has("")))
        {
            reading.Fault("lca_npy_broken", name, null, data.Has("") ? "flip" : "data");
            return null;
        }

        var scenarios = new double[data.Columns][];
        for (var s = 0; s < scenarios.Length; s++)
        {
            scenarios[s] = new double[count];
            for (var i = 0; i < count; i++)
            {
                var value = data.Number(i, s);
                if (!double.IsFinite(value))
                {
                    reading.Fault("lca_number_not_finite", name, i + 1, "data", $"{value}");
                    value = 0;
                }

                scenarios[s][i] = value;
            }
        }

        var identifier = resources.Select(r => r.Field("identifier")).FirstOrDefault(i => i is not null);
        return new MatrixGroup
        {
            Name = name,
            Matrix = matrix,
            Identifier = identifier is { ValueKind: JsonValueKind.Array } names ? [.. names.EnumerateArray().Select(JsonFields.Text)] : identifier is { } one ? [JsonFields.Text(one)] : [],
            GlobalColumn = resources.Select(r => r.Integer("global_index")).FirstOrDefault(i => i is not null),
            Rows = [.. Enumerable.Range(0, count).Select(i => indices.Integer(i, 0, "row"))],
            Columns = [.. Enumerable.Range(0, count).Select(i => indices.Integer(i, 0, "col"))],
            Values = scenarios.Length > 0 ? scenarios[0] : [],
            Flip = flip is null ? [] : [.. Enumerable.Range(0, count).Select(i => flip.Integer(i) != 0)],
            Uncertainty = distributions is null ? [] : StatsArrays.Read(distributions, name, reading),
            Scenarios = data.Shape.Count > 1 ? scenarios : [],
        };
    }
}
