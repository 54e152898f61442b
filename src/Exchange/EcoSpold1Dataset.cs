using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>One <c>dataset</c> element of an EcoSpold 1 file.</summary>
internal sealed class EcoSpold1Dataset(DatasetXml xml, Reading reading, EcoSpold1Flows flows)
{
    public const string ElementaryFlow = "3";
    public const string ImpactCategory = "4";

    private const string SystemTerminated = "2";

    private readonly List<ProcessExchange> _exchanges = [];
    private readonly List<int> _flows = [];
    private readonly List<int> _lines = [];
    private readonly List<(int Line, string Product, double Percent, List<string> Exchanges)> _shares = [];
    private readonly EcoSpold1Documentation _documentation = new(xml);
    private readonly List<string> _synonyms = [];
    private int _line;
    private string _location = "";
    private bool _infrastructure;
    private double? _amount;
    private string _cas = "";
    private string _formula = "";

    /// <summary>Number of the dataset in its file.</summary>
    public string Number { get; private set; } = "";

    /// <summary>What <c>dataSetInformation</c> says that it is: 0 and 1 unit process, 2 system, 3 elementary flow, 4 impact category, 5 process with several products.</summary>
    public string Type { get; private set; } = "";

    public string Name { get; private set; } = "";

    public string Category { get; private set; } = "";

    public string SubCategory { get; private set; } = "";

    public string Unit { get; private set; } = "";

    public string Version { get; private set; } = "";

    /// <summary>For an impact category: each factor and the entry of its flow.</summary>
    public IEnumerable<(int Flow, double Factor, string Unit, string Location)> Factors => _exchanges.Select((e, at) => (_flows[at], e.Amount, e.Unit, e.Location));

    private string Dataset => Name.Length > 0 ? $"{xml.Part}: {Name}" : xml.Part;

    public void Read()
    {
        _line = xml.Line;
        Number = xml.Attribute("number") ?? "";
        if (Number.Length == 0)
        {
            reading.Fault("lca_id_missing", xml.Part, _line, "number");
        }

        var dataset = xml.Depth;
        while (xml.Next(dataset))
        {
            switch (xml.Name)
            {
                case "metaInformation":
                    xml.Each(_ => xml.Each(Information));
                    break;
                case "flowData":
                    xml.Each(Flow);
                    break;
            }
        }

        if (Type == ElementaryFlow)
        {
            flows.Add(
                new FlowDataset
                {
                    Id = Number, Name = Name, Kind = FlowKind.Elementary, Unit = Unit, Category = Joined(Category, SubCategory), Compartment = Category, Subcompartment = SubCategory,
                    Cas = EcoSpold.Cas(_cas), Formula = EcoSpold.Formula(_formula), Synonyms = _synonyms,
                },
                reference: true, xml.Part, _line);
        }
    }

    public EcoSpold1Draft Draft(string id)
    {
        if (Name.Length == 0)
        {
            reading.Fault("lca_name_missing", xml.Part, _line, "referenceFunction");
        }

        var products = new List<int>();
        var allocation = Allocation(products);
        var references = _exchanges.Where(e => e.Reference).ToList();
        if (references.Count == 0)
        {
            reading.Note("lca_reference_missing", Dataset, _line, "outputGroup");
        }
        else if (references is [var only] && _amount is { } amount && only.Amount != amount && only.Unit == Unit)
        {
            reading.Note("lca_reference_differs", Dataset, _line, "referenceFunction", $"{amount} {Unit}", $"{only.Amount} {only.Unit}");
        }

        return new EcoSpold1Draft(
            new ProcessDataset
            {
                Id = id, Name = Name, Kind = Type == SystemTerminated ? ProcessKind.SystemProcess : ProcessKind.UnitProcess, Category = Joined(Category, SubCategory), Location = _location,
                ValidFrom = _documentation.From, ValidUntil = _documentation.Until, Version = Version, Infrastructure = _infrastructure,
                DefaultAllocation = allocation.Count > 0 ? AllocationRule.Causal : AllocationRule.None, Allocation = allocation, Exchanges = _exchanges, Documentation = _documentation.Text(),
            },
            _flows, products);
    }

