using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <param name="Process">With its activity's UUID as its id.</param>
/// <param name="Product">Flow of the reference product; empty where there is none.</param>
/// <param name="Lines">For each exchange its line in the part.</param>
internal sealed record EcoSpold2Draft(ProcessDataset Process, string Product, string Part, int Line, IReadOnlyList<int> Lines)
{
    public string Name => $"{Part}: {Process.Name}";
}

/// <summary>One <c>activityDataset</c> element of an EcoSpold 2 file.</summary>
internal sealed class EcoSpold2Dataset(DatasetXml xml, Reading reading, EcoSpold2Flows flows)
{
    private const string SystemTerminated = "2";

    private readonly List<ProcessExchange> _exchanges = [];
    private readonly List<int> _lines = [];
    private readonly List<ParameterDataset> _parameters = [];
    private readonly List<int> _parameterLines = [];
    private readonly List<DeclaredImpact> _impacts = [];
    private readonly EcoSpold2Documentation _documentation = new(xml);
    private readonly Dictionary<string, string> _classes = new(StringComparer.Ordinal);
    private LanguageText _name;
    private LanguageText _location;
    private string _id = "";
    private string _type = "";
    private DateOnly? _from;
    private DateOnly? _until;

    private string Dataset => _name.Best.Length > 0 ? $"{xml.Part}: {_name.Best}" : xml.Part;

    public EcoSpold2Draft Read()
    {
        var line = xml.Line;
        xml.Each(section =>
        {
            switch (section)
            {
                case "activityDescription":
                    xml.Each(Description);
                    break;
                case "flowData":
                    xml.Each(Flow);
                    break;
                case "modellingAndValidation" or "administrativeInformation":
                    xml.Each(_documentation.Read);
                    break;
            }
        });
        if (_id.Length == 0)
        {
            reading.Fault("lca_id_missing", Dataset, line, "activity id");
        }

        if (_name.Best.Length == 0)
        {
            reading.Fault("lca_name_missing", xml.Part, line, "activityName");
        }

        FormulaCycles.Note(_parameters, Dataset, reading, _parameterLines);
        var references = _exchanges.Where(e => e.Reference).ToList();
        if (references.Count == 0)
        {
            reading.Note("lca_reference_missing", Dataset, line, "outputGroup");
        }

        var process = new ProcessDataset
        {
            Id = _id, Name = _name.Best, Kind = _type == SystemTerminated ? ProcessKind.SystemProcess : ProcessKind.UnitProcess,
            Category = Class("ISIC rev.4 ecoinvent") ?? Class("EcoSpold01Categories") ?? _classes.Values.FirstOrDefault() ?? "", Location = _location.Best, ValidFrom = _from, ValidUntil = _until,
            Version = _documentation.Version, Parameters = _parameters, Exchanges = _exchanges, Declared = _impacts, Documentation = _documentation.Text(),
        };
        return new EcoSpold2Draft(process, references.FirstOrDefault()?.FlowId ?? "", xml.Part, line, _lines);
    }

    private string? Class(string system) => _classes.GetValueOrDefault(system);

    private void Description(string element)
    {
        switch (element)
        {
            case "activity":
                _id = DatasetIds.Normal(xml.Attribute("id") ?? "");
                _type = xml.Attribute("type") ?? "";
                xml.Each(child =>
                {
                    if (child == "activityName")
                    {
                        _name.Add(xml.Language, xml.Text());
                    }
                    else
                    {
                        _documentation.Activity(child);
                    }
                });
                break;
            case "classification":
                var (system, value) = Classification();
                _classes.TryAdd(system, value);
                break;
            case "geography":
                xml.Each(child =>
                {
                    if (child == "shortname")
                    {
                        _location.Add(xml.Language, xml.Text());
                    }
                    else if (child == "comment")
                    {
                        _documentation.Geography = EcoSpold2Documentation.Texts(xml);
                    }
                });
                break;
            case "timePeriod":
                _from = Date("startDate", start: true);
                _until = Date("endDate", start: false);
                xml.Each(child => _documentation.Time = child == "comment" ? EcoSpold2Documentation.Texts(xml) : _documentation.Time);
                break;
            case "technology":
                xml.Each(child => _documentation.Technology = child == "comment" ? EcoSpold2Documentation.Texts(xml) : _documentation.Technology);
                break;
        }
    }

    private DateOnly? Date(string name, bool start)
    {
        var text = xml.Attribute(name);
        var date = text is null ? null : EcoSpold.Date(text, start);
        if (text is not null && date is null)
        {
            reading.Note("lca_date_broken", Dataset, xml.Line, name, text);
        }

        return date;
    }

    private (string System, string Value) Classification()
    {
        LanguageText system = default, value = default;
        xml.Each(child =>
        {
            switch (child)
            {
                case "classificationSystem":
                    system.Add(xml.Language, xml.Text());
                    break;
                case "classificationValue":
                    value.Add(xml.Language, xml.Text());
                    break;
            }
        });
        return (system.Best, value.Best);
    }

    private void Flow(string element)
    {
        switch (element)
        {
            case "intermediateExchange" or "elementaryExchange":
                Exchange(element == "elementaryExchange");
                break;
            case "parameter":
                Parameter();
                break;
            case "impactIndicator":
                Impact();
                break;
        }
    }

