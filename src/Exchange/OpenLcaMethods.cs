using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Impact methods of an openLCA package: methods, their categories, normalisation and weighting.</summary>
internal static class OpenLcaMethods
{
    public static List<MethodDataset> Read(OpenLcaFile source, OpenLcaReference known, Reading reading)
    {
        var indicators = new Dictionary<string, IndicatorDataset>(StringComparer.Ordinal);
        foreach (var e in source.All("lcia_categories"))
        {
            indicators[e.Id] = Indicator(e, known, reading);
        }

        // Schema 1 keeps the sets beside the methods, schema 2 within them.
        var sets = new Dictionary<string, NormalisationWeighting>(StringComparer.Ordinal);
        foreach (var e in source.All("nw_sets"))
        {
            sets[e.Id] = Set(e.Json, e.Id, e.Name, indicators, reading);
        }

        var methods = new List<MethodDataset>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var e in source.All("lcia_methods"))
        {
            methods.Add(Method(e, indicators, sets, used, known, reading));
        }

        // An indicator that belongs to no method stands for itself.
        methods.AddRange(indicators.Values.Where(i => !used.Contains(i.Id)).Select(i => new MethodDataset { Id = i.Id, Name = i.Name, Indicators = [i] }));
        return methods;
    }

    private static MethodDataset Method(OpenLcaEntity e, Dictionary<string, IndicatorDataset> indicators, Dictionary<string, NormalisationWeighting> sets, HashSet<string> used, OpenLcaReference known, Reading reading)
    {
        if (e.Json.Objects("parameters").Any())
        {
            reading.Note("lca_method_parameters", e.Name, null, "parameters");
        }

        var own = new List<IndicatorDataset>();
        foreach (var reference in e.Json.Objects("impactCategories"))
        {
            var id = OpenLcaReference.Id(reference);
            if (indicators.TryGetValue(id, out var indicator))
            {
                used.Add(id);
                own.Add(indicator);
            }
            else
            {
                known.Missing(e.Name, null, "impactCategories", reference);
            }
        }

        var weightings = new List<NormalisationWeighting>();
        foreach (var json in e.Json.Objects("nwSets"))
        {
            var id = OpenLcaReference.Id(json);
            if (json.Field("factors") is not null || json.Field("weightedScoreUnit") is not null)
            {
                weightings.Add(Set(json, id, json.Text("name"), indicators, reading));
            }
            else if (sets.TryGetValue(id, out var set))
            {
                weightings.Add(set);
            }
            else
            {
                known.Missing(e.Name, null, "nwSets", json);
            }
        }

        return new MethodDataset { Id = e.Id, Name = e.Name, Version = e.Json.Text("version"), Source = SourceOf(e, known), Indicators = own, Sets = weightings };
    }

    private static string SourceOf(OpenLcaEntity e, OpenLcaReference known) =>
        e.Json.Field("source") is { ValueKind: JsonValueKind.Object } reference ? known.Source(reference, e.Name) : e.Json.Text("source");

    private static IndicatorDataset Indicator(OpenLcaEntity e, OpenLcaReference known, Reading reading)
    {
        if (e.Json.Objects("parameters").Any())
        {
            reading.Note("lca_method_parameters", e.Name, null, "parameters");
        }

        var factors = new List<CharacterisationFactor>();
        var at = 0;
        foreach (var json in e.Json.Objects("impactFactors"))
        {
            reading.CountExchange(e.Name);
            at++;
            if (known.Flow(json.Field("flow"), e.Name, at) is not { } flow)
            {
                reading.Fault("lca_flow_missing", e.Name, at, "flow");
                continue;
            }

            if (json.Text("formula") is { Length: > 0 } formula)
            {
                reading.Note("lca_factor_formula", e.Name, at, "formula", formula);
            }

            factors.Add(new CharacterisationFactor(
                flow,
                OpenLcaValues.Needed(json, "value", e.Name, at, reading),
                known.Unit(json, flow, e.Name, at),
                known.Location(json, e.Name, at),
                known.Property(json, flow, e.Name, at),
                OpenLcaValues.Uncertainty(json, e.Name, at, "uncertainty", reading)));
        }

        return new IndicatorDataset(e.Id, e.Json.Text("code"), e.Name, e.Json.Text("refUnit", "referenceUnitName"), factors);
    }

    private static NormalisationWeighting Set(JsonElement json, string id, string name, Dictionary<string, IndicatorDataset> indicators, Reading reading)
    {
        var weights = new List<IndicatorWeight>();
        foreach (var factor in json.Objects("factors"))
        {
            var indicator = OpenLcaReference.Id(factor.Field("impactCategory"));
            if (!indicators.ContainsKey(indicator))
            {
                reading.Note("lca_link_missing", name, null, "impactCategory", factor.Field("impactCategory")?.Text("name") is { Length: > 0 } text ? text : indicator, indicator);
            }

            weights.Add(new IndicatorWeight(
                indicator, OpenLcaValues.Optional(factor, "normalisationFactor", name, null, reading), OpenLcaValues.Optional(factor, "weightingFactor", name, null, reading)));
        }

        return new NormalisationWeighting(id, name, json.Text("weightedScoreUnit"), weights);
    }
}
