using Tanlu.Factors;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Web.Activities;
using Tanlu.Server.Web.Factors;

namespace Tanlu.Server.Web.Search;

/// <summary>One thing that the words found.</summary>
/// <param name="About">What it is, in small.</param>
public sealed record SearchHit(string Icon, string Name, string About, string Href);

/// <summary>What was found of one kind.</summary>
public sealed record SearchGroup(string Name, IReadOnlyList<SearchHit> Hits);

/// <summary>Looks for words in what the caller may see: sites, sources, activities and factors.</summary>
public sealed class SearchWords(OrganisationTree tree, Journal journal, FactorPacks packs)
{
    public async Task<IReadOnlyList<SearchGroup>> Groups(Ui ui, string words, int most)
    {
        if (words.Length == 0)
        {
            return [];
        }

        var groups = new List<SearchGroup>();
        var nodes = await tree.Subtree(ui.Caller, null, null, ui.Gone);
        if (!nodes.Ok)
        {
            return [];
        }

        Add("search.sites", nodes.Value.Where(n => Holds(n.NameEn) || Holds(n.NameZh) || Holds(n.Code))
            .Select(n => new SearchHit("organisation", n.Name(ui.Language), n.Code, ui.Link("/activities", ("node", n.Id)))));
        var sites = nodes.Value.ToDictionary(n => n.Id, n => n.Name(ui.Language));
        var sources = await journal.Sources(ui.Caller, null, ui.Gone);
        Add("nav.sources", (sources.Ok ? sources.Value : []).Where(s => Holds(s.Name) || Holds(s.Code))
            .Select(s => new SearchHit("sources", s.Name, sites.GetValueOrDefault(s.Site, s.SiteCode), ui.Link("/activities", ("f.source", s.Id)))));
        var activities = await journal.Activities(ui.Caller, new ActivityQuery(Text: words, Take: most), ui.Gone);
        Add("nav.activities", (activities.Ok ? activities.Value.Activities : [])
            .Select(a => new SearchHit("activities", ActivityLinks.Name(ui, a), $"{a.SourceName} · {ActivityLinks.Days(ui, a.Period)}", ActivityLinks.Page(ui, a.Id))));
        var library = await packs.LibraryFor(ui.Caller.Tenant, ui.Gone);
        Add("nav.factors", library.Search(new FactorSearch(words, Take: most) { Home = await HomePlace.Of(tree, ui.Caller, null, ui.Gone), Language = ui.Language }).Versions
            .Select(v => new SearchHit("factors", v.Name(ui.Language), $"{FactorWords.Headline(ui, v)} · {v.Version}", FactorLinks.Page(ui, v.Id))));
        return groups;

        bool Holds(string text) => text.Contains(words, StringComparison.OrdinalIgnoreCase);

        void Add(string name, IEnumerable<SearchHit> hits)
        {
            if (hits.Take(most).ToList() is { Count: > 0 } found)
            {
                groups.Add(new SearchGroup(ui.T(name), found));
            }
        }
    }
}