    private void Exchange(bool elementary)
    {
        reading.CountExchange(xml.Part);
        var line = xml.Line;
        var field = elementary ? "elementaryExchangeId" : "intermediateExchangeId";
        var id = DatasetIds.Normal(xml.Attribute(field) ?? "");
        if (id.Length == 0)
        {
            reading.Fault("lca_id_missing", Dataset, line, field);
        }

        var amount = reading.Needed(xml.Attribute("amount"), Dataset, line, "amount");
        var formula = Formula(xml.Attribute("mathematicalRelation"), line);
        Variable(xml.Attribute("variableName"), amount, formula, line);
        Variable(xml.Attribute("productionVolumeVariableName"), reading.Optional(xml.Attribute("productionVolumeAmount"), Dataset, line, "productionVolumeAmount") ?? 0, Formula(xml.Attribute("productionVolumeMathematicalRelation"), line), line);
        var (provider, cas, sum) = (xml.Attribute("activityLinkId"), xml.Attribute("casNumber"), xml.Attribute("formula"));
        var parts = new EcoSpold2Exchange(xml, reading, Dataset, amount, Property);
        xml.Each(parts.Read);
        if (parts.Name.Best.Length == 0)
        {
            reading.Fault("lca_name_missing", Dataset, line, "name", id);
        }

        if (parts.Unit.Best.Length == 0)
        {
            reading.Fault("lca_unit_missing", Dataset, line, "unitName", parts.Name.Best);
        }

        var output = parts.Direction == "outputGroup";
        if (!(output ? parts.Group is "0" or "1" or "2" or "3" or "4" or "5" : parts.Direction == "inputGroup" && parts.Group is "1" or "2" or "3" or "4" or "5"))
        {
            reading.Fault("lca_group_unknown", Dataset, line, parts.Direction.Length > 0 ? parts.Direction : "inputGroup", parts.Group);
        }

        // A treatment's reference product is negative; a by-product may be classified as waste, or be handed over as material for treatment.
        var reference = output && parts.Group == "0" && !elementary;
        var waste = (reference && amount < 0) || (output && parts.Group == "3") || string.Equals(parts.ByProduct, "Waste", StringComparison.OrdinalIgnoreCase);
        flows.Add(
            new FlowDataset
            {
                Id = id, Name = parts.Name.Best, Unit = parts.Unit.Best, Kind = elementary ? FlowKind.Elementary : waste ? FlowKind.Waste : FlowKind.Product, Properties = parts.Properties,
                Category = elementary ? $"{parts.Compartment.Best}/{parts.Subcompartment.Best}".Trim('/') : parts.Category, Compartment = parts.Compartment.Best,
                Subcompartment = parts.Subcompartment.Best, Cas = EcoSpold.Cas(cas), Formula = EcoSpold.Formula(sum), Synonyms = parts.Synonyms,
            },
            reference);
        _lines.Add(line);
        _exchanges.Add(new ProcessExchange
        {
            Number = _exchanges.Count + 1, FlowId = id, Input = !output, Amount = amount, Unit = parts.Unit.Best, Formula = formula, Uncertainty = parts.Uncertainty, Pedigree = parts.Pedigree,
            Reference = reference, ProviderId = provider is null ? null : DatasetIds.Normal(provider), Price = output && parts.Price * Math.Abs(amount) is { } price && double.IsFinite(price) ? price : null, Currency = parts.Currency,
            Comment = parts.Comment.Best,
        });
    }

    /// <summary>A formula over the activity's own variables. References to other datasets cannot be followed within a package, so there the stored value counts.</summary>
    private string? Formula(string? text, int line)
    {
        if (text is null || !text.Contains("Ref(", StringComparison.OrdinalIgnoreCase))
        {
            return text;
        }

        reading.Note("lca_formula_reference", Dataset, line, "mathematicalRelation", text);
        return null;
    }

    private void Property(string variable, double amount, string? formula, int line) => Variable(variable, amount, Formula(formula, line), line);

    private void Variable(string? name, double amount, string? formula, int line, Distribution uncertainty = default, string comment = "")
    {
        // One variable may name a property in several exchanges; the first stands.
        if (name is not null && !_parameters.Exists(p => string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            _parameters.Add(new ParameterDataset(name, amount, formula, uncertainty, comment));
            _parameterLines.Add(line);
        }
    }

    private void Parameter()
    {
        var line = xml.Line;
        var (variable, relation) = (xml.Attribute("variableName"), Formula(xml.Attribute("mathematicalRelation"), line));
        var amount = reading.Needed(xml.Attribute("amount"), Dataset, line, "amount");
        var parts = new EcoSpold2Exchange(xml, reading, Dataset, amount, Property);
        xml.Each(parts.Read);
        if (variable is null)
        {
            reading.Note("lca_parameter_unnamed", Dataset, line, "variableName", parts.Name.Best);
        }

        Variable(variable, amount, relation, line, parts.Uncertainty, string.Join('\n', new[] { parts.Name.Best, parts.Unit.Best, parts.Comment.Best }.Where(t => t.Length > 0)));
    }

    private void Impact()
    {
        var line = xml.Line;
        var id = DatasetIds.Normal(xml.Attribute("impactIndicatorId") ?? "");
        var amount = reading.Needed(xml.Attribute("amount"), Dataset, line, "amount");
        LanguageText method = default, category = default, name = default, unit = default;
        xml.Each(child =>
        {
            switch (child)
            {
                case "impactMethodName":
                    method.Add(xml.Language, xml.Text());
                    break;
                case "impactCategoryName":
                    category.Add(xml.Language, xml.Text());
                    break;
                case "name":
                    name.Add(xml.Language, xml.Text());
                    break;
                case "unitName":
                    unit.Add(xml.Language, xml.Text());
                    break;
            }
        });
        _impacts.Add(new DeclaredImpact(id, string.Join('/', new[] { method.Best, category.Best, name.Best }.Where(t => t.Length > 0)), unit.Best, "", "", amount));
    }
}
