namespace Tanlu.Exchange;

/// <summary>What an EcoSpold 2 dataset says about itself, gathered while its elements pass.</summary>
internal sealed class EcoSpold2Documentation(DatasetXml xml)
{
    private readonly List<string> _description = [];
    private readonly List<string> _treatment = [];
    private readonly List<string> _reviews = [];
    private readonly List<string> _sources = [];
    private LanguageText _sampling;
    private string _owner = "";
    private string _rights = "";
    private bool _restricted;

    public string Version { get; private set; } = "";

    public string Technology { get; set; } = "";

    public string Geography { get; set; } = "";

    public string Time { get; set; } = "";

    /// <summary>The texts of a comment in their order; pictures are left out.</summary>
    public static string Texts(DatasetXml xml)
    {
        var texts = new SortedDictionary<int, LanguageText>();
        xml.Each(child =>
        {
            if (child == "text")
            {
                var index = int.TryParse(xml.Attribute("index"), out var at) ? at : texts.Count;
                var text = texts.GetValueOrDefault(index);
                text.Add(xml.Language, xml.Text());
                texts[index] = text;
            }
        });
        return string.Join('\n', texts.Values.Select(t => t.Best).Where(t => t.Length > 0));
    }

    /// <summary>A child of <c>activity</c>.</summary>
    public void Activity(string element)
    {
        switch (element)
        {
            case "generalComment":
                Add(_description, Texts(xml));
                break;
            case "includedActivitiesStart" or "includedActivitiesEnd":
                Add(_description, xml.Text());
                break;
            case "allocationComment":
                Add(_treatment, Texts(xml));
                break;
        }
    }

    /// <summary>A child of <c>modellingAndValidation</c> or <c>administrativeInformation</c>.</summary>
    public void Read(string element)
    {
        switch (element)
        {
            case "representativeness":
                xml.Each(child =>
                {
                    switch (child)
                    {
                        case "systemModelName" or "extrapolations":
                            Add(_treatment, xml.Text());
                            break;
                        case "samplingProcedure":
                            _sampling.Add(xml.Language, xml.Text());
                            break;
                    }
                });
                break;
            case "review":
                var (reviewer, date) = (xml.Attribute("reviewerName") ?? "", xml.Attribute("reviewDate") ?? "");
                var details = "";
                xml.Each(child =>
                {
                    if (child is "details" or "otherDetails")
                    {
                        details = child == "details" ? Texts(xml) : xml.Text();
                    }
                });
                Add(_reviews, string.Join(' ', new[] { reviewer, date, details }.Where(t => t.Length > 0)));
                break;
            case "dataGeneratorAndPublication":
                Publication();
                break;
            case "fileAttributes":
                string[] numbers = ["majorRelease", "minorRelease", "majorRevision", "minorRevision"];
                Version = string.Join('.', numbers.Select(n => xml.Attribute(n) ?? "0"));
                break;
        }
    }

    public ProcessDocumentation Text() => new()
    {
        Description = string.Join('\n', _description), Technology = Technology, Geography = Geography, Time = Time, Sampling = _sampling.Best, DataTreatment = string.Join('\n', _treatment),
        Review = string.Join('\n', _reviews), Owner = _owner, Licence = _rights, Restricted = _restricted, Sources = _sources,
    };

    private static void Add(List<string> texts, string text)
    {
        if (text.Length > 0)
        {
            texts.Add(text);
        }
    }

    private void Publication()
    {
        var (person, company) = (xml.Attribute("personName") ?? "", xml.Attribute("companyCode") ?? "");
        _owner = company.Length > 0 && person.Length > 0 ? $"{person} ({company})" : person + company;
        var (copyright, access) = (EcoSpold.True(xml.Attribute("isCopyrightProtected")), xml.Attribute("accessRestrictedTo") ?? "0");

        // 0 is public; 1 are licensees, 2 and 3 fewer still.
        _restricted = access != "0";
        _rights = copyright || _restricted ? $"isCopyrightProtected={(copyright ? "true" : "false")}; accessRestrictedTo={access}" : "";
        var (author, year) = (xml.Attribute("publishedSourceFirstAuthor") ?? "", xml.Attribute("publishedSourceYear") ?? "");
        Add(_sources, year.Length > 0 && author.Length > 0 ? $"{author} ({year})" : author);
    }
}
