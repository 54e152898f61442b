using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>Writes distributions and parameters.</summary>
internal static class OpenLcaWriteValues
{
    public static void Uncertainty(Utf8JsonWriter json, Distribution distribution, OpenLcaNames names, string dataset, int? number)
    {
        var (type, fields) = distribution.Kind switch
        {
            DistributionKind.Lognormal => ("LOGNORMAL_DISTRIBUTION", new[] { ("geomMean", distribution.First), ("geomSd", GeometricDeviation(distribution.Second)) }),
            DistributionKind.Normal => ("NORMAL_DISTRIBUTION", [("mean", distribution.First), ("sd", distribution.Second)]),
            DistributionKind.Triangular => ("TRIANGLE_DISTRIBUTION", [("minimum", distribution.First), ("mode", distribution.Second), ("maximum", distribution.Third)]),
            DistributionKind.Uniform => ("UNIFORM_DISTRIBUTION", [("minimum", distribution.First), ("maximum", distribution.Second)]),
            _ => ("", []),
        };
        if (type.Length == 0)
        {
            return;
        }

        json.WriteStartObject("uncertainty");
        json.WriteString("@type", "Uncertainty");
        json.WriteString("distributionType", type);
        foreach (var (field, value) in fields)
        {
            names.Number(json, field, value, dataset, number);
        }

        json.WriteEndObject();
    }

    public static void Parameter(Utf8JsonWriter json, ParameterDataset parameter, string scope, OpenLcaNames names, string dataset)
    {
        json.WriteString("parameterScope", scope);
        json.WriteBoolean("isInputParameter", parameter.Formula is null);
        names.Number(json, "value", parameter.Value, dataset);
        OpenLcaNames.Text(json, "formula", parameter.Formula);
        OpenLcaNames.Text(json, "description", parameter.Comment);
        Uncertainty(json, parameter.Uncertainty, names, dataset, null);
    }

    /// <summary>
    /// The geometric standard deviation whose logarithm is the deviation: of the numbers next to the exponential the one that the logarithm leads back, so that a value
    /// which came from a file goes back into it unchanged.
    /// </summary>
    private static double GeometricDeviation(double deviation)
    {
        var nearest = Math.Exp(deviation);
        for (double below = nearest, above = nearest, steps = 0; steps < 4; steps++)
        {
            if (Math.Log(below) == deviation)
            {
                return below;
            }

            if (Math.Log(above) == deviation)
            {
                return above;
            }

            below = Math.BitDecrement(below);
            above = Math.BitIncrement(above);
        }

        return nearest;
    }
}
