using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Web.Measuring;

/// <summary>
/// A part of a statement: the address of a figure. It stands in the URL (<c>of, scope, account, site, month, source, gas</c>) beside the scope bar's own values, and
/// the same cut reads entries of a statement and postings of the book.
/// </summary>
/// <param name="Account">100, 200, 301 to 315.</param>
/// <param name="Site">Exactly this node.</param>
/// <param name="Gas">Id of a gas.</param>
/// <param name="Fixed">CO2e posted as such under this set.</param>
public sealed record FigureCut(
    Measure Of = Measure.Co2e, int? Scope = null, short? Account = null, long? Site = null, Month? Month = null, long? Source = null, short? Gas = null, GwpSet? Fixed = null)
{
    private const string FixedPrefix = "fixed-";

    /// <summary>Everything in the scopes.</summary>
    public static readonly FigureCut Whole = new();

    /// <summary>The names of the query values of a cut.</summary>
    public static readonly IReadOnlyList<string> Names = ["of", "scope", "account", "site", "month", "source", "gas"];

    /// <summary>The same cut as the modules' verbs take it.</summary>
    public StatementCut Drill => new(Site, Month, Source, Account, Scope, Gas, Fixed);

    /// <summary>Reads the query; a value that is not understood cuts nothing.</summary>
    public static FigureCut Parse(IQueryCollection query)
    {
        var gas = query["gas"].ToString();
        return new FigureCut(
            query["of"].ToString() switch { "biogenic" => Measure.Biogenic, "apart" => Measure.Apart, "energy" => Measure.Energy, _ => Measure.Co2e },
            Number(query["scope"]) is >= 1 and <= 3 and var scope ? (int)scope : null,
            Number(query["account"]) is 100 or 200 or (> 300 and <= 315) ? (short)Number(query["account"])!.Value : null,
            Number(query["site"]),
            Kernel.Month.Parse(query["month"]),
            Number(query["source"]),
            gas.Length > 0 ? Gases.Find(gas)?.Id : null,
            gas.StartsWith(FixedPrefix, StringComparison.Ordinal) ? FixedSet(gas[FixedPrefix.Length..]) : null);
    }

    /// <summary>The cut as query values; what is not cut is null.</summary>
    public (string Name, object? Value)[] Query =>
    [
        ("of", Of == Measure.Co2e ? null : Of.ToString().ToLowerInvariant()), ("scope", Scope), ("account", Account), ("site", Site), ("month", Month), ("source", Source), ("gas", GasCode),
    ];

    private string? GasCode => Gas is { } gas ? Gases.Get(gas).Code : Fixed is { } set ? FixedPrefix + (set == GwpSet.None ? "none" : Gwp.Code(set).ToLowerInvariant()) : null;

    public bool Covers(StatementEntry entry) => Covers(entry.Key, entry.Site, entry.Month, entry.Source);

    /// <summary>Whether a posting belongs to the cut of a statement of these months on this route.</summary>
    public bool Covers(Posting posting, StatementQuery query) =>
        Covers(posting.Key, posting.Site, posting.Month, posting.Source) && posting.Month.Number >= query.From.Number && posting.Month.Number < query.To.Number
        && (posting.Key.Route == Route.Both || posting.Key.Route == query.Route);

    /// <summary>What amounts with this key bring to the figure.</summary>
    public ExactAmount AmountOf(Amounts amounts, PostingKey key, GwpSet gwp) => new(Of, Of switch
    {
        Measure.Energy => amounts.EnergyWh,
        Measure.Biogenic => amounts.Co2Biogenic,
        Measure.Apart => Co2e.Apart(Drill.Of(key, amounts), key.OtherGas, gwp),
        _ => Co2e.InScopes(Drill.Of(key, amounts), key.OtherGas, gwp),
    });

    /// <summary>The figure: the sum over the entries it covers.</summary>
    public ExactAmount AmountOf(Statement statement) => AmountOf(statement.Entries.Where(Covers), statement.Gwp);

    public ExactAmount AmountOf(IEnumerable<StatementEntry> covered, GwpSet gwp) =>
        covered.Aggregate(new ExactAmount(Of, 0), (sum, e) => sum + AmountOf(e.Amounts, e.Key, gwp));

    private bool Covers(PostingKey key, long site, Month month, long source) =>
        (Scope is null || key.Account.Scope == Scope) && (Account is null || key.Account.Number == Account) && (Site is null || site == Site)
        && (Month is null || month == Month) && (Source is null || source == Source) && (Fixed is null || key.FixedGwp == Fixed);

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static GwpSet? FixedSet(string text) => text == "none" ? GwpSet.None : Gwp.Parse(text);
}
