using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>A process dataset of ILCD, with or without the extensions for environmental product declarations.</summary>
internal sealed class IlcdProcess(string part, IlcdNode node, IlcdDatasets datasets)
{
    private readonly Reading _reading = datasets.Reading;
    private readonly IlcdDeclaration _declaration = new(datasets.Reading);
    private readonly List<ProcessExchange> _exchanges = [];
    private readonly List<(string InternalId, IlcdNode Node, string Product)> _taken = [];
    private readonly HashSet<string> _variables = new(StringComparer.OrdinalIgnoreCase);
    private string _name = "";

    private string Dataset => _name.Length > 0 ? $"{part}: {_name}" : part;

    public ProcessDataset Read()
    {
        var information = node.At("processInformation");
        var about = information?.At("dataSetInformation");
        var id = about?.Id("UUID") ?? "";
        _name = IlcdDatasets.FullName(about?.At("name"));
        if (id.Length == 0 || _name.Length == 0)
        {
            _reading.Fault(id.Length == 0 ? "lca_id_missing" : "lca_name_missing", Dataset, about?.Line ?? node.Line, id.Length == 0 ? "UUID" : "baseName");
        }

        var references = information?.At("quantitativeReference")?.All("referenceToReferenceFlow").Select(r => r.Text).ToHashSet(StringComparer.Ordinal) ?? [];
        var parameters = Parameters(information?.At("mathematicalRelations"));
        foreach (var exchange in node.At("exchanges")?.All("exchange") ?? [])
        {
            Take(exchange, references);
        }

        Renumber();
        foreach (var result in node.At("LCIAResults")?.All("LCIAResult") ?? [])
        {
            _declaration.Take(result, result.At("referenceToLCIAMethodDataSet"), Dataset);
        }

        _declaration.NoteUndeclared(Dataset, node.Line);
        var type = node.Of("modellingAndValidation", "LCIMethodAndAllocation", "typeOfDataSet");
        var kind = type == "EPD" || _declaration.HasModules ? ProcessKind.Declaration
            : type is "LCI result" or "Partly terminated system" or "Avoided product system" ? ProcessKind.SystemProcess : ProcessKind.UnitProcess;
        if (!_exchanges.Exists(e => e.Reference))
        {
            _reading.Note("lca_reference_missing", Dataset, information?.At("quantitativeReference")?.Line ?? node.Line, "referenceToReferenceFlow", string.Join(' ', references));
        }

        var allocation = Allocation();
        var place = information?.At("geography", "locationOfOperationSupplyOrProduction");
        return new ProcessDataset
        {
            Id = id, Name = _name, Kind = kind, Category = IlcdDatasets.Classes(about), Location = place?.Of("location") ?? "",
            ValidFrom = Year(information?.At("time"), "referenceYear", start: true), ValidUntil = Year(information?.At("time"), "dataSetValidUntil", start: false), Version = IlcdDatasets.Version(node),
            DefaultAllocation = allocation.Count > 0 ? AllocationRule.Causal : AllocationRule.None, Allocation = allocation, Parameters = parameters, Exchanges = _exchanges,
            Declared = _declaration.Impacts, Documentation = IlcdDocumentation.Of(node, datasets),
        };
    }

    private DateOnly? Year(IlcdNode? time, string field, bool start)
    {
        var found = time?.At(field);
        if (found is null || found.Text.Length == 0)
        {
            return null;
        }

        var date = EcoSpold.Date(found.Text, start);
        if (date is null)
        {
            _reading.Note("lca_date_broken", Dataset, found.Line, field, found.Text);
        }

        return date;
    }

    private List<ParameterDataset> Parameters(IlcdNode? relations)
    {
        var parameters = new List<ParameterDataset>();
        var lines = new List<int>();
        foreach (var variable in relations?.All("variableParameter") ?? [])
        {
            var name = variable.Of("name");
            var formula = variable.Of("formula");
            if (name.Length == 0)
            {
                _reading.Note("lca_parameter_unnamed", Dataset, variable.Line, "name", formula);
                continue;
            }

            // The stored value of a formula may be missing; it is calculated anyway.
            var value = formula.Length > 0 ? _reading.Optional(variable.Of("meanValue"), Dataset, variable.Line, "meanValue") ?? 0 : _reading.Needed(variable.Of("meanValue"), Dataset, variable.Line, "meanValue");
            _variables.Add(name);
            lines.Add(variable.Line);
            parameters.Add(new ParameterDataset(name, value, formula.Length > 0 ? formula : null, Uncertainty(variable, value, "minimumValue", "maximumValue"), variable.Best("comment")));
        }

        FormulaCycles.Note(parameters, Dataset, _reading, lines);
        return parameters;
    }