    private static string Joined(string category, string subCategory) => subCategory.Length == 0 ? category : category.Length == 0 ? subCategory : $"{category}/{subCategory}";

    private void Information(string element)
    {
        switch (element)
        {
            case "referenceFunction":
                ReferenceFunction();
                break;
            case "geography":
                _location = xml.Attribute("location") ?? "";
                _documentation.Geography = xml.Attribute("text") ?? "";
                break;
            case "dataSetInformation":
                Type = xml.Attribute("type") ?? "";
                Version = xml.Attribute("version") ?? "";
                break;
            default:
                _documentation.Read(element, reading, Dataset);
                break;
        }
    }

    private void ReferenceFunction()
    {
        Name = xml.Attribute("name") ?? "";
        Category = xml.Attribute("category") ?? "";
        SubCategory = xml.Attribute("subCategory") ?? "";
        Unit = xml.Attribute("unit") ?? "";
        _infrastructure = EcoSpold.True(xml.Attribute("infrastructureProcess"));
        _amount = reading.Optional(xml.Attribute("amount"), Dataset, xml.Line, "amount");
        _cas = xml.Attribute("CASNumber") ?? "";
        _formula = xml.Attribute("formula") ?? "";
        _documentation.Comment = xml.Attribute("generalComment") ?? "";
        _documentation.Included = xml.Attribute("includedProcesses") ?? "";
        xml.Each(child =>
        {
            if (child == "synonym" && xml.Text() is { Length: > 0 } synonym)
            {
                _synonyms.Add(synonym);
            }
        });
    }

    private void Flow(string element)
    {
        switch (element)
        {
            case "exchange":
                ReadExchange();
                break;
            case "allocation":
                ReadShare();
                break;
        }
    }

    private void ReadExchange()
    {
        reading.CountExchange(xml.Part);
        var line = xml.Line;
        var (number, name, unit) = (xml.Attribute("number") ?? "", xml.Attribute("name") ?? "", xml.Attribute("unit") ?? "");
        if (number.Length == 0 || name.Length == 0)
        {
            reading.Fault(number.Length == 0 ? "lca_id_missing" : "lca_name_missing", Dataset, line, number.Length == 0 ? "number" : "name", name);
        }

        if (unit.Length == 0)
        {
            reading.Fault("lca_unit_missing", Dataset, line, "unit", name);
        }

        var amount = reading.Needed(xml.Attribute("meanValue"), Dataset, line, "meanValue");
        var (category, subCategory) = (xml.Attribute("category") ?? "", xml.Attribute("subCategory") ?? "");
        var (location, infrastructure) = (xml.Attribute("location") ?? "", EcoSpold.True(xml.Attribute("infrastructureProcess")));
        var (cas, formula, comment) = (xml.Attribute("CASNumber"), xml.Attribute("formula"), xml.Attribute("generalComment") ?? "");
        var uncertainty = Uncertainty(amount, line);
        var (group, direction) = ("", "");
        xml.Each(child =>
        {
            if (child is "inputGroup" or "outputGroup")
            {
                (direction, group) = (child, xml.Text());
            }
        });

        var factor = Type == ImpactCategory;
        var elementary = factor || group == "4";
        if (!factor && !(direction == "inputGroup" ? group is "1" or "2" or "3" or "4" or "5" : direction == "outputGroup" && group is "0" or "1" or "2" or "3" or "4"))
        {
            reading.Fault("lca_group_unknown", Dataset, line, direction.Length > 0 ? direction : "inputGroup", group);
        }

        var output = direction == "outputGroup";
        var reference = output && group == "0";
        _flows.Add(flows.Add(
            new FlowDataset
            {
                Id = number, Name = name, Unit = unit, Category = Joined(category, subCategory), Cas = EcoSpold.Cas(cas), Formula = EcoSpold.Formula(formula),
                Kind = elementary ? FlowKind.Elementary : output && group == "3" ? FlowKind.Waste : FlowKind.Product, Infrastructure = infrastructure,
                Compartment = elementary ? category : "", Subcompartment = elementary ? subCategory : "", Location = elementary ? "" : location,
                Synonyms = reference && name == Name ? _synonyms : [],
            },
            reference, xml.Part, line));
        _lines.Add(line);
        _exchanges.Add(new ProcessExchange
        {
            Number = _exchanges.Count + 1, FlowId = number, Input = !output, Amount = amount, Unit = unit, Uncertainty = uncertainty, Reference = reference, Location = location,
            Comment = comment,
        });
    }

