using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Writes impact methods, their categories and their sets.</summary>
internal static class OpenLcaWriteMethods
{
    public static void Add(OpenLcaNames names, Action<string, string, Action<Utf8JsonWriter>> entry)
    {
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var method in names.Package.Methods)
        {
            entry("lcia_methods", names.Id(method.Id), json => Method(json, method, names));
            foreach (var indicator in method.Indicators.Where(i => written.Add(i.Id)))
            {
                entry("lcia_categories", names.Id(indicator.Id), json => Indicator(json, indicator, names));
            }
        }
    }

    private static void Method(Utf8JsonWriter json, MethodDataset method, OpenLcaNames names)
    {
        names.Head(json, "ImpactMethod", method.Id, method.Name);
        OpenLcaNames.Text(json, "version", method.Version);
        names.Source(json, "source", method.Source);
        json.WriteStartArray("impactCategories");
        foreach (var indicator in method.Indicators)
        {
            json.WriteStartObject();
            json.WriteString("@type", "ImpactCategory");
            json.WriteString("@id", names.Id(indicator.Id));
            json.WriteString("name", indicator.Name);
            OpenLcaNames.Text(json, "refUnit", indicator.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("nwSets");
        foreach (var set in method.Sets)
        {
            json.WriteStartObject();
            names.Head(json, "NwSet", set.Id, set.Name);
            json.WriteString("weightedScoreUnit", set.Unit);
            json.WriteStartArray("factors");
            foreach (var weight in set.Indicators)
            {
                json.WriteStartObject();
                json.WriteString("@type", "NwFactor");
                names.Reference(json, "impactCategory", "ImpactCategory", weight.IndicatorId, method.Indicators.FirstOrDefault(i => i.Id == weight.IndicatorId)?.Name);
                if (weight.Normalisation is { } normalisation)
                {
                    names.Number(json, "normalisationFactor", normalisation, method.Name);
                }

                if (weight.Weight is { } share)
                {
                    names.Number(json, "weightingFactor", share, method.Name);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Indicator(Utf8JsonWriter json, IndicatorDataset indicator, OpenLcaNames names)
    {
        names.Head(json, "ImpactCategory", indicator.Id, indicator.Name);
        OpenLcaNames.Text(json, "code", indicator.Code);
        json.WriteString("refUnit", indicator.Unit);
        json.WriteStartArray("impactFactors");
        for (var i = 0; i < indicator.Factors.Count; i++)
        {
            var factor = indicator.Factors[i];
            json.WriteStartObject();
            json.WriteString("@type", "ImpactFactor");
            names.FlowReference(json, "flow", factor.Flow.Id);
            names.Number(json, "value", factor.Value, indicator.Name, i + 1);
            names.Units.Write(json, factor.Flow.Id, factor.PropertyId, factor.Unit, indicator.Name, i + 1);
            names.Location(json, factor.Location);
            OpenLcaWriteValues.Uncertainty(json, factor.Uncertainty, names, indicator.Name, i + 1);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
