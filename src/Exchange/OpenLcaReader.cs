using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// openLCA's JSON-LD packages (schemas 1.x and 2.x): a zip with one JSON file per dataset, or a single such file. Partial packages are read: what a dataset refers to and the
/// package lacks is noted, and a flow that only a reference names is made of what the reference says.
/// </summary>
public static class OpenLcaReader
{
    /// <summary>Value of <see cref="DatasetPackage.Format"/>.</summary>
    public const string Code = "openlca_jsonld";

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation) =>
        DatasetFile.Read(content, name, limits, cancellation, Package);

    internal static bool Recognises(DatasetFile file) => OpenLcaFile.Recognises(file);

    internal static DatasetPackage Package(DatasetFile file, Reading reading)
    {
        var source = new OpenLcaFile(file, reading);
        var known = new OpenLcaReference(source, reading);
        var parameters = source.All("parameters").ToList(e => OpenLcaValues.Parameter(e.Json, e.Name, reading));
        FormulaCycles.Note(parameters, file.Name, reading);
        var processes = source.All("processes").ToList(e => OpenLcaProcesses.Read(e, known, reading));
        var methods = OpenLcaMethods.Read(source, known, reading);
        var numbers = processes.ToDictionary(p => p.Id, StringComparer.Ordinal);
        var systems = source.All("product_systems").ToList(e => OpenLcaSystems.Read(e, known, numbers, reading));
        var results = source.All("results").ToList(e => OpenLcaSystems.Result(e, known, reading));
        var stored = results.ToDictionary(r => r.Id, StringComparer.Ordinal);
        var declared = new HashSet<string>(StringComparer.Ordinal);
        processes.AddRange(source.All("epds").ToList(e => OpenLcaDeclarations.Read(e, known, stored, declared, reading)));
        var mappings = source.All("flow_mappings").ToList(e => OpenLcaMappings.Read(e, known, reading)).SelectMany(m => m).ToList();
        return new DatasetPackage
        {
            Format = Code,
            Name = Path.GetFileNameWithoutExtension(file.Name),
            UnitGroups = known.UnitGroups,
            FlowProperties = known.FlowProperties,
            Flows = known.Flows,
            Processes = processes,
            Methods = methods,
            Systems = systems,
            Results = [.. results.Where(r => !declared.Contains(r.Id))],
            Mappings = mappings,
            Parameters = parameters,
        };
    }

    /// <summary>Reads each entity while it is valid.</summary>
    private static List<T> ToList<T>(this IEnumerable<OpenLcaEntity> entities, Func<OpenLcaEntity, T> read) => [.. entities.Select(read)];
}