    private Distribution Uncertainty(double amount, int line)
    {
        var type = xml.Attribute("uncertaintyType");
        if (type is null or "0" || Type == ImpactCategory)
        {
            return Distribution.Certain;
        }

        double? Number(string name) => reading.Optional(xml.Attribute(name), Dataset, line, name);
        var (spread, low, high) = (Number("standardDeviation95"), Number("minValue"), Number("maxValue"));
        var read = type switch
        {
            // The file gives the square of the geometric standard deviation, and twice the standard deviation.
            "1" => EcoSpold.Lognormal(amount, spread is >= 1 ? Math.Log(spread.Value) / 2 : null),
            "2" => EcoSpold.Normal(amount, spread / 2),
            "3" => EcoSpold.Triangular(low, Number("mostLikelyValue") ?? amount, high),
            "4" => EcoSpold.Uniform(low, high),
            _ => null,
        };
        if (read is null)
        {
            reading.Note("lca_uncertainty_unusable", Dataset, line, "uncertaintyType", type);
        }

        return read ?? Distribution.Certain;
    }

    private void ReadShare()
    {
        var line = xml.Line;
        var product = xml.Attribute("referenceToCoProduct") ?? "";
        var percent = reading.Needed(xml.Attribute("fraction"), Dataset, line, "fraction");
        var exchanges = new List<string>();
        xml.Each(child =>
        {
            if (child == "referenceToInputOutput")
            {
                exchanges.Add(xml.Text());
            }
        });
        _shares.Add((line, product, percent, exchanges));
    }

    /// <summary>
    /// Every share of EcoSpold 1 is for one exchange, whichever way it was found; a product that allocation records name is a reference of the process.
    /// </summary>
    /// <param name="products">Gets for each share the place of its product's exchange.</param>
    private List<AllocationShare> Allocation(List<int> products)
    {
        var shares = new List<AllocationShare>();
        foreach (var (line, product, percent, exchanges) in _shares)
        {
            var at = Places(product).Where(i => !_exchanges[i].Input).Select(i => (int?)i).FirstOrDefault();
            if (at is null)
            {
                reading.Note("lca_allocation_unknown", Dataset, line, "referenceToCoProduct", product);
                continue;
            }

            _exchanges[at.Value] = _exchanges[at.Value] with { Reference = true };
            foreach (var number in exchanges)
            {
                var places = Places(number).ToList();
                if (places.Count == 0)
                {
                    reading.Note("lca_allocation_unknown", Dataset, line, "referenceToInputOutput", number);
                }

                shares.AddRange(places.Select(place => new AllocationShare(AllocationRule.Causal, product, place + 1, percent / 100)));
                products.AddRange(Enumerable.Repeat(at.Value, places.Count));
            }
        }

        foreach (var group in shares.GroupBy(s => s.Exchange))
        {
            AllocationShares.Note(group, Dataset, _lines[group.Key!.Value - 1], "fraction", reading);
        }

        return shares;
    }

    private IEnumerable<int> Places(string number) => Enumerable.Range(0, _exchanges.Count).Where(i => _exchanges[i].FlowId == number);
}
