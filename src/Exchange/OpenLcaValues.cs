using System.Globalization;
using System.Text.Json;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>Numbers, distributions, parameters and dates of openLCA's JSON.</summary>
internal static class OpenLcaValues
{
    /// <summary>A number that the dataset cannot do without; what stands there and is none, or infinite, is a fault.</summary>
    public static double Needed(JsonElement json, string field, string dataset, int? number, Reading reading) =>
        reading.Needed(json.Field(field) is { } value ? JsonFields.Text(value) : null, dataset, number, field);

    public static double? Optional(JsonElement json, string field, string dataset, int? number, Reading reading) =>
        reading.Optional(json.Field(field) is { } value ? JsonFields.Text(value) : null, dataset, number, field);

    public static ParameterDataset Parameter(JsonElement json, string dataset, Reading reading)
    {
        var name = json.Text("name");
        if (name.Length == 0)
        {
            reading.Fault("lca_parameter_name", dataset, null, "name");
        }

        // Schema 1 calls the mark inputParameter; a formula beside it is left over from before the parameter became an input.
        var input = json.Flag("isInputParameter", "inputParameter");
        var formula = json.Text("formula") is { Length: > 0 } text && !input ? text : null;
        var value = json.Field("value") is { } number ? reading.Needed(JsonFields.Text(number), dataset, null, $"{name}.value") : 0;
        if (formula is null && json.Field("value") is null)
        {
            reading.Note("lca_value_missing", dataset, null, name);
        }

        return new ParameterDataset(name, value, formula, Uncertainty(json, dataset, null, name, reading), json.Text("description"));
    }

    public static Distribution Uncertainty(JsonElement json, string dataset, int? number, string what, Reading reading)
    {
        if (json.Field("uncertainty") is not { ValueKind: JsonValueKind.Object } u)
        {
            return Distribution.Certain;
        }

        double? Value(string field)
        {
            if (u.Text(field + "Formula") is { Length: > 0 } formula)
            {
                reading.Note("lca_uncertainty_formula", dataset, number, $"{what}.{field}Formula", formula);
            }

            return Optional(u, field, dataset, number, reading);
        }

        var kind = u.Text("distributionType");
        Distribution? read = kind switch
        {
            "LOGNORMAL_DISTRIBUTION" => (Value("geomMean"), Value("geomSd")) is ({ } mean, { } sd) && mean != 0 && sd > 0
                ? new Distribution(DistributionKind.Lognormal, mean, Math.Abs(Math.Log(sd))) : null,
            "NORMAL_DISTRIBUTION" => (Value("mean"), Value("sd")) is ({ } mean, { } sd) && sd >= 0 ? new Distribution(DistributionKind.Normal, mean, sd) : null,
            "TRIANGLE_DISTRIBUTION" => (Value("minimum"), Value("mode"), Value("maximum")) is ({ } least, { } mode, { } most) && least <= mode && mode <= most
                ? new Distribution(DistributionKind.Triangular, least, mode, most) : null,
            "UNIFORM_DISTRIBUTION" => (Value("minimum"), Value("maximum")) is ({ } least, { } most) && least <= most ? new Distribution(DistributionKind.Uniform, least, most) : null,
            "NONE" or "NO_DISTRIBUTION" => Distribution.Certain,
            _ => null,
        };
        if (read is null)
        {
            reading.Note("lca_uncertainty_unusable", dataset, number, what, kind);
        }

        return read ?? Distribution.Certain;
    }

    /// <summary>The day of a date or a moment; null where there is none.</summary>
    public static DateOnly? Date(JsonElement json, string field, string dataset, Reading reading)
    {
        var text = json.Text(field);
        if (text.Length == 0)
        {
            return null;
        }

        if (DateOnly.TryParseExact(text.AsSpan(0, Math.Min(10, text.Length)), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            return date;
        }

        reading.Note("lca_date_broken", dataset, null, field, text);
        return null;
    }
}