    private void Take(IlcdNode exchange, HashSet<string> references)
    {
        _reading.CountExchange(part);
        var reference = exchange.At("referenceToFlowDataSet");
        if (reference is null)
        {
            _reading.Fault("lca_id_missing", Dataset, exchange.Line, "referenceToFlowDataSet");
            return;
        }

        // Resource and waste indicators of a declaration are written as exchanges with an amount for each module.
        var internalId = exchange.Of("dataSetInternalID");
        var isReference = references.Contains(internalId) || exchange.Of("referenceFlow") == "true";
        if (!isReference && IlcdDeclaration.HasAmounts(exchange))
        {
            _declaration.Take(exchange, reference, Dataset);
            return;
        }

        var direction = exchange.Of("exchangeDirection");
        var input = direction.Equals("Input", StringComparison.OrdinalIgnoreCase);
        if (!input && !direction.Equals("Output", StringComparison.OrdinalIgnoreCase) && !(isReference && direction.Length == 0))
        {
            _reading.Fault("lca_direction_missing", Dataset, exchange.Line, "exchangeDirection", direction);
        }

        var flow = datasets.Flow(reference, FlowKind.Product, Dataset, Described(exchange, reference));
        var mean = exchange.Of("meanAmount");
        var amount = _reading.Needed(exchange.Of("resultingAmount") is { Length: > 0 } resulting ? resulting : mean, Dataset, exchange.Line, "meanAmount");
        var whole = ReferenceAmount(exchange, flow.Id);
        amount *= whole;
        if (!double.IsFinite(amount))
        {
            _reading.Fault("lca_number_not_finite", Dataset, exchange.Line, "meanAmount", $"{mean} * {whole}");
        }

        var variable = exchange.Of("referenceToVariable");
        if (variable.Length > 0 && !_variables.Contains(variable))
        {
            _reading.Note("lca_parameter_unknown", Dataset, exchange.Line, "referenceToVariable", variable);
            variable = "";
        }

        if (flow.Unit.Length == 0)
        {
            _reading.Note("lca_unit_unknown", Dataset, exchange.Line, "referenceToFlowDataSet", flow.Name);
        }

        _taken.Add((internalId, exchange, flow.Id));
        _exchanges.Add(new ProcessExchange
        {
            Number = int.TryParse(internalId, out var number) ? number : -1, FlowId = flow.Id, Input = input, Amount = amount, Unit = flow.Unit, Reference = isReference,
            Formula = variable.Length > 0 ? $"{(mean.Length > 0 ? mean : "1")} * {variable}{(whole == 1 ? "" : $" * {whole}")}" : null,
            Uncertainty = Uncertainty(exchange, amount, "minimumAmount", "maximumAmount", whole),
            Location = exchange.Of("location"), Comment = exchange.Best("generalComment"),
        });
    }

    /// <summary>Registries put what an exchange's flow dataset says into the process; null where this file does not.</summary>
    private static FlowDataset? Described(IlcdNode exchange, IlcdNode reference)
    {
        var properties = exchange.All("flowProperties").Where(p => p.At("uuid") is not null).ToList();
        var own = properties.Find(p => p.Of("referenceFlowProperty") == "true");
        if (own is null)
        {
            return null;
        }

        var whole = double.TryParse(own.Of("meanValue"), out var factor) && double.IsFinite(factor) && factor != 0 ? factor : 1;
        return new FlowDataset
        {
            Id = reference.Id("refObjectId"), Name = reference.Best("shortDescription") is { Length: > 0 } name ? name : reference.Id("refObjectId"), Kind = IlcdFlow.KindOf(exchange.Of("typeOfFlow")),
            Unit = own.Of("referenceUnit"), PropertyId = own.Id("uuid"), Category = exchange.Of("classification", "classHierarchy").Replace(" / ", "/", StringComparison.Ordinal),
            Properties =
            [
                .. from other in properties
                   where other != own && double.TryParse(other.Of("meanValue"), out _)
                   let value = double.Parse(other.Of("meanValue"))
                   where double.IsFinite(value / whole) && value != 0
                   select new FlowPropertyFactor(other.Id("uuid"), other.Best("name"), other.Of("referenceUnit") is { Length: > 0 } unit ? unit : IlcdDatasets.KnownUnit(other.Id("uuid")), value / whole),
            ],
        };
    }

