using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>An inventory. There is no total over location and market: market-based scope 2 exists only with instruments.</summary>
/// <param name="Node">Top of the boundary; null is the whole.</param>
/// <param name="To">Last month, included.</param>
/// <param name="BookSeq">The last sealed batch in it.</param>
public sealed record StatementBody(
    long? Node, string Entity, string From, string To, string Gwp, string Route, long BookSeq, string BookChain, TotalsBody Totals, IReadOnlyList<PartBody> Accounts, IReadOnlyList<PartBody> Sites,
    IReadOnlyList<PartBody> Months, IReadOnlyList<PartBody> Sources, IReadOnlyList<GasTotalBody> Gases, IReadOnlyList<CaveatBody> Caveats, double CompleteShare,
    IReadOnlyList<PackUseBody> Packs)
{
    internal static StatementBody Of(BoundaryStatement built, IReadOnlyList<PackUse> packs, Language language)
    {
        var (header, statement) = (built.Header, built.Statement);
        var query = header.Query;
        var sources = header.Sources.ToDictionary(s => s.Id);
        var nodes = header.Nodes.ToDictionary(n => n.Id);
        return new StatementBody(
            query.Node, header.EntityName(language), query.From.ToString(), new Month(query.To.Number - 1).ToString(), Kernel.Gwp.Code(query.Gwp), RouteCodes.Code(query.Route), header.Book.Seq,
            Convert.ToHexStringLower(header.Book.Chain), TotalsBody.Of(statement),
            Parts(statement, e => e.Key.Account.Number, a => a.ToString(CultureInfo.InvariantCulture), a => null),
            Parts(statement, e => e.Site, s => s.ToString(CultureInfo.InvariantCulture), s => nodes.GetValueOrDefault(s)?.Name(language)),
            Parts(statement, e => e.Month, m => m.ToString(), _ => null),
            Parts(statement, e => e.Source, s => s.ToString(CultureInfo.InvariantCulture), s => sources.GetValueOrDefault(s)?.Name),
            GasTotalBody.Of(statement), CaveatBody.Of(statement, language), built.Completeness.Share,
            [.. packs.Select(u => new PackUseBody(
                u.Pack.Code, u.Pack.Version, u.Pack.Hash, u.Pack.Name(language), u.Pack.Publisher, u.Pack.Licence, u.Pack.LicenceUrl, u.Pack.Attribution, u.Pack.ShareAlike, u.Pack.Redistributable,
                u.Co2e.Kilograms, u.Share))]);
    }

    internal static IReadOnlyList<PartBody> Parts<TKey>(Statement statement, Func<StatementEntry, TKey> cut, Func<TKey, string> key, Func<TKey, string?> name)
        where TKey : notnull
    {
        var energy = statement.EnergyBy(cut);
        return [.. statement.By(cut).OrderBy(p => p.Key).Select(p => new PartBody(key(p.Key), name(p.Key), p.Value.Kilograms, (double)energy[p.Key] / 1e6))];
    }
}

/// <summary>A factor pack that the figures rest on: licence and attribution have to be named where they are shown.</summary>
/// <param name="Kg">kg CO2e in the scopes calculated with it.</param>
/// <param name="Share">Of all CO2e in the scopes.</param>
public sealed record PackUseBody(
    string Code, string Version, string Hash, string Name, string Publisher, string Licence, string LicenceUrl, string Attribution, bool ShareAlike, bool Redistributable, double Kg, double Share);

/// <summary>Totals in kg CO2e; biogenic CO2 in kg, outside the scopes.</summary>
/// <param name="Scope2MarketKg">null: not given.</param>
/// <param name="ApartKg">Gases outside the Kyoto list, reported apart.</param>
public sealed record TotalsBody(
    double Scope1Kg, double Scope2LocationKg, double? Scope2MarketKg, double Scope3Kg, double BiogenicCo2Kg, double ApartKg, double EnergyMwh, double EnergyGj, double EnergyTce)
{
    internal static TotalsBody Of(Statement s) => new(
        s.Scope1.Kilograms, s.Scope2Location.Kilograms, null, s.Scope3.Kilograms, (double)s.BiogenicCo2Mg / 1e6, s.Apart.Kilograms, s.EnergyMWh, s.EnergyGJ, s.EnergyTce);
}

