using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>What stands within an exchange (or a parameter) of EcoSpold 2.</summary>
/// <param name="property">Told of each property that names a variable: name, amount, formula, line.</param>
internal sealed class EcoSpold2Exchange(DatasetXml xml, Reading reading, string dataset, double amount, Action<string, double, string?, int> property)
{
    private readonly List<FlowPropertyFactor> _properties = [];
    private readonly List<string> _synonyms = [];

    public LanguageText Name;
    public LanguageText Unit;
    public LanguageText Comment;
    public LanguageText Compartment;
    public LanguageText Subcompartment;

    public string Direction { get; private set; } = "";

    public string Group { get; private set; } = "";

    /// <summary>What a by-product is classified as: <c>Waste</c>, <c>Recyclable</c>, <c>allocatable product</c>.</summary>
    public string ByProduct { get; private set; } = "";

    public string Category { get; private set; } = "";

    public Distribution Uncertainty { get; private set; }

    public string Pedigree { get; private set; } = "";

    public double? Price { get; private set; }

    public string Currency { get; private set; } = "";

    public IReadOnlyList<FlowPropertyFactor> Properties => _properties;

    public IReadOnlyList<string> Synonyms => _synonyms;

    public void Read(string element)
    {
        switch (element)
        {
            case "name":
                Name.Add(xml.Language, xml.Text());
                break;
            case "unitName":
                Unit.Add(xml.Language, xml.Text());
                break;
            case "comment":
                Comment.Add(xml.Language, xml.Text());
                break;
            case "synonym":
                if (xml.Text() is { Length: > 0 } synonym)
                {
                    _synonyms.Add(synonym);
                }

                break;
            case "inputGroup" or "outputGroup":
                (Direction, Group) = (element, xml.Text());
                break;
            case "compartment":
                xml.Each(child =>
                {
                    if (child == "compartment")
                    {
                        Compartment.Add(xml.Language, xml.Text());
                    }
                    else if (child == "subcompartment")
                    {
                        Subcompartment.Add(xml.Language, xml.Text());
                    }
                });
                break;
            case "classification":
                Classification();
                break;
            case "property":
                Property();
                break;
            case "uncertainty":
                xml.Each(Spread);
                break;
        }
    }

    private void Classification()
    {
        LanguageText system = default, value = default;
        xml.Each(child =>
        {
            if (child == "classificationSystem")
            {
                system.Add(xml.Language, xml.Text());
            }
            else if (child == "classificationValue")
            {
                value.Add(xml.Language, xml.Text());
            }
        });
        if (system.Best.StartsWith("By-product", StringComparison.OrdinalIgnoreCase))
        {
            ByProduct = value.Best;
        }
        else if (Category.Length == 0)
        {
            Category = value.Best;
        }
    }

    private void Property()
    {
        var line = xml.Line;
        var id = xml.Attribute("propertyId");
        var (variable, relation) = (xml.Attribute("variableName"), xml.Attribute("mathematicalRelation"));
        var value = reading.Optional(xml.Attribute("amount"), dataset, line, "property amount");
        LanguageText name = default, unit = default;
        xml.Each(child =>
        {
            if (child == "name")
            {
                name.Add(xml.Language, xml.Text());
            }
            else if (child == "unitName")
            {
                unit.Add(xml.Language, xml.Text());
            }
        });
        if (value is not { } factor)
        {
            return;
        }

        _properties.Add(new FlowPropertyFactor(id is null ? null : DatasetIds.Normal(id), name.Best, unit.Best, factor));
        if (name.Best == "price")
        {
            (Price, Currency) = (factor, unit.Best);
        }

        if (variable is not null)
        {
            property(variable, factor, relation, line);
        }
    }

    private void Spread(string element)
    {
        var line = xml.Line;
        double? Number(string name) => reading.Optional(xml.Attribute(name), dataset, line, name);
        switch (element)
        {
            case "lognormal":
                var mean = Number("meanValue") ?? (Number("mu") is { } mu ? Math.CopySign(Math.Exp(mu), amount) : amount);

                // Files write the median of a negative amount with or without its sign.
                mean = amount < 0 ? -Math.Abs(mean) : mean;
                Take(EcoSpold.Lognormal(mean, Deviation(Number)), element, line);
                break;
            case "normal":
                Take(EcoSpold.Normal(Number("meanValue") ?? amount, Deviation(Number)), element, line);
                break;
            case "triangular":
                Take(EcoSpold.Triangular(Number("minValue"), Number("mostLikelyValue") ?? amount, Number("maxValue")), element, line);
                break;
            case "uniform":
                Take(EcoSpold.Uniform(Number("minValue"), Number("maxValue")), element, line);
                break;
            case "pedigreeMatrix":
                string[] scores = ["reliability", "completeness", "temporalCorrelation", "geographicalCorrelation", "furtherTechnologyCorrelation"];
                Pedigree = $"({string.Join(';', scores.Select(s => xml.Attribute(s) ?? "na"))})";
                break;
            case "undefined" or "beta" or "gamma" or "binomial":
                reading.Note("lca_uncertainty_unread", dataset, line, "uncertainty", element);
                break;
        }
    }

    /// <summary>With what the pedigree adds, where the file says it.</summary>
    private static double? Deviation(Func<string, double?> number) => (number("varianceWithPedigreeUncertainty") ?? number("variance")) is >= 0 and var variance ? Math.Sqrt(variance) : null;

    private void Take(Distribution? read, string element, int line)
    {
        if (read is null)
        {
            reading.Note("lca_uncertainty_unusable", dataset, line, "uncertainty", element);
        }

        Uncertainty = read ?? Distribution.Certain;
    }
}
