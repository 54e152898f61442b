using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Reads EcoSpold 1 (ecoinvent 1 and 2, US LCI): one XML file or a zip of them, each with any number of datasets. Processes, elementary flow datasets and impact categories (dataset
/// type 4, gathered to methods by their category) are read; master data files (categories, units) are not and are noted.
/// <para>A flow's id is the <c>number</c> of its exchanges as long as each number stands for one flow in the whole file; where numbers count within each dataset only, flows are told
/// apart by name and compartment (elementary) or name and place (products). An exchange's number in the package is its place in its dataset, because files use a flow's number several times.</para>
/// </summary>
public static class EcoSpold1Reader
{
    internal const string Code = "ecospold1";

    private const string Namespace = "http://www.EcoInvent.org/EcoSpold01";

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken ct) =>
        DatasetFile.Read(content, name, limits, ct, Package);

    internal static bool Recognises(DatasetFile file) => file.Parts.Any(IsEcoSpold1);

    private static bool IsEcoSpold1(DatasetPart part) => part.Root.Space.StartsWith(Namespace, StringComparison.Ordinal);

    private static DatasetPackage Package(DatasetFile file, Reading reading)
    {
        var flows = new EcoSpold1Flows(reading);
        var processes = new List<EcoSpold1Draft>();
        var methods = new EcoSpold1Methods();
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var part in file.Parts)
        {
            if (!IsEcoSpold1(part))
            {
                reading.Note("lca_part_unread", part.Name, found: part.Root.Name);
                continue;
            }

            DatasetXml.Read(part, reading, xml =>
            {
                var root = xml.Depth;
                while (xml.Next(root))
                {
                    if (xml.Name != "dataset")
                    {
                        continue;
                    }

                    reading.CountDataset(part.Name);
                    var line = xml.Line;
                    var dataset = new EcoSpold1Dataset(xml, reading, flows);
                    dataset.Read();
                    if (dataset.Type == EcoSpold1Dataset.ImpactCategory)
                    {
                        methods.Add(dataset);
                    }
                    else if (dataset.Type != EcoSpold1Dataset.ElementaryFlow)
                    {
                        processes.Add(dataset.Draft(UniqueId(dataset.Number, part.Name, line)));
                    }
                }
            });
        }

        return new DatasetPackage
        {
            Format = Code,
            Name = file.Name,
            Flows = flows.Datasets(),
            Processes = [.. processes.Select(flows.Named)],
            Methods = methods.Datasets(flows),
        };

        // Files that were put together from several exports count their datasets from one again.
        string UniqueId(string number, string part, int line)
        {
            if (ids.TryAdd(number, line))
            {
                return number;
            }

            var id = $"{number}~{processes.Count + 1}";
            reading.Note("lca_duplicate_id", part, line, "number", number, id);
            return id;
        }
    }
}
