using System.Globalization;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>A limit of a statement, derived from its entries. Texts: <c>caveat.{Code}</c>.</summary>
/// <param name="Share">Share of the tonnes in the scopes it touches, 0 to 1; null where it is not a matter of tonnes.</param>
public sealed record Caveat(string Code, double? Share, params IReadOnlyList<string> Args)
{
    public string Text(Language language) =>
        Texts.Fill(language, "caveat." + Code, [Share is { } share ? Percent(share) : "", .. Args]);

    /// <summary>A little is not nothing, and nearly all is not all.</summary>
    private static string Percent(double share) => share switch
    {
        > 0 and < 0.0005 => "< 0.1",
        >= 0.9995 and < 1 => "> 99.9",
        _ => (100 * share).ToString("0.#", CultureInfo.InvariantCulture),
    };
}

/// <summary>Computes the caveats of a statement. None can be left out: they are part of it.</summary>
internal static class Caveats
{
    private const int MostNamed = 6;

    public static IReadOnlyList<Caveat> Of(Statement statement)
    {
        var caveats = new List<Caveat>();
        var whole = statement.Sum(_ => true);
        if (statement.Entries.Any(e => e.Key.Account.Scope == 2))
        {
            caveats.Add(new Caveat("scope2_market_not_given", null));
        }

        Flagged("stale_factors", MatchFlag.Stale);
        Flagged("unverified_factors", MatchFlag.Unverified);
        Flagged("larger_place", MatchFlag.StandsIn);
        Flagged("other_place", MatchFlag.OtherPlace);
        Flagged("not_recomputed", EntryOrigin.NotRecomputed);

        var otherSets = statement.Entries.Where(e => e.Amounts.Co2eFixed != 0 && e.Key.FixedGwp != statement.Gwp).ToList();
        if (otherSets.Count > 0)
        {
            caveats.Add(new Caveat(
                "mixed_gwp", Fixed(otherSets).ShareOf(whole), Gwp.Code(statement.Gwp),
                string.Join(", ", otherSets.Select(e => e.Key.FixedGwp).Distinct().OrderBy(g => g == GwpSet.None).ThenBy(g => g).Select(g => g == GwpSet.None ? "–" : Gwp.Code(g)))));
        }

        Share("estimated", e => e.Quality == DataQuality.Estimated);
        Share("quality_unstated", e => e.Quality == DataQuality.Unstated);
        if (whole.Scaled != 0)
        {
            caveats.Add(new Caveat("evidence", statement.Sum(e => e.Evidenced).ShareOf(whole)));
        }

        if (statement.Route != Route.GhgProtocol && FuelsWithoutOtherGases(statement))
        {
            caveats.Add(new Caveat("guideline_co2_only", null));
        }

        if (statement.Apart.Scaled != 0)
        {
            caveats.Add(new Caveat("montreal_apart", null, statement.Apart.Kilograms.ToString("0.###", CultureInfo.InvariantCulture)));
        }

        return caveats;

        void Flagged(string code, string flag)
        {
            var touched = statement.Entries.Where(e => e.Origin.Flags.Any(f => f.Code == flag)).ToList();
            if (touched.Count > 0)
            {
                var names = touched.Select(e => e.Origin.FactorId).Distinct().Order(StringComparer.Ordinal).ToList();
                var shown = string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? $" … ({names.Count.ToString(CultureInfo.InvariantCulture)})" : "");
                caveats.Add(new Caveat(code, Total(touched).ShareOf(whole), shown));
            }
        }

        void Share(string code, Func<StatementEntry, bool> which)
        {
            var sum = statement.Sum(which);
            if (sum.Scaled != 0)
            {
                caveats.Add(new Caveat(code, sum.ShareOf(whole)));
            }
        }

        Co2eSum Total(IEnumerable<StatementEntry> entries) => entries.Aggregate(default(Co2eSum), (sum, e) => sum + statement.Of(e));

        static Co2eSum Fixed(IEnumerable<StatementEntry> entries) =>
            new(entries.Aggregate(Int128.Zero, (sum, e) => sum + ((Int128)e.Amounts.Co2eFixed * Gwp.Scale)));
    }

    /// <summary>Whether some fuel counts CO2 alone, as the Chinese guidelines of 2013-15 do: its CH4 and N2O are not in the figure.</summary>
    private static bool FuelsWithoutOtherGases(Statement statement) => statement.Entries
        .Where(e => e.Origin.Activity.StartsWith("fuel.", StringComparison.Ordinal) && e.Key.Account.Scope == 1)
        .GroupBy(e => (e.Source, e.Origin.Activity))
        .Any(fuel => fuel.All(e => e.Amounts is { Ch4: 0, Ch4Fossil: 0, Ch4NonFossil: 0, N2O: 0, Co2eFixed: 0 }) && fuel.Any(e => e.Amounts.Co2 != 0));
}
