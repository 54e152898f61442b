using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>Distributions in the numbering of stats_arrays, which brightway uses.</summary>
internal static class StatsArrays
{
    private static readonly string[] Needed = ["uncertainty_type", "loc", "scale", "minimum", "maximum"];

    public static List<Distribution> Read(NpyArray array, string group, Reading reading)
    {
        var distributions = new List<Distribution>(array.Rows);
        if (!Array.TrueForAll(Needed, array.Has))
        {
            reading.Fault("lca_npy_broken", group, null, "distributions");
            return distributions;
        }

        for (var i = 0; i < array.Rows; i++)
        {
            var kind = array.Integer(i, 0, "uncertainty_type");
            double Value(string field) => array.Number(i, 0, field);
            var (loc, scale, least, most) = (Value("loc"), Value("scale"), Value("minimum"), Value("maximum"));
            var negative = array.Has("negative") && array.Integer(i, 0, "negative") != 0;
            Distribution? read = kind switch
            {
                0 or 1 => Distribution.Certain,
                2 when double.IsFinite(Math.Exp(loc)) && Math.Exp(loc) > 0 && scale >= 0 && double.IsFinite(scale) => new Distribution(DistributionKind.Lognormal, negative ? -Math.Exp(loc) : Math.Exp(loc), scale),
                3 when double.IsFinite(loc) && scale >= 0 && double.IsFinite(scale) => new Distribution(DistributionKind.Normal, loc, scale),
                4 when double.IsFinite(least) && double.IsFinite(most) && least <= most => new Distribution(DistributionKind.Uniform, least, most),
                5 when double.IsFinite(least) && double.IsFinite(most) && least <= loc && loc <= most => new Distribution(DistributionKind.Triangular, least, loc, most),
                _ => null,
            };
            if (read is null)
            {
                reading.Note(kind is >= 0 and <= 5 ? "lca_uncertainty_unusable" : "lca_uncertainty_kind", group, i + 1, "uncertainty_type", $"{kind}");
            }

            distributions.Add(read ?? Distribution.Certain);
        }

        return distributions;
    }
}
