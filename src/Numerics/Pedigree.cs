using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>
/// The pedigree scores of an amount (Weidema and Wesnæs 1996): reliability, completeness, temporal, geographical and further technological correlation, 1 (best) to 5 each; 0 where a score is
/// not given, which adds nothing.
/// </summary>
public readonly record struct Pedigree(int Reliability, int Completeness, int Temporal, int Geographical, int Technological)
{
    /// <summary>Data quality guideline of ecoinvent 3.</summary>
    public const string Usual = "weidema-2013";

    private static readonly Lazy<Dictionary<(string Set, string Indicator), double[]>> Variances = new(() => DataRows.Read("lca/pedigree.csv").ToDictionary(
        row => (row["set"], row["indicator"]),
        row => Enumerable.Range(1, 5).Select(score => double.Parse(row["score_" + score.ToString(CultureInfo.InvariantCulture)], CultureInfo.InvariantCulture)).ToArray()));

    /// <summary>Names of the sets of factors.</summary>
    public static IReadOnlyList<string> Sets => [.. Variances.Value.Keys.Select(k => k.Set).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Own variance of the logarithm of an amount whose dataset gives none.</summary>
    public static double BasicVariance(string set = Usual) => Variances.Value[(set, "basic")][0];

    /// <summary>Scores as files write them: <c>(2;3;1;5;1)</c>, also with commas, <c>na</c> for what is not given, and further numbers after the fifth, which are left out. Null where it is something else.</summary>
    public static Pedigree? Parse(string text)
    {
        var parts = text.Trim().TrimStart('(').TrimEnd(')').Split([';', ','], StringSplitOptions.TrimEntries);
        if (parts.Length < 5)
        {
            return null;
        }

        Span<int> scores = stackalloc int[5];
        for (var i = 0; i < 5; i++)
        {
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var score) && score <= 5)
            {
                scores[i] = score;
            }
            else if (!parts[i].Equals("na", StringComparison.OrdinalIgnoreCase) && !parts[i].Equals("n.a.", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }

        return new Pedigree(scores[0], scores[1], scores[2], scores[3], scores[4]);
    }

    /// <summary>Variance of the logarithm that the scores add.</summary>
    public double AddedVariance(string set = Usual) =>
        Of(set, "reliability", Reliability) + Of(set, "completeness", Completeness) + Of(set, "temporal", Temporal) + Of(set, "geographical", Geographical) + Of(set, "technological", Technological);

    /// <summary>
    /// Standard deviation of the logarithm: the root of the basic variance with what the scores add. In the older notation, with factors U = e^(2σ), this is ½ √(Σ ln² U) (Frischknecht et al. 2005).
    /// </summary>
    /// <param name="basicVariance">Own variance of the logarithm; null for the set's usual one.</param>
    public double Sigma(double? basicVariance = null, string set = Usual) => Math.Sqrt((basicVariance ?? BasicVariance(set)) + AddedVariance(set));

    private static double Of(string set, string indicator, int score) => score == 0 ? 0 : Variances.Value[(set, indicator)][score - 1];
}
