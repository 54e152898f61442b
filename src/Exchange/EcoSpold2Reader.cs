using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Reads EcoSpold 2 (ecoinvent 3): a single <c>.spold</c> file or a zip of them. Activities, their exchanges with properties, formulas and uncertainty, parameters and declared impact
/// indicators are read; master data files and impact methods are not and are noted.
/// <para>A process has its activity's UUID as its id; where the system model has split an activity into one dataset per product, <c>activity_product</c>, as the files are named then.</para>
/// <para>Waste treatment stands as in the file: the reference product of a treatment is an output with a negative amount, and whoever hands the waste over has it as an input with a
/// negative amount. Such flows are of kind waste, and the package notes how many there are.</para>
/// </summary>
public static class EcoSpold2Reader
{
    internal const string Code = "ecospold2";

    private const string Namespace = "http://www.EcoInvent.org/EcoSpold02";

    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken ct) =>
        DatasetFile.Read(content, name, limits, ct, Package);

    internal static bool Recognises(DatasetFile file) => file.Parts.Any(p => p.Root.Space == Namespace);

    private static DatasetPackage Package(DatasetFile file, Reading reading)
    {
        var flows = new EcoSpold2Flows();
        var drafts = new List<EcoSpold2Draft>();
        foreach (var part in file.Parts)
        {
            if (part.Root.Space != Namespace)
            {
                reading.Note("lca_part_unread", part.Name, found: part.Root.Name);
                continue;
            }

            DatasetXml.Read(part, reading, xml => xml.Each(element =>
            {
                if (element is "activityDataset" or "childActivityDataset")
                {
                    reading.CountDataset(part.Name);
                    drafts.Add(new EcoSpold2Dataset(xml, reading, flows).Read());
                }
            }));
        }

        if (drafts.Count == 0)
        {
            reading.Fault("lca_no_datasets", file.Name);
        }

        var treatments = drafts.Count(d => d.Process.Exchanges.Any(e => e is { Reference: true, Input: false, Amount: < 0 }));
        if (treatments > 0)
        {
            reading.Note("lca_waste_negative", file.Name, found: $"{treatments}");
        }

        return new DatasetPackage { Format = Code, Name = file.Name, Flows = flows.Datasets(), Processes = Named(drafts, reading) };
    }

    /// <summary>The processes under their final ids, which also become the ids of the providers that exchanges name.</summary>
    private static List<ProcessDataset> Named(List<EcoSpold2Draft> drafts, Reading reading)
    {
        var activities = drafts.GroupBy(d => d.Process.Id, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var named = new List<(EcoSpold2Draft Draft, string Id)>();
        foreach (var draft in drafts)
        {
            var activity = draft.Process.Id;
            var id = activities[activity] == 1 ? activity : $"{activity}_{draft.Product}";
            if (!ids.Add(id))
            {
                var other = $"{id}~{named.Count + 1}";
                reading.Note("lca_duplicate_id", draft.Part, draft.Line, "id", id, other);
                ids.Add(id = other);
            }

            named.Add((draft, id));
        }

        return
        [
            .. named.Select(n => n.Draft.Process with
            {
                Id = n.Id,
                Exchanges = [.. n.Draft.Process.Exchanges.Select(e => e.ProviderId is null ? e : e with { ProviderId = Provider(n.Draft, e) })],
            }),
        ];

        string Provider(EcoSpold2Draft draft, ProcessExchange exchange)
        {
            var activity = exchange.ProviderId!;
            var split = $"{activity}_{exchange.FlowId}";
            if (ids.Contains(split))
            {
                return split;
            }

            if (!ids.Contains(activity))
            {
                reading.Note("lca_provider_absent", draft.Name, draft.Lines[exchange.Number - 1], "activityLinkId", activity);
            }

            return activity;
        }
    }
}
