using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Inventory;

/// <summary>How the emissions of entities that are partly owned are taken in (GHG Protocol Corporate Standard, ch. 3).</summary>
public enum Consolidation
{
    EquityShare = 1,
    FinancialControl = 2,
    OperationalControl = 3,
}

/// <summary>Names of the approaches as files, routes and the database spell them.</summary>
public static class Consolidations
{
    public static IReadOnlyList<string> All { get; } = ["equity_share", "financial_control", "operational_control"];

    public static string Code(Consolidation approach) => All[(int)approach - 1];

    public static Consolidation? Parse(string? text) => text is not null && All.ToList().IndexOf(text) is >= 0 and var at ? (Consolidation)(at + 1) : null;
}

/// <summary>Something left out of an edition, and why.</summary>
public sealed record Exclusion(string What, string Reason);

/// <summary>An edition to be made. Null and empty say that nothing was given, and are refused: an edition says all of it.</summary>
/// <param name="Entity">Node whose subtree is the boundary; 0 is the whole tenant.</param>
/// <param name="From">First month.</param>
/// <param name="To">The month after the last.</param>
/// <param name="Exclusions">What was left out. Empty only together with <paramref name="NoExclusions"/>.</param>
/// <param name="NoExclusions">The explicit statement that nothing was left out.</param>
public sealed record NewEdition(
    string Title, long? Entity, Consolidation? Approach, Month? From, Month? To, Route? Route, GwpSet? Gwp, IReadOnlyList<Exclusion> Exclusions, bool NoExclusions = false)
{
    private const int LongestText = 2000;
    private const int MostExclusions = 200;

    /// <summary>One problem per field that is missing or does not hold.</summary>
    internal IReadOnlyList<Problem> Problems()
    {
        var problems = new List<Problem>();
        Need(Fits(Title, 200), "title", Title);
        Need(Entity is >= 0, "entity", null);
        Need(Approach is { } approach && Enum.IsDefined(approach), "approach", null);
        Need(From is not null, "from", null);
        Need(To is not null, "to", null);
        Need(Route is Factors.Methods.Route.GhgProtocol or Factors.Methods.Route.Guideline, "route", null);
        Need(Gwp is >= GwpSet.Sar and <= GwpSet.Ar6, "gwp", null);
        if (From is { } from && To is { } to)
        {
            problems.AddRange(new StatementQuery(null, from, to).Problems());
        }

        if (Exclusions.Count == 0 && !NoExclusions)
        {
            problems.Add(new Problem("exclusions_needed", Column: "exclusions"));
        }
        else if (Exclusions.Count > 0 && NoExclusions)
        {
            problems.Add(new Problem("exclusions_contradict", Column: "no_exclusions"));
        }
        else if (Exclusions.Count > MostExclusions || !Exclusions.All(e => Fits(e.What, LongestText) && Fits(e.Reason, LongestText)))
        {
            problems.Add(new Problem("exclusion_needs_reason", Column: "exclusions", Found: Exclusions.FirstOrDefault(e => !Fits(e.Reason, LongestText) || !Fits(e.What, LongestText))?.What));
        }

        return problems;

        void Need(bool given, string field, string? found)
        {
            if (!given)
            {
                problems.Add(new Problem("edition_needs_" + field, Column: field, Found: found));
            }
        }

        static bool Fits(string? text, int most) => !string.IsNullOrWhiteSpace(text) && text.Length <= most && !text.Contains('\0');
    }
}

/// <summary>An edition without its figures, as it is listed.</summary>
/// <param name="Node">Top of the boundary; 0 is the whole tenant.</param>
/// <param name="To">The month after the last.</param>
/// <param name="Book">The last sealed batch that it rests on.</param>
/// <param name="Previous">Number of the edition before it of the same entity and period; null where it is the first.</param>
/// <param name="Hash">SHA-256 of the canonical content.</param>
public sealed record EditionHead(
    long Number, long Node, string Title, string EntityEn, string EntityZh, Consolidation Approach, Month From, Month To, Route Route, GwpSet Gwp, DateTimeOffset MadeAt, string MadeBy,
    BookState Book, long? Previous, byte[] Hash)
{
    public string Entity(Language language) => language == Language.Chinese && EntityZh.Length > 0 || EntityEn.Length == 0 ? EntityZh : EntityEn;
}

/// <summary>What a site or a source was called when the edition was made.</summary>
public sealed record EditionName(string Code, string En, string Zh)
{
    public string Name(Language language) => language == Language.Chinese && Zh.Length > 0 || En.Length == 0 ? Zh : En;
}

/// <summary>A statement frozen: its figures, caveats and names are those of the day it was made, whatever the book says since.</summary>
/// <param name="Content">The canonical JSON whose SHA-256 is the edition's hash.</param>
public sealed record Edition(
    EditionHead Head, IReadOnlyList<Exclusion> Exclusions, Statement Statement, IReadOnlyDictionary<long, EditionName> Sites, IReadOnlyDictionary<long, EditionName> Sources, string Content);

/// <summary>One line of a comparison.</summary>
/// <param name="Key"><c>scope/1</c>, <c>site/{code}</c> or <c>source/{site code}/{code}</c>.</param>
/// <param name="Name">Null where the key says it all.</param>
public sealed record EditionDifference(string Key, EditionName? Name, Co2eSum Before, Co2eSum After)
{
    public Co2eSum Change => new(After.Scaled - Before.Scaled);
}

/// <summary>What differs between two editions.</summary>
/// <param name="SameBasis">Whether entity, period, approach, route and GWP set are the same; where not, a difference need not be a change of the book.</param>
public sealed record EditionComparison(
    EditionHead Before, EditionHead After, bool SameBasis, IReadOnlyList<EditionDifference> Scopes, IReadOnlyList<EditionDifference> Sites, IReadOnlyList<EditionDifference> Sources);
