using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Product systems and stored results of an openLCA package.</summary>
internal static class OpenLcaSystems
{
    public static SystemDataset Read(OpenLcaEntity e, OpenLcaReference known, Dictionary<string, ProcessDataset> processes, Reading reading)
    {
        var processId = OpenLcaReference.Id(e.Json.Field("refProcess", "referenceProcess"));
        if (processId.Length == 0)
        {
            reading.Fault("lca_system_reference", e.Name, null, "refProcess");
        }
        else if (!processes.ContainsKey(processId))
        {
            known.Missing(e.Name, null, "refProcess", e.Json.Field("refProcess", "referenceProcess"));
        }

        var number = e.Json.Field("refExchange", "referenceExchange") is { } reference ? reference.Integer("internalId") : null;
        var exchanges = processes.GetValueOrDefault(processId)?.Exchanges ?? [];
        var exchange = exchanges.FirstOrDefault(x => x.Number == number) ?? exchanges.FirstOrDefault(x => x.Reference);
        if (exchange is null)
        {
            reading.Note("lca_system_exchange", e.Name, null, "refExchange", number is { } n ? $"{n}" : null);
        }

        return new SystemDataset
        {
            Id = e.Id,
            Name = e.Name,
            ReferenceProcessId = processId,
            ReferenceFlowId = exchange?.FlowId ?? "",
            Amount = e.Json.Field("targetAmount") is null ? exchange?.Amount ?? 1 : OpenLcaValues.Needed(e.Json, "targetAmount", e.Name, null, reading),
            Unit = e.Json.Field("targetUnit")?.Text("name") is { Length: > 0 } unit ? unit : exchange?.Unit ?? "",
            Links = Links(e, processes, known, reading),
            Parameters = Parameters(e, known, processes, reading),
        };
    }

    public static StoredResult Result(OpenLcaEntity e, OpenLcaReference known, Reading reading)
    {
        var flows = new List<StoredFlow>();
        StoredFlow? reference = null;
        var at = 0;
        foreach (var json in e.Json.Objects("flowResults"))
        {
            at++;
            reading.CountExchange(e.Name);
            if (known.Flow(json.Field("flow"), e.Name, at) is not { } flow)
            {
                reading.Fault("lca_flow_missing", e.Name, at, "flow");
                continue;
            }

            var stored = new StoredFlow(flow.Id, json.Flag("isInput", "input"), OpenLcaValues.Needed(json, "amount", e.Name, at, reading), known.Unit(json, flow, e.Name, at));
            flows.Add(stored);
            reference ??= json.Flag("isRefFlow", "referenceFlow") ? stored : null;
        }

        var impacts = new List<StoredImpact>();
        at = 0;
        foreach (var json in e.Json.Objects("impactResults"))
        {
            at++;
            if (json.Field("indicator", "impactCategory") is not { } indicator)
            {
                reading.Fault("lca_indicator_missing", e.Name, at, "indicator");
                continue;
            }

            impacts.Add(new StoredImpact(
                OpenLcaReference.Id(indicator), indicator.Text("name"), OpenLcaValues.Needed(json, json.Field("amount") is null ? "value" : "amount", e.Name, at, reading), indicator.Text("refUnit")));
        }

        string? Or(string field) => OpenLcaReference.Id(e.Json.Field(field)) is { Length: > 0 } id ? id : null;
        return new StoredResult
        {
            Id = e.Id,
            Name = e.Name,
            SystemId = Or("productSystem"),
            MethodId = Or("impactMethod"),
            ReferenceFlowId = reference?.FlowId,
            Amount = reference?.Amount ?? 1,
            Unit = reference?.Unit ?? "",
            Flows = flows,
            Impacts = impacts,
        };
    }

    private static List<ProviderLink> Links(OpenLcaEntity e, Dictionary<string, ProcessDataset> processes, OpenLcaReference known, Reading reading)
    {
        var links = new List<ProviderLink>();
        var at = 0;
        foreach (var json in e.Json.Objects("processLinks"))
        {
            at++;
            reading.CountExchange(e.Name);
            var (provider, consumer) = (OpenLcaReference.Id(json.Field("provider")), OpenLcaReference.Id(json.Field("process")));
            if (provider.Length == 0 || consumer.Length == 0)
            {
                reading.Note("lca_link_broken", e.Name, at, provider.Length == 0 ? "provider" : "process");
                continue;
            }

            foreach (var (field, id) in new[] { ("provider", provider), ("process", consumer) })
            {
                if (!processes.ContainsKey(id))
                {
                    known.Missing(e.Name, at, field, json.Field(field));
                }
            }

            var number = json.Field("exchange") is { } exchange ? exchange.Integer("internalId") : null;
            links.Add(new ProviderLink(consumer, number, OpenLcaReference.Id(json.Field("flow")), provider));
        }

        return links;
    }

    /// <summary>The values of the baseline set, or of the first where none is marked; schema 1 has a plain list.</summary>
    private static List<ParameterValue> Parameters(OpenLcaEntity e, OpenLcaReference known, Dictionary<string, ProcessDataset> processes, Reading reading)
    {
        var sets = e.Json.Objects("parameterSets").ToList();
        var at = sets.FindIndex(s => s.Flag("isBaseline"));
        at = at < 0 && sets.Count > 0 ? 0 : at;
        for (var i = 0; i < sets.Count; i++)
        {
            if (i != at)
            {
                reading.Note("lca_parameter_set", e.Name, null, "parameterSets", sets[i].Text("name"));
            }
        }

        var values = new List<ParameterValue>();
        foreach (var json in at >= 0 ? sets[at].Objects("parameters") : e.Json.Objects("parameterRedefs"))
        {
            var name = json.Text("name");
            var context = OpenLcaReference.Id(json.Field("context"));
            if (name.Length == 0 || (context.Length > 0 && json.Field("context")!.Value.Text("@type") is not ("Process" or "")))
            {
                reading.Note("lca_parameter_context", e.Name, null, name.Length == 0 ? "name" : name, json.Field("context")?.Text("name"));
                continue;
            }

            if (context.Length > 0 && !processes.ContainsKey(context))
            {
                known.Missing(e.Name, null, "context", json.Field("context"));
            }

            if (json.Field("uncertainty") is not null)
            {
                reading.Note("lca_parameter_uncertainty", e.Name, null, name);
            }

            values.Add(new ParameterValue(context.Length > 0 ? context : null, name, OpenLcaValues.Needed(json, "value", e.Name, null, reading)));
        }

        return values;
    }
}
