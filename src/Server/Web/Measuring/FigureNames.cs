using System.Globalization;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Measuring;

/// <summary>What the parts of a statement are called in the reader's language, and what a reader must know of them.</summary>
public sealed class FigureNames(Ui ui, StatementHeader header)
{
    private readonly Dictionary<long, string> _sites = header.Nodes.ToDictionary(n => n.Id, n => n.Name(ui.Language));
    private readonly Dictionary<long, EmissionSource> _sources = header.Sources.ToDictionary(s => s.Id);

    public string Site(long id) => _sites.GetValueOrDefault(id) ?? ui.T("figure.site_unknown", id);

    public string Source(long id) => _sources.TryGetValue(id, out var source) ? source.Name : ui.T("figure.source_unknown", id);

    /// <summary>Source and site, for lists in which sites mix.</summary>
    public string SourceAtSite(long id) => _sources.TryGetValue(id, out var source) ? $"{source.Name} · {Site(source.Site)}" : Source(id);

    public static string Scope(Ui ui, int scope) => ui.T("scope_name." + scope.ToString(CultureInfo.InvariantCulture));

    /// <summary>With its number: 3.1 Purchased goods and services.</summary>
    public static string Category(Ui ui, int category) => ui.T("statement.category3_" + category.ToString(CultureInfo.InvariantCulture));

    public static string Account(Ui ui, short number) => new Account(number) is { Category3: > 0 and var category } ? Category(ui, category) : Scope(ui, number / 100);

    /// <summary>The name, after the formula where that is what people say.</summary>
    public static string Gas(Ui ui, Gas gas) => gas.Name(ui.Language) is var name && FigureText.Pretty(gas.Formula) is var formula && formula != gas.Formula ? $"{formula} {name}" : name;

    public static string Fixed(Ui ui, GwpSet set) => set == GwpSet.None ? ui.T("figure.fixed_unknown") : ui.T("figure.fixed", Gwp.Code(set));

    /// <summary>The cut in words, from the whole to its last restriction; each step with the cut it stands for.</summary>
    public IReadOnlyList<(string Words, FigureCut Cut)> Steps(FigureCut cut)
    {
        var at = new FigureCut(cut.Of);
        var steps = new List<(string, FigureCut)> { (ui.T("measure." + cut.Of.ToString().ToLowerInvariant()), at) };
        Add(cut.Scope is { } scope ? Scope(ui, scope) : null, at with { Scope = cut.Scope });
        Add(cut.Account is { } account ? Account(ui, account) : null, at with { Account = cut.Account });
        Add(cut.Gas is { } gas ? Gas(ui, Gases.Get(gas)) : cut.Fixed is { } set ? Fixed(ui, set) : null, at with { Gas = cut.Gas, Fixed = cut.Fixed });
        Add(cut.Site is { } site ? Site(site) : null, at with { Site = cut.Site });
        Add(cut.Month is { } month ? ui.Month(month) : null, at with { Month = cut.Month });
        Add(cut.Source is { } source ? Source(source) : null, at with { Source = cut.Source });
        return steps;

        void Add(string? words, FigureCut next)
        {
            if (words is not null)
            {
                steps.Add((words, at = next));
            }
        }
    }

    /// <summary>What must be known of a sum of these entries.</summary>
    public static FigureMarks Marks(IEnumerable<StatementEntry> entries)
    {
        var marks = FigureMarks.None;
        foreach (var entry in entries)
        {
            marks |= entry.Quality == DataQuality.Estimated ? FigureMarks.Estimated : FigureMarks.None;
            foreach (var flag in entry.Origin.Flags)
            {
                marks |= flag.Code switch
                {
                    MatchFlag.Stale => FigureMarks.Stale,
                    MatchFlag.Unverified or EntryOrigin.NotRecomputed => FigureMarks.Unverified,
                    _ => FigureMarks.None,
                };
            }
        }

        return marks;
    }
}
