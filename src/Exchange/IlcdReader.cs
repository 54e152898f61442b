using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Reads ILCD: an archive with folders of datasets, or a single dataset; as XML, as the JSON of EPD registries, or as TIDAS. Processes (environmental product declarations in ILCD+EPD
/// among them), flows, flow properties, unit groups and LCIA methods become datasets; sources and contacts give their names to what refers to them.
/// <para>What a dataset refers to and the package lacks is noted with its line; a flow that is missing stands in the package with the name that the reference gives it, without a unit
/// unless its property is one of the network's own. References are followed from flow to property to unit group only, so they cannot lead in circles.</para>
/// </summary>
public static class IlcdReader
{
    internal const string Code = "ilcd";
    internal const string EpdCode = "ilcd_epd";

    private const string Namespace = "http://lca.jrc.it/ILCD/";

    /// <summary>What archives carry beside datasets, and the format's own lists.</summary>
    private static readonly HashSet<string> Furniture = new(StringComparer.Ordinal) { "stylesheet", "schema", "ILCDLocations", "CategorySystem", "ILCDClassification", "html" };

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken ct) =>
        DatasetFile.Read(content, name, limits, ct, Package);

    internal static bool Recognises(DatasetFile file) => file.Parts.Any(p => IsXml(p) || IsJson(p));

    private static bool IsXml(DatasetPart part) => part.Root.Space.StartsWith(Namespace, StringComparison.Ordinal);

    private static bool IsJson(DatasetPart part) => part.Kind == PartKind.Json
        && (part.Head.IndexOf("\"processInformation\""u8) >= 0 || part.Head.IndexOf("DataSet\""u8) >= 0 || part.Head.IndexOf("\"flowInformation\""u8) >= 0
            || part.Head.IndexOf("\"flowPropertiesInformation\""u8) >= 0 || part.Head.IndexOf("\"unitGroupInformation\""u8) >= 0 || part.Head.IndexOf("\"LCIAMethodInformation\""u8) >= 0);

    private static DatasetPackage Package(DatasetFile file, Reading reading)
    {
        var datasets = new IlcdDatasets(reading);
        var late = new List<(DatasetPart Part, IlcdNode? Node)>();
        foreach (var part in file.Parts)
        {
            if (IsXml(part))
            {
                // Processes and methods need the units of the flows, which may stand behind them.
                if (part.Root.Name is "processDataSet" or "LCIAMethodDataSet")
                {
                    late.Add((part, null));
                }
                else
                {
                    Take(part, Xml(part, reading));
                }
            }
            else if (IsJson(part))
            {
                Take(part, Inner(IlcdNode.FromJson(Bounded(part, reading), reading)));
            }
            else if (!Furniture.Contains(part.Root.Name))
            {
                reading.Note("lca_part_unread", part.Name, found: part.Root.Name);
            }
        }

        datasets.Resolve();
        foreach (var (part, node) in late)
        {
            datasets.TakeUser(part.Name, node ?? Xml(part, reading));
        }

        return datasets.Package(file.Name);

        void Take(DatasetPart part, IlcdNode node)
        {
            if (Kind(node) is "process" or "method")
            {
                late.Add((part, node));
            }
            else if (!datasets.Take(part.Name, node, Kind(node)))
            {
                reading.Note("lca_part_unread", part.Name, found: node.Name);
            }
        }
    }

    internal static string Kind(IlcdNode node) =>
        node.At("processInformation") is not null ? "process"
        : node.At("LCIAMethodInformation") is not null ? "method"
        : node.At("flowInformation") is not null ? "flow"
        : node.At("flowPropertiesInformation") is not null ? "property"
        : node.At("unitGroupInformation") is not null ? "units"
        : node.At("sourceInformation") is not null ? "source"
        : node.At("contactInformation") is not null ? "contact"
        : "";

    private static IlcdNode Xml(DatasetPart part, Reading reading)
    {
        IlcdNode? node = null;
        DatasetXml.Read(Bounded(part, reading), reading, xml => node = xml.Tree());
        return node!;
    }

    /// <summary>A part that is not too long to be held as a tree; what a directory says of its length is checked while it is unpacked.</summary>
    private static DatasetPart Bounded(DatasetPart part, Reading reading) =>
        part.Length <= reading.Limits.TreeBytes ? part : throw DatasetFile.TooLarge(part.Name, reading.Limits.TreeBytes);

    /// <summary>TIDAS puts the dataset under the name of its root element; registries do not.</summary>
    private static IlcdNode Inner(IlcdNode root) => Kind(root).Length > 0 ? root : root.Children.FirstOrDefault(c => Kind(c).Length > 0) ?? root;
}