    /// <summary>Amounts count flows; where one flow is not one of its unit, its dataset says how much, and so do registries.</summary>
    private double ReferenceAmount(IlcdNode exchange, string flowId)
    {
        var own = exchange.All("flowProperties").FirstOrDefault(p => p.Of("referenceFlowProperty") == "true");
        return own is not null ? _reading.Optional(own.Of("meanValue"), Dataset, own.Line, "meanValue") is { } factor and not 0 ? factor : 1 : datasets.ReferenceAmount(flowId);
    }

    private Distribution Uncertainty(IlcdNode at, double amount, string low, string high, double whole = 1)
    {
        var type = at.Of("uncertaintyDistributionType");
        if (type.Length == 0 || type.Equals("undefined", StringComparison.OrdinalIgnoreCase))
        {
            return Distribution.Certain;
        }

        double? Number(string field) => _reading.Optional(at.Of(field), Dataset, at.Line, field);
        var spread = Number("relativeStandardDeviation95In");
        Distribution? read;
        switch (type.ToUpperInvariant().Replace('_', '-'))
        {
            case "LOG-NORMAL" or "LOGNORMAL":
                // As in EcoSpold: the square of the geometric standard deviation, and twice the standard deviation.
                read = EcoSpold.Lognormal(amount, spread is >= 1 ? Math.Log(spread.Value) / 2 : null);
                break;
            case "NORMAL":
                read = EcoSpold.Normal(amount, spread / 2 * Math.Abs(whole));
                break;
            case "TRIANGULAR":
                read = EcoSpold.Triangular(Number(low) * whole, amount, Number(high) * whole);
                break;
            case "UNIFORM":
                read = EcoSpold.Uniform(Number(low) * whole, Number(high) * whole);
                break;
            default:
                read = null;
                break;
        }

        if (read is null)
        {
            _reading.Note("lca_uncertainty_unusable", Dataset, at.Line, "uncertaintyDistributionType", type);
        }

        return read ?? Distribution.Certain;
    }

    /// <summary>The file's internal ids number the exchanges; where they are no numbers or stand twice, the exchanges' places do.</summary>
    private void Renumber()
    {
        if (_exchanges.TrueForAll(e => e.Number >= 0) && _exchanges.Select(e => e.Number).Distinct().Count() == _exchanges.Count)
        {
            return;
        }

        for (var i = 0; i < _exchanges.Count; i++)
        {
            _exchanges[i] = _exchanges[i] with { Number = i };
        }

        _reading.Note("lca_exchange_ids", Dataset, node.At("exchanges")?.Line, "dataSetInternalID");
    }

    private List<AllocationShare> Allocation()
    {
        var shares = new List<AllocationShare>();
        for (var i = 0; i < _taken.Count; i++)
        {
            var own = shares.Count;
            foreach (var allocation in _taken[i].Node.At("allocations")?.All("allocation") ?? [])
            {
                var product = allocation.Of("internalReferenceToCoProduct");
                var at = _taken.FindIndex(t => t.InternalId == product);
                var percent = _reading.Needed(allocation.Of("allocatedFraction"), Dataset, allocation.Line, "allocatedFraction");
                if (at < 0)
                {
                    _reading.Note("lca_allocation_unknown", Dataset, allocation.Line, "internalReferenceToCoProduct", product);
                    continue;
                }

                shares.Add(new AllocationShare(AllocationRule.Causal, _taken[at].Product, _exchanges[i].Number, percent / 100));
            }

            AllocationShares.Note(shares.Skip(own), Dataset, _taken[i].Node.Line, "allocatedFraction", _reading);
        }

        return shares;
    }
}
