using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>SimaPro's CSV exports (one, or a zip of them) of processes, product stages, methods, parameters, substances and units.</summary>
public static class SimaProReader
{
    /// <summary>Value of <see cref="DatasetPackage.Format"/>.</summary>
    public const string Code = "simapro_csv";

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation) =>
        DatasetFile.Read(content, name, limits, cancellation, Package);

    internal static bool Recognises(DatasetFile file) => file.Parts.Any(SimaProFile.Recognises);

    internal static ParameterDataset InputParameter(SimaProRow row, SimaProNumbers numbers, string dataset, string section)
    {
        var value = numbers.Number(row[1], dataset, row.Line, section);
        return new ParameterDataset(row[0], value, null, numbers.Uncertainty(row, 2, value, formula: false, dataset, section), row[7]);
    }

    internal static ParameterDataset CalculatedParameter(SimaProRow row, SimaProNumbers numbers, string dataset, string section)
    {
        var (value, formula) = numbers.Amount(row[1], dataset, row.Line, section);
        return new ParameterDataset(row[0], value, formula, default, row[2]);
    }

    private static DatasetPackage Package(DatasetFile file, Reading reading)
    {
        var project = "";
        var flows = new SimaProFlows();
        var processes = new List<SimaProProcess>();
        var methods = new List<MethodDataset>();
        var parameters = new List<ParameterDataset>();
        var blocks = 0;
        foreach (var part in file.Parts)
        {
            if (!SimaProFile.Recognises(part))
            {
                reading.Note("lca_part_unread", part.Name);
                continue;
            }

            var source = new SimaProFile(part, reading);
            var numbers = new SimaProNumbers(source.DecimalComma, reading);
            project = project.Length > 0 ? project : source.Project;
            foreach (var block in source.Blocks())
            {
                blocks++;
                reading.CountDataset(block.Name);
                if (SimaProHeadings.IsProcess(block.Name))
                {
                    processes.Add(new SimaProProcess(block, numbers, flows, reading));
                }
                else if (SimaProHeadings.IsMethod(block.Name))
                {
                    methods.Add(SimaProMethod.Read(block, numbers, flows, reading));
                }
                else
                {
                    Other(block, part.Name, numbers, flows, parameters, reading);
                }
            }
        }

        if (blocks == 0)
        {
            throw new Refusal(new Problem("lca_simapro_nothing", Args: [file.Name]));
        }

        FormulaCycles.Note(parameters, file.Name, reading);
        var all = flows.All;
        var byId = all.ToDictionary(f => f.Id, StringComparer.Ordinal);
        return new DatasetPackage
        {
            Format = Code,
            Name = project.Length > 0 ? project : Path.GetFileNameWithoutExtension(file.Name),
            UnitGroups = flows.UnitGroups,
            FlowProperties = flows.FlowProperties,
            Flows = all,
            Processes = Datasets(processes, reading),
            Methods = [.. methods.Select(m => m with { Indicators = [.. m.Indicators.Select(i => i with { Factors = [.. i.Factors.Select(f => f with { Flow = byId[f.Flow.Id] })] })] })],
            Parameters = parameters,
        };
    }

    private static void Other(SimaProBlock block, string file, SimaProNumbers numbers, SimaProFlows flows, List<ParameterDataset> parameters, Reading reading)
    {
        if (SimaProHeadings.Substances.TryGetValue(block.Name, out var compartment))
        {
            foreach (var row in block.Rows)
            {
                flows.Substance(compartment, row);
            }

            return;
        }

        switch (block.Name)
        {
            case "Units":
                foreach (var row in block.Rows)
                {
                    var factor = numbers.Number(row[2], file, row.Line, block.Name);
                    if (factor <= 0)
                    {
                        reading.Fault("lca_unit_factor", file, row.Line, block.Name, row[2], row[0]);
                    }

                    flows.Unit(row, factor);
                }

                break;
            case "Database Input parameters" or "Project Input parameters":
                parameters.AddRange(block.Rows.Select(r => InputParameter(r, numbers, file, block.Name)));
                break;
            case "Database Calculated parameters" or "Project Calculated parameters":
                parameters.AddRange(block.Rows.Select(r => CalculatedParameter(r, numbers, file, block.Name)));
                break;
            case "Quantities" or "System description" or "Literature reference":
                break;
            default:
                reading.Note("lca_simapro_section", file, block.Line, block.Name, block.Name, $"{block.Rows.Count()}");
                break;
        }
    }

    private static List<ProcessDataset> Datasets(List<SimaProProcess> processes, Reading reading)
    {
        var ids = new List<string>();
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in processes)
        {
            var id = process.OwnId;
            for (var n = 2; !taken.Add(id); n++)
            {
                id = $"{process.OwnId}#{n}";
            }

            if (id != process.OwnId)
            {
                reading.Note("lca_duplicate_id", process.Name, process.Line, "Process identifier", process.OwnId, id);
            }

            ids.Add(id);
        }

        // A product of two processes has no provider: which one is meant the file does not say.
        var providers = processes.SelectMany((p, i) => p.Offers.Distinct(StringComparer.Ordinal).Select(f => (Flow: f, Id: ids[i]))).GroupBy(p => p.Flow, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Count() == 1 ? g.First().Id : null, StringComparer.Ordinal);
        return [.. processes.Select((p, i) => p.Dataset(ids[i], providers.GetValueOrDefault))];
    }
}