/// <summary>One figure of the book.</summary>
/// <param name="Co2eMg">CO2e in the scopes, exact: whole milligrams and thousandths as decimal text, because it may not fit a number of JSON.</param>
/// <param name="BookSeq">The last sealed batch in it.</param>
public sealed record TotalBody(
    string From, string To, string Gwp, string Route, long BookSeq, string Co2eMg, double Co2eKg, double Scope1Kg, double Scope2LocationKg, double Scope3Kg, double BiogenicCo2Kg, double ApartKg,
    double EnergyMwh)
{
    internal static TotalBody Of(CutTotal total) => new(
        total.Query.From.ToString(), new Month(total.Query.To.Number - 1).ToString(), Kernel.Gwp.Code(total.Query.Gwp), RouteCodes.Code(total.Query.Route), total.Book.Seq,
        Web.Measuring.ExactText.Of(total.AllScopes.Scaled, 3, grouped: false), total.AllScopes.Kilograms, total.Scope(1).Kilograms, total.Scope(2).Kilograms, total.Scope(3).Kilograms,
        (double)total.BiogenicCo2Mg / 1e6, total.Apart.Kilograms, (double)total.EnergyWh / 1e6);
}

/// <summary>A part of a statement: its key in the cut, its name where it has one, CO2e and energy side by side.</summary>
public sealed record PartBody(string Key, string? Name, double Co2eKg, double EnergyMwh);

/// <summary>A gas of a statement.</summary>
/// <param name="Gas">null for CO2e that was posted as such.</param>
public sealed record GasTotalBody(string? Gas, string? FixedGwp, double MassKg, double Co2eKg)
{
    internal static IReadOnlyList<GasTotalBody> Of(Statement statement) =>
    [
        .. statement.ByGas().Select(g => new GasTotalBody(
            g.Gas?.Code, g.FixedGwp == GwpSet.None ? null : Kernel.Gwp.Code(g.FixedGwp), (double)g.MassMg / 1e6, g.Co2e.Kilograms)),
    ];
}

/// <summary>A limit of a statement; it prints with the figures and cannot be left out.</summary>
/// <param name="Share">Share of the tonnes in the scopes, 0 to 1; null where it is not a matter of tonnes.</param>
public sealed record CaveatBody(string Code, double? Share, string Message)
{
    internal static IReadOnlyList<CaveatBody> Of(Statement statement, Language language) => [.. statement.Caveats.Select(c => new CaveatBody(c.Code, c.Share, c.Text(language)))];
}

/// <summary>How complete the sources are.</summary>
/// <param name="Share">Share of the expected months that have figures.</param>
public sealed record CompletenessBody(int Expected, int Missing, double Share, IReadOnlyList<SourceMonthsBody> Sources)
{
    internal static CompletenessBody Of(Completeness c) => new(
        c.Expected, c.Missing, c.Share, [.. c.Sources.Select(s => new SourceMonthsBody(SourceBody.Of(s.Source), [.. s.Present.Select(m => m.ToString())], [.. s.Missing.Select(m => m.ToString())]))]);
}

/// <summary>The months of a source.</summary>
public sealed record SourceMonthsBody(SourceBody Source, IReadOnlyList<string> Present, IReadOnlyList<string> Missing);

/// <summary>An edition to be made. All of it must be given; what is missing is named.</summary>
/// <param name="Entity">Node whose subtree is the boundary; 0 is the whole.</param>
/// <param name="Approach">equity_share, financial_control or operational_control.</param>
/// <param name="From">First month.</param>
/// <param name="To">Last month, included.</param>
/// <param name="NoExclusions">The explicit statement that nothing was left out.</param>
public sealed record NewEditionBody(
    string? Title, long? Entity, string? Approach, string? From, string? To, string? Route, string? Gwp, IReadOnlyList<ExclusionBody>? Exclusions, bool? NoExclusions)
{
    internal NewEdition ToEdition() => new(
        Title ?? "", Entity, Consolidations.Parse(Approach), Words.Month(From), Words.Month(To) is { } last ? new Month(last.Number + 1) : null, RouteCodes.Parse(Route), Kernel.Gwp.Parse(Gwp),
        [.. (Exclusions ?? []).Select(e => new Exclusion(e.What ?? "", e.Reason ?? ""))], NoExclusions == true);
}

