using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>Processes of an openLCA package.</summary>
internal static class OpenLcaProcesses
{
    public static ProcessDataset Read(OpenLcaEntity e, OpenLcaReference known, Reading reading)
    {
        var parameters = e.Json.Objects("parameters").Select(p => OpenLcaValues.Parameter(p, e.Name, reading)).ToList();
        FormulaCycles.Note(parameters, e.Name, reading);
        var exchanges = Exchanges(e, known, reading);
        if (exchanges.Count > 0 && !exchanges.Exists(x => x.Reference))
        {
            reading.Note("lca_reference_missing", e.Name, null, "isQuantitativeReference");
        }

        var documentation = e.Json.Field("processDocumentation") ?? default;
        return new ProcessDataset
        {
            Id = e.Id,
            Name = e.Name,
            Kind = e.Json.Text("processType") == "LCI_RESULT" ? ProcessKind.SystemProcess : ProcessKind.UnitProcess,
            Category = known.Category(e.Json),
            Location = known.Location(e.Json, e.Name),
            Version = e.Json.Text("version"),
            Infrastructure = e.Json.Flag("isInfrastructureProcess", "infrastructureProcess"),
            ValidFrom = OpenLcaValues.Date(documentation, "validFrom", e.Name, reading),
            ValidUntil = OpenLcaValues.Date(documentation, "validUntil", e.Name, reading),
            DefaultAllocation = Rule(e.Json.Text("defaultAllocationMethod"), e.Name, "defaultAllocationMethod", reading) ?? AllocationRule.None,
            Allocation = Allocation(e, exchanges, reading),
            Parameters = parameters,
            Exchanges = exchanges,
            Documentation = Documentation(e, documentation, known),
        };
    }

    private static List<ProcessExchange> Exchanges(OpenLcaEntity e, OpenLcaReference known, Reading reading)
    {
        var exchanges = new List<ProcessExchange>();
        var numbers = e.Json.Objects("exchanges").Select(x => x.Integer("internalId") ?? 0).DefaultIfEmpty().Max();
        var taken = new HashSet<int>();
        var position = 0;
        foreach (var json in e.Json.Objects("exchanges"))
        {
            reading.CountExchange(e.Name);
            position++;

            // Early packages have no numbers; a number that stands twice names the first.
            var number = json.Integer("internalId") is { } own && taken.Add(own) ? own : 0;
            if (number == 0)
            {
                if (json.Integer("internalId") is { } twice and not 0)
                {
                    reading.Note("lca_duplicate_number", e.Name, position, "internalId", $"{twice}");
                }

                numbers = numbers < int.MaxValue ? numbers + 1 : Free(taken);
                number = numbers;
                taken.Add(number);
            }

            if (Exchange(json, number, e.Name, known, reading) is { } exchange)
            {
                exchanges.Add(exchange);
            }
        }

        return exchanges;
    }

    private static int Free(HashSet<int> taken) => Enumerable.Range(1, taken.Count + 1).First(n => !taken.Contains(n));

    private static ProcessExchange? Exchange(JsonElement json, int number, string dataset, OpenLcaReference known, Reading reading)
    {
        if (known.Flow(json.Field("flow"), dataset, number) is not { } flow)
        {
            reading.Fault("lca_flow_missing", dataset, number, "flow");
            return null;
        }

        var formula = json.Text("amountFormula") is { Length: > 0 } text ? text : null;
        var amount = formula is not null && json.Field("amount") is null ? 0 : OpenLcaValues.Needed(json, "amount", dataset, number, reading);
        var price = OpenLcaValues.Optional(json, "costValue", dataset, number, reading);
        if (json.Text("costFormula") is { Length: > 0 } cost)
        {
            reading.Note("lca_cost_formula", dataset, number, "costFormula", cost);
        }

        var provider = OpenLcaReference.Id(json.Field("defaultProvider"));
        return new ProcessExchange
        {
            Number = number,
            FlowId = flow.Id,
            Input = json.Flag("isInput", "input"),
            Amount = amount,
            Unit = known.Unit(json, flow, dataset, number),
            PropertyId = known.Property(json, flow, dataset, number),
            Formula = formula,
            Uncertainty = OpenLcaValues.Uncertainty(json, dataset, number, "uncertainty", reading),
            Pedigree = json.Text("dqEntry", "pedigreeUncertainty"),
            Reference = json.Flag("isQuantitativeReference", "quantitativeReference"),
            Avoided = json.Flag("isAvoidedProduct", "avoidedProduct"),
            ProviderId = provider.Length > 0 ? provider : null,
            Location = known.Location(json, dataset, number),
            Price = price,
            Currency = known.Currency(json, dataset, number),
            Comment = json.Text("description", "comment"),
        };
    }

