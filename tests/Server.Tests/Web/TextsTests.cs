using System.Text.RegularExpressions;
using AngleSharp.Dom;
using Tanlu.Kernel;

namespace Tanlu.Server.Tests.Web;

/// <summary>No text is missing, and none is left in the other language.</summary>
public sealed partial class TextsTests(TestServer server) : IClassFixture<TestServer>
{
    // Names, codes and units that are written the same in both languages.
    private static readonly HashSet<string> SameInBoth = new(StringComparer.Ordinal)
    {
        "EN", "CSV", "XLSX", "PNG", "SVG", "GB", "AR", "SAR", "IPCC", "GHG", "Protocol", "ISO", "GWP", "CO", "CH", "NO", "e",
        "R", "A", "T", "C", "FC", "NCV", "CC", "OF", "cn", "fuels", "diesel", "activities", "csv", "quantity", "unit", "name",
        "mg", "g", "kg", "t", "kt", "Mt", "km", "L", "GJ", "kWh", "MWh", "GWh", "Nm", "Nm3", "m", "tce",
    };

    [Fact]
    public void Every_text_a_page_asks_for_exists()
    {
        var folder = Path.Combine(Root(), "src", "Server");
        var missing = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(f => Path.GetExtension(f) is ".razor" or ".cs" && !f.Contains("node_modules", StringComparison.Ordinal))
            .SelectMany(f => Asked().Matches(File.ReadAllText(f)).Select(m => (Path.GetRelativePath(folder, f), m.Groups[1].Value)))
            .Where(asked => !Texts.Has(asked.Value))
            .Distinct();
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_text_exists_in_both_languages()
    {
        Assert.DoesNotContain(Texts.Keys, k => Texts.Get(Language.English, k).Length == 0 || Texts.Get(Language.Chinese, k).Length == 0);
    }

    [Fact]
    public void Every_place_of_the_map_has_its_texts()
    {
        foreach (var part in Tanlu.Server.Web.Navigation.Planned)
        {
            Assert.True(part.Key.Length == 0 || Texts.Has("nav." + part.Key));
            Assert.All(part.Places, p => Assert.True(Texts.Has("nav." + p.Key) && Texts.Has($"nav.{p.Key}.about"), p.Key));
        }
    }

    [Theory]
    [InlineData("/sign-in?lang=en")]
    [InlineData("/sign-in?lang=zh-CN")]
    [InlineData("/_parts?lang=en")]
    [InlineData("/_parts?lang=zh-CN")]
    [InlineData("/_parts/explanation?lang=zh-CN")]
    public async Task No_page_shows_a_key_without_text(string address)
    {
        var page = await server.Page(address);
        Assert.Empty(Key().Matches(page.DocumentElement.OuterHtml).Select(m => m.Value));
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/_parts")]
    [InlineData("/_parts/explanation")]
    public async Task A_Chinese_page_holds_no_English_words(string address)
    {
        var page = await server.Page(address + "?lang=zh-CN");
        var words = Shown(page.DocumentElement).SelectMany(text => Word().Matches(text).Select(m => m.Value)).Where(w => !SameInBoth.Contains(w)).Distinct();
        Assert.Empty(words);
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/_parts")]
    public async Task An_English_page_holds_no_Chinese(string address)
    {
        var page = await server.Page(address + "?lang=en");
        var words = Shown(page.DocumentElement).Where(text => Han().IsMatch(text)).Where(text => !text.Contains("8120 桶", StringComparison.Ordinal));
        Assert.Empty(words);
    }

    /// <summary>What a reader sees or hears: texts, names for screen readers, hints; not what is marked as another language.</summary>
    private static IEnumerable<string> Shown(IElement root)
    {
        var elements = root.QuerySelectorAll("*").Where(e => e.Closest("script, code, [lang]") is null or { LocalName: "html" });
        foreach (var element in elements)
        {
            foreach (var name in new[] { "aria-label", "title", "placeholder", "alt" })
            {
                if (element.GetAttribute(name) is { Length: > 0 } text)
                {
                    yield return text;
                }
            }

            foreach (var text in element.ChildNodes.OfType<IText>().Select(t => t.Text.Trim()).Where(t => t.Length > 0))
            {
                yield return text;
            }
        }
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Tanlu.slnx")))
        {
            at = at.Parent ?? throw new DirectoryNotFoundException("No Tanlu.slnx above the tests.");
        }

        return at.FullName;
    }

    [GeneratedRegex("\\b(?:T|Texts\\.Get|Texts\\.Fill)\\((?:[A-Za-z.]+, )?\"([a-z0-9_.]+[a-z0-9_])\"[,)]")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\[[a-z_]+\.[a-z0-9_.]+\]")]
    private static partial Regex Key();

    [GeneratedRegex("[A-Za-z][A-Za-z']*")]
    private static partial Regex Word();

    [GeneratedRegex(@"\p{IsCJKUnifiedIdeographs}")]
    private static partial Regex Han();
}
