using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>What one indicator adds to a score.</summary>
/// <param name="Normalised">Impact ÷ normalisation; null where the set does not normalise.</param>
/// <param name="Weighted">In the unit of the set; null where it does not weight.</param>
public sealed record ScorePart(string IndicatorId, string Name, double Impact, string Unit, double? Normalised, double? Weighted);

/// <summary>A normalised and weighted result (ISO 14044:2006, 4.4.3.2 and 4.4.3.4): impact ÷ normalisation × weight, summed over the indicators of a set.</summary>
/// <param name="Total">In <paramref name="Unit"/>; null where the set only normalises.</param>
public sealed record SingleScore(string SetId, double? Total, string Unit, IReadOnlyList<ScorePart> Parts)
{
    /// <summary>
    /// The score of impacts under a set. The set's indicators are found among the given ones by id, code or a name that <see cref="IndicatorTable"/> knows. Refused where one is missing
    /// (<c>score_indicator_missing</c>), there twice (<c>score_indicator_twice</c>), or in another unit (<c>score_unit</c>): a score without it would be too low without a word.
    /// </summary>
    public static Outcome<SingleScore> Of(NormalisationWeighting set, IReadOnlyList<IndicatorDataset> indicators, ReadOnlySpan<double> impacts)
    {
        var problems = new List<Problem>();
        var parts = new List<ScorePart>();
        foreach (var weight in set.Indicators)
        {
            var places = Places(weight.IndicatorId, indicators);
            if (places.Count != 1)
            {
                problems.Add(places.Count == 0
                    ? new Problem("score_indicator_missing", null, "indicator", weight.IndicatorId, set.Name)
                    : new Problem("score_indicator_twice", null, "indicator", weight.IndicatorId, set.Name, indicators[places[0]].Name, indicators[places[1]].Name));
                continue;
            }

            var indicator = indicators[places[0]];
            if (Known(weight.IndicatorId) is { } known && !IndicatorTable.IsUnit(known, indicator.Unit))
            {
                problems.Add(new Problem("score_unit", null, "unit", indicator.Unit, indicator.Name, known.Unit));
                continue;
            }

            var impact = impacts[places[0]];
            var normalised = weight.Normalisation is { } reference ? impact / reference : (double?)null;
            parts.Add(new ScorePart(indicator.Id, indicator.Name, impact, indicator.Unit, normalised, (normalised ?? impact) * weight.Weight));
        }

        return problems.Count > 0
            ? Outcome<SingleScore>.Refused(problems)
            : new SingleScore(set.Id, parts.Any(p => p.Weighted is not null) ? parts.Sum(p => p.Weighted ?? 0) : null, set.Unit, parts);
    }

    private static List<int> Places(string wanted, IReadOnlyList<IndicatorDataset> indicators)
    {
        var exact = Enumerable.Range(0, indicators.Count).Where(i => indicators[i].Id == wanted || indicators[i].Code == wanted).ToList();
        return exact.Count > 0 || Known(wanted) is not { } known
            ? exact
            : [.. Enumerable.Range(0, indicators.Count).Where(i => IndicatorTable.Find(known.Set, indicators[i].Id, indicators[i].Code, indicators[i].Name) == known)];
    }

    private static KnownIndicator? Known(string code) => IndicatorTable.All.FirstOrDefault(i => i.Code == code && i.Set is ("ef" or "ecobalyse"));
}