    private static List<AllocationShare> Allocation(OpenLcaEntity e, List<ProcessExchange> exchanges, Reading reading)
    {
        var shares = new List<AllocationShare>();
        var numbers = exchanges.Select(x => x.Number).ToHashSet();
        var at = 0;
        foreach (var json in e.Json.Objects("allocationFactors"))
        {
            at++;
            var field = $"allocationFactors[{at}]";
            if (Rule(json.Text("allocationType"), e.Name, field, reading) is not { } rule)
            {
                continue;
            }

            // Schema 1 wrote the product's id alone in its first versions.
            var product = json.Field("product") is { ValueKind: JsonValueKind.String } id ? DatasetIds.Normal(JsonFields.Text(id)) : OpenLcaReference.Id(json.Field("product"));
            if (!exchanges.Exists(x => x.FlowId == product))
            {
                reading.Note("lca_allocation_unknown", e.Name, null, field, product);
                continue;
            }

            var exchange = json.Field("exchange") is { } reference ? reference.Integer("internalId") : null;
            if (exchange is { } number && !numbers.Contains(number))
            {
                reading.Note("lca_allocation_unknown", e.Name, null, field, $"{number}");
                continue;
            }

            shares.Add(new AllocationShare(rule, product, exchange, OpenLcaValues.Needed(json, "value", e.Name, null, reading), json.Text("formula") is { Length: > 0 } formula ? formula : null));
        }

        return shares;
    }

    private static AllocationRule? Rule(string text, string dataset, string field, Reading reading)
    {
        switch (text)
        {
            case "" or "NO_ALLOCATION" or "NONE" or "USE_DEFAULT_ALLOCATION":
                return AllocationRule.None;
            case "PHYSICAL_ALLOCATION":
                return AllocationRule.Physical;
            case "ECONOMIC_ALLOCATION":
                return AllocationRule.Economic;
            case "CAUSAL_ALLOCATION":
                return AllocationRule.Causal;
            default:
                reading.Note("lca_allocation_rule", dataset, null, field, text);
                return null;
        }
    }

    private static ProcessDocumentation Documentation(OpenLcaEntity e, JsonElement json, OpenLcaReference known) => new()
    {
        Description = e.Json.Text("description"),
        Technology = json.Text("technologyDescription"),
        Geography = json.Text("geographyDescription"),
        Time = json.Text("timeDescription"),
        Sampling = json.Text("samplingDescription"),
        DataTreatment = json.Text("dataTreatmentDescription"),
        Review = json.Text("reviewDetails") is { Length: > 0 } review ? review : string.Join('\n', json.Objects("reviews").Select(r => r.Text("details")).Where(t => t.Length > 0)),
        Owner = known.Actor(json, "dataSetOwner", e.Name),
        Licence = json.Text("accessRestrictions", "restrictionsDescription"),

        // The mark is all that openLCA has: what its owner protects is kept from others until somebody with the right to do so says otherwise.
        Restricted = json.Flag("isCopyrightProtected", "hasCopyright", "copyright"),
        Sources = known.Sources(json, e.Name),
    };
}
