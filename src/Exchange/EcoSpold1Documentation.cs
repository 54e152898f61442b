namespace Tanlu.Exchange;

/// <summary>What an EcoSpold 1 dataset says about itself, gathered while its elements pass.</summary>
internal sealed class EcoSpold1Documentation(DatasetXml xml)
{
    private readonly Dictionary<string, string> _persons = new(StringComparer.Ordinal);
    private readonly List<string> _sources = [];
    private string _technology = "";
    private string _time = "";
    private string _sampling = "";
    private string _extrapolations = "";
    private string _adjustments = "";
    private string _review = "";
    private string _validator = "";
    private string _generator = "";
    private string _rights = "";
    private bool _restricted;

    public string Comment { get; set; } = "";

    public string Included { get; set; } = "";

    public string Geography { get; set; } = "";

    public DateOnly? From { get; private set; }

    public DateOnly? Until { get; private set; }

    public void Read(string element, Reading reading, string dataset)
    {
        switch (element)
        {
            case "technology":
                _technology = xml.Attribute("text") ?? "";
                break;
            case "timePeriod":
                _time = xml.Attribute("text") ?? "";
                Period(reading, dataset);
                break;
            case "representativeness":
                _sampling = xml.Attribute("samplingProcedure") ?? "";
                _extrapolations = xml.Attribute("extrapolations") ?? "";
                _adjustments = xml.Attribute("uncertaintyAdjustments") ?? "";
                break;
            case "source":
                _sources.Add(Source());
                break;
            case "validation":
                _review = xml.Attribute("proofReadingDetails") ?? "";
                _validator = xml.Attribute("proofReadingValidator") ?? "";
                break;
            case "dataGeneratorAndPublication":
                _generator = xml.Attribute("person") ?? "";
                var (copyright, access) = (EcoSpold.True(xml.Attribute("copyright")), xml.Attribute("accessRestrictedTo") ?? "0");

                // 0 is public; 1 to 3 name circles of people who alone may see the dataset.
                _restricted = access != "0";
                _rights = copyright || _restricted ? $"copyright={(copyright ? "true" : "false")}; accessRestrictedTo={access}" : "";
                break;
            case "person":
                _persons[xml.Attribute("number") ?? ""] = xml.Attribute("name") ?? "";
                break;
        }
    }

    public ProcessDocumentation Text() => new()
    {
        Description = Paragraphs(Comment, Included), Technology = _technology, Geography = Geography, Time = _time, Sampling = _sampling, DataTreatment = Paragraphs(_extrapolations, _adjustments),
        Review = Paragraphs(_review, _persons.GetValueOrDefault(_validator, "")), Owner = _persons.GetValueOrDefault(_generator, ""), Licence = _rights, Restricted = _restricted, Sources = _sources,
    };

    private static string Paragraphs(params string[] texts) => string.Join('\n', texts.Where(t => t.Length > 0));

    private void Period(Reading reading, string dataset)
    {
        var depth = xml.Depth;
        while (xml.Next(depth))
        {
            var (name, line) = (xml.Name, xml.Line);
            var text = xml.Text();
            var start = name.StartsWith("start", StringComparison.Ordinal);
            if (text.Length == 0 || !(start || name.StartsWith("end", StringComparison.Ordinal)))
            {
                continue;
            }

            var date = EcoSpold.Date(text, start);
            if (date is null)
            {
                reading.Note("lca_date_broken", dataset, line, name, text);
            }

            (From, Until) = start ? (date, Until) : (From, date);
        }
    }

    private string Source()
    {
        var (author, year, title, place) = (xml.Attribute("firstAuthor") ?? "", xml.Attribute("year") ?? "", xml.Attribute("title") ?? "", xml.Attribute("placeOfPublications") ?? "");

        // Programs write 9999 and unknown where the fields must not be empty.
        var when = year is "" or "9999" ? "" : $" ({year})";
        return $"{author}{when}: {title}{(place is "" or "unknown" ? "" : $", {place}")}".Trim(' ', ':');
    }
}
