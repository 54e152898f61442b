using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A planetary boundary in an indicator of the Environmental Footprint.</summary>
/// <param name="Boundary">World per year, in <see cref="Unit"/>.</param>
/// <param name="PerPerson">The share of one person.</param>
/// <param name="Ratio">The world's footprint (normalisation factor × population) over the boundary: above one the boundary is crossed.</param>
public sealed record PlanetaryBoundary(string Indicator, double Boundary, string Unit, double PerPerson, double Ratio, string Source, string Mark);

/// <summary>The normalisation and weighting sets that ship with the product. Their indicators are codes of <see cref="IndicatorTable"/>.</summary>
public static class BuiltInSets
{
    /// <summary>EF 3.1 (JRC130796).</summary>
    public const string Ef31 = "ef31";

    public const string Ef31WithoutToxicity = "ef31_without_toxicity";

    /// <summary>EF 3.1 normalisation, weighted by how far the world is from each planetary boundary.</summary>
    public const string PlanetaryBoundaries = "planetary_boundaries";

    public const string EcobalysePef = "ecobalyse_pef";

    /// <summary>The French environmental cost; rests on corrected toxicity indicators.</summary>
    public const string EcobalyseCost = "ecobalyse_cost";

    private static readonly Dictionary<string, (NormalisationWeighting Set, string Version)> Sets = [];

    static BuiltInSets()
    {
        foreach (var set in DataRows.Read("lca/normalisation-weighting.csv").GroupBy(r => r["set"]))
        {
            Sets.Add(set.Key, (new NormalisationWeighting(set.Key, set.Key, "Pt", [.. set.Select(r => new IndicatorWeight(r["indicator"], Number(r["normalisation"]), Number(r["weight"])))]), set.First()["version"]));
        }

        var ef = Sets[Ef31].Set.Indicators.ToDictionary(i => i.IndicatorId, i => i.Normalisation!.Value);
        Boundaries =
        [
            .. DataRows.Read("lca/planetary-boundaries.csv").Select(r =>
            {
                var (boundary, population) = (Number(r["boundary"]), Number(r["population"]));
                return new PlanetaryBoundary(r["indicator"], boundary, r["unit"], boundary / population, ef[r["indicator"]] * population / boundary, r["source"], r["mark"]);
            }),
        ];

        // impact ÷ normalisation × ratio is the impact over a person's share of the boundary, up to one constant for all indicators.
        var sum = Boundaries.Sum(b => b.Ratio);
        Sets.Add(
            PlanetaryBoundaries,
            (new NormalisationWeighting(PlanetaryBoundaries, PlanetaryBoundaries, "Pt", [.. Boundaries.Select(b => new IndicatorWeight(b.Indicator, ef[b.Indicator], b.Ratio / sum))]), "Sala 2020"));
    }

    public static IEnumerable<NormalisationWeighting> All => Sets.Values.Select(s => s.Set);

    public static IReadOnlyList<PlanetaryBoundary> Boundaries { get; }

    public static NormalisationWeighting? Find(string id) => Sets.TryGetValue(id, out var set) ? set.Set : null;

    public static NormalisationWeighting Get(string id) => Find(id) ?? throw new InvalidDataException($"No set “{id}”.");

    public static string Version(string id) => Sets[id].Version;

    public static string Name(string id, Language language) => Texts.Get(language, "lca_set." + id);

    private static double Number(string cell) => double.Parse(cell, CultureInfo.InvariantCulture);
}
