using Tanlu.Exchange;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>What a package holds beside processes and flows, as documents: one for each kind, and one for each method, system and result, which may be large.</summary>
internal static class LibraryParts
{
    private const string UnitGroups = "unit_groups";
    private const string FlowProperties = "flow_properties";
    private const string PackageParameters = "parameters";
    private const string Mappings = "mappings";
    private const string Method = "method";
    private const string Product = "system";
    private const string Result = "result";

    public static IEnumerable<(string Kind, int Place, byte[] Text)> Of(DatasetPackage package)
    {
        if (package.UnitGroups.Count > 0)
        {
            yield return (UnitGroups, 0, DatasetJson.Text(package.UnitGroups));
        }

        if (package.FlowProperties.Count > 0)
        {
            yield return (FlowProperties, 0, DatasetJson.Text(package.FlowProperties));
        }

        if (package.Parameters.Count > 0)
        {
            yield return (PackageParameters, 0, DatasetJson.Text(package.Parameters));
        }

        if (package.Mappings.Count > 0)
        {
            yield return (Mappings, 0, DatasetJson.Text(package.Mappings));
        }

        for (var at = 0; at < package.Methods.Count; at++)
        {
            yield return (Method, at, DatasetJson.Text(package.Methods[at]));
        }

        for (var at = 0; at < package.Systems.Count; at++)
        {
            yield return (Product, at, DatasetJson.Text(package.Systems[at]));
        }

        for (var at = 0; at < package.Results.Count; at++)
        {
            yield return (Result, at, DatasetJson.Text(package.Results[at]));
        }
    }

    /// <summary>The package again, without processes and flows.</summary>
    public static DatasetPackage Package(Library library, IReadOnlyList<(string Kind, byte[] Document)> parts) => new()
    {
        Format = library.Format,
        Name = library.Name,
        Version = library.Version,
        Licence = library.Licence,
        UnitGroups = One<UnitGroupDataset>(parts, UnitGroups),
        FlowProperties = One<FlowPropertyDataset>(parts, FlowProperties),
        Parameters = One<ParameterDataset>(parts, PackageParameters),
        Mappings = One<FlowMapping>(parts, Mappings),
        Methods = Each<MethodDataset>(parts, Method),
        Systems = Each<SystemDataset>(parts, Product),
        Results = Each<StoredResult>(parts, Result),
    };

    /// <summary>Parameters that hold for every process of the package.</summary>
    public static IReadOnlyList<ParameterDataset> Parameters(Tx tx, long tenant, long library) => One<ParameterDataset>(LibraryStore.Parts(tx, tenant, library, PackageParameters), PackageParameters);

    public static (IReadOnlyList<FlowPropertyDataset> Properties, IReadOnlyList<UnitGroupDataset> Groups) Units(Tx tx, long tenant, long library)
    {
        var parts = LibraryStore.Parts(tx, tenant, library, FlowProperties, UnitGroups);
        return (One<FlowPropertyDataset>(parts, FlowProperties), One<UnitGroupDataset>(parts, UnitGroups));
    }

    public static void KeepUnits(Tx tx, long tenant, long library, IReadOnlyList<FlowPropertyDataset> properties, IReadOnlyList<UnitGroupDataset> groups)
    {
        LibraryStore.SetPart(tx, tenant, library, FlowProperties, DatasetJson.Pack(DatasetJson.Text(properties)));
        LibraryStore.SetPart(tx, tenant, library, UnitGroups, DatasetJson.Pack(DatasetJson.Text(groups)));
    }

    private static List<T> One<T>(IReadOnlyList<(string Kind, byte[] Document)> parts, string kind) =>
        parts.Where(p => p.Kind == kind).Select(p => DatasetJson.Open<List<T>>(p.Document)).FirstOrDefault() ?? [];

    private static List<T> Each<T>(IReadOnlyList<(string Kind, byte[] Document)> parts, string kind) => [.. parts.Where(p => p.Kind == kind).Select(p => DatasetJson.Open<T>(p.Document))];
}
