using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Input-output models in the form of the USEEIO API: a zip of <c>sectors.json</c>, <c>indicators.json</c>, <c>A.json</c>, <c>D.json</c> and, where they are there, <c>B</c>, <c>C</c>,
/// <c>L</c>, <c>N</c>, <c>q</c>, <c>Rho</c>, <c>Phi</c>, <c>flows</c>, <c>demands</c> and one file for each demand.
/// </summary>
public static class UseeioReader
{
    /// <summary>Value of <see cref="DatasetPackage.Format"/>.</summary>
    public const string Code = "useeio";

    public static Outcome<InputOutputModel> ReadModel(Stream content, string name, ReadLimits limits, CancellationToken cancellation)
    {
        InputOutputModel? model = null;
        var read = DatasetFile.Read(content, name, limits, cancellation, (file, reading) =>
        {
            model = Model(file, reading);
            return new DatasetPackage { Format = Code, Name = model.Name };
        });
        return read.Then<InputOutputModel>(package => model! with { Notes = package.Notes });
    }

    /// <summary>The model as processes, one for each sector, that give one dollar's worth of their product.</summary>
    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation) =>
        DatasetFile.Read(content, name, limits, cancellation, (file, reading) => InputOutputDatasets.Of(Model(file, reading), Code, reading));

    internal static bool Recognises(DatasetFile file) => file.IsArchive && Array.TrueForAll(["sectors.json", "indicators.json", "A.json"], n => Part(file, n) is not null);

    private static DatasetPart? Part(DatasetFile file, string name) => file.Parts.FirstOrDefault(p => p.Name == name || p.Name.EndsWith("/" + name, StringComparison.Ordinal));

    private static InputOutputModel Model(DatasetFile file, Reading reading)
    {
        var sectors = Objects(file, "sectors.json", reading, needed: true).Select(s => new InputOutputSector(s.Text("id"), s.Text("code"), s.Text("name"), s.Text("location"), s.Text("description"))).ToList();
        var indicators = Objects(file, "indicators.json", reading, needed: true).Select(i => new InputOutputIndicator(i.Text("id"), i.Text("code"), i.Text("name"), i.Text("unit"), i.Text("group"))).ToList();
        var flows = Objects(file, "flows.json", reading, needed: false).Select(Flow).ToList();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in sectors.Select(s => s.Id).Concat(indicators.Select(i => i.Id)).Where(i => !ids.Add(i)))
        {
            reading.Fault("lca_io_id", file.Name, null, "id", id);
        }

        var (n, k, m) = (sectors.Count, indicators.Count, flows.Count);
        if ((long)n * Math.Max(n, k) > 400_000_000)
        {
            throw new Refusal(new Problem("lca_too_many_datasets", Args: [file.Name, "20000"]));
        }

        var demands = Demands(file, sectors, reading);
        return new InputOutputModel
        {
            Name = Path.GetFileNameWithoutExtension(file.Name),
            // The files name the year of their money with the demands only.
            Unit = demands.Select(d => d.Year).FirstOrDefault(y => y is not null) is { } year ? $"USD {year}" : "USD",
            Sectors = sectors,
            Indicators = indicators,
            Flows = flows,
            Requirements = Matrix(file, "A.json", n, n, reading, needed: true) ?? [],
            Direct = Matrix(file, "D.json", k, n, reading, needed: true) ?? [],
            Interventions = Matrix(file, "B.json", m, n, reading),
            Characterisation = Matrix(file, "C.json", k, m, reading),
            Total = Matrix(file, "N.json", k, n, reading),
            Inverse = Matrix(file, "L.json", n, n, reading),
            Output = Matrix(file, "q.json", n, 1, reading),
            Rho = Matrix(file, "Rho.json", n, null, reading),
            Phi = Matrix(file, "Phi.json", n, null, reading),
            Demands = demands,
        };
    }

    private static List<InputOutputDemand> Demands(DatasetFile file, List<InputOutputSector> sectors, Reading reading)
    {
        var at = sectors.Select((s, i) => (s.Id, i)).DistinctBy(s => s.Id).ToDictionary(s => s.Id, s => s.i, StringComparer.Ordinal);
        var demands = new List<InputOutputDemand>();
        foreach (var demand in Objects(file, "demands.json", reading, needed: false))
        {
            var id = demand.Text("id");
            if (Part(file, id + ".json") is null)
            {
                reading.Note("lca_package_part", file.Name, null, "demands.json", id + ".json");
                continue;
            }

            var amounts = new double[sectors.Count];
            foreach (var row in Objects(file, id + ".json", reading, needed: true))
            {
                if (at.TryGetValue(row.Text("sector"), out var sector))
                {
                    amounts[sector] += OpenLcaValues.Needed(row, "amount", id, sector + 1, reading);
                }
                else
                {
                    reading.Fault("lca_io_sector", id, null, "sector", row.Text("sector"));
                }
            }

            demands.Add(new InputOutputDemand(id, demand.Integer("year"), demand.Text("type"), demand.Text("system"), demand.Text("location"), amounts));
        }

        return demands;
    }

    /// <summary>The objects of a list in the order of their <c>index</c>, which is their row or column in the matrices.</summary>
    private static List<JsonElement> Objects(DatasetFile file, string name, Reading reading, bool needed)
    {
        if (Root(file, name, reading, needed) is not { } root)
        {
            return [];
        }

        if (root.ValueKind != JsonValueKind.Array)
        {
            reading.Fault("lca_json_broken", name);
            return [];
        }

        var items = root.EnumerateArray().Where(i => i.ValueKind == JsonValueKind.Object).ToList();
        items.ForEach(_ => reading.CountDataset(name));
        if (items.Exists(i => i.Field("index") is not null) && !items.Select(i => i.Integer("index") ?? -1).Order().SequenceEqual(Enumerable.Range(0, items.Count)))
        {
            reading.Fault("lca_io_index", name, null, "index");
            return items;
        }

        return [.. items.OrderBy(i => i.Integer("index") ?? 0)];
    }

    private static double[]? Matrix(DatasetFile file, string name, int rows, int? columns, Reading reading, bool needed = false)
    {
        if (Root(file, name, reading, needed) is not { } root)
        {
            return null;
        }

        var lines = root.ValueKind == JsonValueKind.Array ? root.GetArrayLength() : -1;
        var wide = columns ?? (lines > 0 && root[0].ValueKind == JsonValueKind.Array ? root[0].GetArrayLength() : 0);
        if (lines != rows || (long)rows * wide > 400_000_000)
        {
            reading.Fault("lca_io_size", name, null, null, $"{Math.Max(0, lines)}", $"{rows}", $"{wide}");
            return null;
        }

        reading.CountExchanges(name, (long)rows * wide);
        var values = new double[rows * wide];
        var at = 0;
        var row = 0;
        foreach (var line in root.EnumerateArray())
        {
            row++;
            if (line.ValueKind != JsonValueKind.Array || line.GetArrayLength() != wide)
            {
                reading.Fault("lca_io_row", name, row, null, line.ValueKind == JsonValueKind.Array ? $"{line.GetArrayLength()}" : null, $"{wide}");
                return null;
            }

            foreach (var cell in line.EnumerateArray())
            {
                var finite = cell.ValueKind == JsonValueKind.Number && cell.TryGetDouble(out values[at]) && double.IsFinite(values[at]);
                if (!finite)
                {
                    values[at] = reading.Needed(JsonFields.Text(cell), name, row, $"[{(at % wide) + 1}]");
                }

                at++;
            }
        }

        return values;
    }

    private static JsonElement? Root(DatasetFile file, string name, Reading reading, bool needed)
    {
        if (Part(file, name) is { } part)
        {
            using var document = OpenLcaFile.Parse(part, reading);
            return document?.RootElement.Clone();
        }

        if (needed)
        {
            reading.Fault("lca_package_part", file.Name, null, null, name);
        }

        return null;
    }

    private static FlowDataset Flow(JsonElement json)
    {
        var context = json.Text("context");
        var (compartment, subcompartment) = OpenLcaCategories.Compartment(context);
        return new FlowDataset
        {
            Id = DatasetIds.Normal(json.Text("uuid", "id")), Name = json.Text("flowable"), Kind = FlowKind.Elementary, Unit = json.Text("unit"), Category = context, Compartment = compartment, Subcompartment = subcompartment,
        };
    }
}