/// <summary>Something left out, and why.</summary>
public sealed record ExclusionBody(string? What, string? Reason);

/// <summary>An edition as it is listed.</summary>
/// <param name="Hash">SHA-256 of its canonical content.</param>
/// <param name="Previous">The edition before it of the same entity and period.</param>
public sealed record EditionHeadBody(
    long Number, string Title, long Node, string Entity, string Approach, string From, string To, string Route, string Gwp, DateTimeOffset MadeAt, string MadeBy, long BookSeq, string BookRoot,
    string BookChain, long? Previous, string Hash)
{
    internal static EditionHeadBody Of(EditionHead e, Language language) => new(
        e.Number, e.Title, e.Node, e.Entity(language), Consolidations.Code(e.Approach), e.From.ToString(), new Month(e.To.Number - 1).ToString(), RouteCodes.Code(e.Route), Kernel.Gwp.Code(e.Gwp),
        e.MadeAt, e.MadeBy, e.Book.Seq, Convert.ToHexStringLower(e.Book.Root), Convert.ToHexStringLower(e.Book.Chain), e.Previous, Convert.ToHexStringLower(e.Hash));
}

/// <summary>An edition with its frozen figures.</summary>
/// <param name="Difference">To the edition before of the same entity and period; null where it is the first.</param>
public sealed record EditionBody(
    EditionHeadBody Edition, IReadOnlyList<ExclusionBody> Exclusions, TotalsBody Totals, IReadOnlyList<PartBody> Accounts, IReadOnlyList<PartBody> Sites, IReadOnlyList<PartBody> Months,
    IReadOnlyList<PartBody> Sources, IReadOnlyList<GasTotalBody> Gases, IReadOnlyList<CaveatBody> Caveats, EditionDifferenceBody? Difference)
{
    internal static EditionBody Of(Edition e, EditionComparison? difference, Language language) => new(
        EditionHeadBody.Of(e.Head, language), [.. e.Exclusions.Select(x => new ExclusionBody(x.What, x.Reason))], TotalsBody.Of(e.Statement),
        StatementBody.Parts(e.Statement, c => c.Key.Account.Number, a => a.ToString(CultureInfo.InvariantCulture), _ => null),
        StatementBody.Parts(e.Statement, c => c.Site, s => s.ToString(CultureInfo.InvariantCulture), s => e.Sites.GetValueOrDefault(s)?.Name(language)),
        StatementBody.Parts(e.Statement, c => c.Month, m => m.ToString(), _ => null),
        StatementBody.Parts(e.Statement, c => c.Source, s => s.ToString(CultureInfo.InvariantCulture), s => e.Sources.GetValueOrDefault(s)?.Name(language)),
        GasTotalBody.Of(e.Statement), CaveatBody.Of(e.Statement, language), difference is null ? null : EditionDifferenceBody.Of(difference, language));
}

/// <summary>What differs between two editions.</summary>
/// <param name="SameBasis">Entity, period, approach, route and GWP set are the same; where not, a difference need not be a change of the book.</param>
public sealed record EditionDifferenceBody(
    long Before, long After, bool SameBasis, IReadOnlyList<DifferenceBody> Scopes, IReadOnlyList<DifferenceBody> Sites, IReadOnlyList<DifferenceBody> Sources)
{
    internal static EditionDifferenceBody Of(EditionComparison c, Language language)
    {
        return new(c.Before.Number, c.After.Number, c.SameBasis, Lines(c.Scopes), Lines(c.Sites), Lines(c.Sources));

        IReadOnlyList<DifferenceBody> Lines(IReadOnlyList<EditionDifference> lines) =>
            [.. lines.Select(d => new DifferenceBody(d.Key, d.Name?.Name(language), d.Before.Kilograms, d.After.Kilograms, d.Change.Kilograms))];
    }
}

/// <summary>One line of a comparison, kg CO2e.</summary>
public sealed record DifferenceBody(string Key, string? Name, double BeforeKg, double AfterKg, double ChangeKg);
