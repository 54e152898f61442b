using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// Impacts that a declaration gives without an inventory, as flows of a kind of their own: a declaration can then provide an input like any process, and a method that has the same indicator counts
/// it with the factor 1. An indicator is the same by its id, or by the code of EN 15804+A2 in the same unit; figures of +A1 meet +A1 by id only.
/// </summary>
internal static class DeclaredFlows
{
    public const string Compartment = "declared impact";

    public static bool Is(FlowDataset flow) => flow.Compartment == Compartment;

    /// <summary>The packages with their declarations turned into processes that give off declared impacts; what a declaration does not say for all modules asked for is noted.</summary>
    public static IReadOnlyList<DatasetPackage> AsInventories(IReadOnlyList<DatasetPackage> packages, DeclarationUse use, ICollection<Problem> notes) => use == DeclarationUse.LeftOut
        ? packages
        : [.. packages.Select(p => p.Processes.Any(IsDeclaration) ? Turned(p, use, notes) : p)];

    /// <summary>The factor for each indicator of a method: 1 for the declared one, where the method has it.</summary>
    public static FlowFound Find(MethodDataset method, FlowDataset flow)
    {
        var values = new Dictionary<int, double>();
        for (var k = 0; k < method.Indicators.Count; k++)
        {
            var indicator = method.Indicators[k];
            var known = IndicatorTable.Find("en15804", indicator.Id, indicator.Code, indicator.Name);
            if ((indicator.Id.Length > 0 && flow.Synonyms.Contains(indicator.Id))
                || (known is not null && known.Code == flow.Subcompartment && IndicatorTable.IsUnit(known, flow.Unit) && IndicatorTable.IsUnit(known, indicator.Unit)))
            {
                values.Add(k, 1);
            }
        }

        return values.Count > 0 ? new FlowFound(FlowMatch.Id, null, values, FlowGap.None) : new FlowFound(FlowMatch.None, null, values, FlowGap.NotInMethod);
    }

    private static bool IsDeclaration(ProcessDataset process) => process.Kind == ProcessKind.Declaration && process.Declared.Count > 0;

    private static DatasetPackage Turned(DatasetPackage package, DeclarationUse use, ICollection<Problem> notes)
    {
        var flows = new Dictionary<string, FlowDataset>(StringComparer.Ordinal);
        return package with
        {
            Processes = [.. package.Processes.Select(p => IsDeclaration(p) ? Turned(p, use, flows, notes) : p)],
            Flows = [.. package.Flows, .. flows.Values],
        };
    }

    private static ProcessDataset Turned(ProcessDataset process, DeclarationUse use, Dictionary<string, FlowDataset> flows, ICollection<Problem> notes)
    {
        var exchanges = process.Exchanges.ToList();
        var number = exchanges.Count == 0 ? 0 : exchanges.Max(e => e.Number);
        var lacking = new List<string>();
        foreach (var total in DeclarationTotals.Of(process.Declared))
        {
            if ((use == DeclarationUse.ProductStage ? total.ProductStage : total.Total) is not { } amount)
            {
                lacking.Add(total.Name);
                continue;
            }

            var id = process.Declared.First(d => d.Indicator == total.Name && d.Unit == total.Unit).IndicatorId;
            var code = total.Older ? "" : total.Code;
            var key = $"declared/{(code.Length > 0 ? code : id.Length > 0 ? id : total.Name)}/{total.Unit}";
            flows.TryAdd(key, new FlowDataset
            {
                Id = key, Name = total.Name, Kind = FlowKind.Elementary, Unit = total.Unit, Compartment = Compartment, Subcompartment = code, Synonyms = id.Length > 0 ? [id] : [],
            });
            exchanges.Add(new ProcessExchange { Number = ++number, FlowId = key, Amount = amount, Unit = total.Unit });
        }

        if (lacking.Count > 0)
        {
            notes.Add(new Problem("declaration_incomplete", Found: string.Join(", ", lacking.Take(5)), Args: [process.Name, $"{lacking.Count}"]));
        }

        return lacking.Count > 0 && number == process.Exchanges.Count ? process : process with { Kind = ProcessKind.SystemProcess, Exchanges = exchanges };
    }
}
