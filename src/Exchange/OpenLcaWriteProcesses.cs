using System.Globalization;
using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Writes processes, and declarations as EPDs with a result for each module.</summary>
internal static class OpenLcaWriteProcesses
{
    public static void Add(OpenLcaNames names, Action<string, string, Action<Utf8JsonWriter>> entry)
    {
        foreach (var process in names.Package.Processes)
        {
            if (process.Kind == ProcessKind.Declaration)
            {
                OpenLcaWriteDeclarations.Add(process, names, entry);
            }
            else
            {
                entry("processes", names.Id(process.Id), json => Process(json, process, names));
            }
        }
    }

    public static void Date(Utf8JsonWriter json, string field, DateOnly? date)
    {
        if (date is { } day)
        {
            json.WriteString(field, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        }
    }

    private static void Process(Utf8JsonWriter json, ProcessDataset process, OpenLcaNames names)
    {
        names.Head(json, "Process", process.Id, process.Name);
        OpenLcaNames.Text(json, "category", process.Category);
        OpenLcaNames.Text(json, "version", process.Version);
        OpenLcaNames.Flag(json, "isInfrastructureProcess", process.Infrastructure);
        OpenLcaNames.Text(json, "description", process.Documentation.Description);
        json.WriteString("processType", process.Kind == ProcessKind.SystemProcess ? "LCI_RESULT" : "UNIT_PROCESS");
        if (Rule(process.DefaultAllocation) is { } rule)
        {
            json.WriteString("defaultAllocationMethod", rule);
        }
        else
        {
            names.Note("lca_write_lost", process.Name, null, "defaultAllocationMethod", "substitution");
        }

        names.Location(json, process.Location);
        json.WriteNumber("lastInternalId", process.Exchanges.Select(x => x.Number).DefaultIfEmpty().Max());
        Documentation(json, process, names);
        json.WriteStartArray("parameters");
        foreach (var parameter in process.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("@type", "Parameter");
            json.WriteString("@id", DatasetIds.Named("Parameter", names.Id(process.Id), parameter.Name));
            json.WriteString("name", parameter.Name);
            OpenLcaWriteValues.Parameter(json, parameter, "PROCESS_SCOPE", names, process.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("exchanges");
        foreach (var exchange in process.Exchanges)
        {
            Exchange(json, exchange, process, names);
        }

        json.WriteEndArray();
        Allocation(json, process, names);
        if (process.Declared.Count > 0)
        {
            names.Note("lca_write_lost", process.Name, null, "declared", $"{process.Declared.Count}");
        }
    }

    private static void Exchange(Utf8JsonWriter json, ProcessExchange exchange, ProcessDataset process, OpenLcaNames names)
    {
        json.WriteStartObject();
        json.WriteString("@type", "Exchange");
        json.WriteNumber("internalId", exchange.Number);

        // openLCA links product inputs and waste outputs only and turns the sign of avoided ones: an avoided product is an input there, an avoided waste an output.
        json.WriteBoolean("isInput", exchange.Avoided ? names.Flow(exchange.FlowId)?.Kind != FlowKind.Waste : exchange.Input);
        OpenLcaNames.Flag(json, "isQuantitativeReference", exchange.Reference);
        OpenLcaNames.Flag(json, "isAvoidedProduct", exchange.Avoided);
        names.Number(json, "amount", exchange.Amount, process.Name, exchange.Number);
        OpenLcaNames.Text(json, "amountFormula", exchange.Formula);
        names.FlowReference(json, "flow", exchange.FlowId);
        names.Units.Write(json, exchange.FlowId, exchange.PropertyId, exchange.Unit, process.Name, exchange.Number);
        if (exchange.ProviderId is { } provider)
        {
            names.ProcessReference(json, "defaultProvider", provider);
        }

        names.Location(json, exchange.Location);
        OpenLcaNames.Text(json, "dqEntry", exchange.Pedigree);
        OpenLcaWriteValues.Uncertainty(json, exchange.Uncertainty, names, process.Name, exchange.Number);
        if (exchange.Price is { } price)
        {
            names.Number(json, "costValue", price, process.Name, exchange.Number);
        }

        names.Currency(json, exchange.Currency);
        OpenLcaNames.Text(json, "description", exchange.Comment);
        json.WriteEndObject();
    }

    private static void Allocation(Utf8JsonWriter json, ProcessDataset process, OpenLcaNames names)
    {
        json.WriteStartArray("allocationFactors");
        foreach (var share in process.Allocation)
        {
            if (share.Rule is AllocationRule.None or AllocationRule.Substitution || Rule(share.Rule) is not { } rule)
            {
                names.Note("lca_write_lost", process.Name, share.Exchange, "allocationFactors", $"{share.Rule}".ToLowerInvariant());
                continue;
            }

            json.WriteStartObject();
            json.WriteString("@type", "AllocationFactor");
            json.WriteString("allocationType", rule);
            names.FlowReference(json, "product", share.ProductFlowId);
            names.Number(json, "value", share.Share, process.Name, share.Exchange);
            OpenLcaNames.Text(json, "formula", share.Formula);
            if (share.Exchange is { } exchange)
            {
                json.WriteStartObject("exchange");
                json.WriteNumber("internalId", exchange);
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Documentation(Utf8JsonWriter json, ProcessDataset process, OpenLcaNames names)
    {
        var documentation = process.Documentation;
        json.WriteStartObject("processDocumentation");
        Date(json, "validFrom", process.ValidFrom);
        Date(json, "validUntil", process.ValidUntil);
        OpenLcaNames.Text(json, "technologyDescription", documentation.Technology);
        OpenLcaNames.Text(json, "geographyDescription", documentation.Geography);
        OpenLcaNames.Text(json, "timeDescription", documentation.Time);
        OpenLcaNames.Text(json, "samplingDescription", documentation.Sampling);
        OpenLcaNames.Text(json, "dataTreatmentDescription", documentation.DataTreatment);
        OpenLcaNames.Text(json, "reviewDetails", documentation.Review);
        OpenLcaNames.Text(json, "restrictionsDescription", documentation.Licence);
        OpenLcaNames.Flag(json, "isCopyrightProtected", documentation.Restricted);
        names.Actor(json, "dataSetOwner", documentation.Owner);
        json.WriteStartArray("sources");
        foreach (var source in documentation.Sources)
        {
            names.Source(json, null, source);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string? Rule(AllocationRule rule) => rule switch
    {
        AllocationRule.None => "NO_ALLOCATION",
        AllocationRule.Physical => "PHYSICAL_ALLOCATION",
        AllocationRule.Economic => "ECONOMIC_ALLOCATION",
        AllocationRule.Causal => "CAUSAL_ALLOCATION",
        _ => null,
    };
}
