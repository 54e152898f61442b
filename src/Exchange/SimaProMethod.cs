namespace Tanlu.Exchange;

/// <summary>An impact method of a SimaPro file.</summary>
internal static class SimaProMethod
{
    public static MethodDataset Read(SimaProBlock block, SimaProNumbers numbers, SimaProFlows flows, Reading reading)
    {
        var name = block["Name"] is { Length: > 0 } text ? text : block.Name;
        var version = block.Sections.Find(s => s.Name == "Version")?.Rows.FirstOrDefault();
        var indicators = new List<IndicatorDataset>();
        var sets = new List<(string Name, Dictionary<string, double> Normalisation, Dictionary<string, double> Weights)>();
        var damages = new List<IndicatorDataset>();
        SimaProRow? category = null;
        foreach (var section in block.Sections)
        {
            switch (section.Name)
            {
                case "Impact category":
                    category = section.Rows.FirstOrDefault();
                    if (category is not null)
                    {
                        indicators.Add(new IndicatorDataset($"{name}|{category[0]}", "", category[0], category[1], []));
                    }

                    break;
                case "Substances" when category is not null:
                    indicators[^1] = indicators[^1] with { Factors = Factors(section, name, numbers, flows, reading) };
                    break;
                case "Damage category" when section.Rows.Count > 0:
                    damages.Add(new IndicatorDataset($"{name}|damage|{section.Rows[0][0]}", "", section.Rows[0][0], section.Rows[0][1], []));
                    break;
                case "Impact categories" when damages.Count > 0:
                    damages[^1] = damages[^1] with { Factors = Damage(section, name, numbers, indicators, reading) };
                    break;
                case "Normalization-Weighting set":
                    sets.Add((section.Rows.FirstOrDefault()?[0] ?? "", new(StringComparer.Ordinal), new(StringComparer.Ordinal)));
                    break;
                case "Normalization" or "Weighting" when sets.Count > 0:
                    var values = section.Name == "Weighting" ? sets[^1].Weights : sets[^1].Normalisation;
                    foreach (var row in section.Rows)
                    {
                        values[row[0]] = numbers.Number(row[1], name, row.Line, section.Name);
                    }

                    break;
            }
        }

        return new MethodDataset
        {
            Id = name,
            Name = name,
            Version = version is null ? "" : version[1].Length > 0 ? $"{version[0]}.{version[1]}" : version[0],
            Source = block["Comment"],
            Indicators = [.. indicators, .. damages],

            // Where there are damage categories, they are what is normalised and weighted.
            Sets = [.. sets.Select(s => Set(s.Name, name, block["Weighting unit"], s.Normalisation, s.Weights, [.. damages, .. indicators], reading, block.Line))],
        };
    }

    /// <summary>SimaPro multiplies by what it calls normalisation; the reference value is its inverse. A factor of zero leaves the indicator out of the set.</summary>
    private static NormalisationWeighting Set(
        string name, string method, string unit, Dictionary<string, double> normalisation, Dictionary<string, double> weights, List<IndicatorDataset> indicators, Reading reading, int line)
    {
        var list = new List<IndicatorWeight>();
        foreach (var category in normalisation.Keys.Concat(weights.Keys).Distinct(StringComparer.Ordinal))
        {
            if (indicators.Find(i => i.Name == category) is not { } indicator)
            {
                reading.Note("lca_simapro_category", method, line, name, category);
                continue;
            }

            double? reference = normalisation.TryGetValue(category, out var factor) && factor != 0 && double.IsFinite(1 / factor) ? 1 / factor : null;
            list.Add(new IndicatorWeight(indicator.Id, reference, weights.TryGetValue(category, out var weight) ? weight : null));
        }

        return new NormalisationWeighting($"{method}|{name}", name, unit, list);
    }

    /// <summary>A damage category is a sum of impact categories: its factors are theirs, multiplied and added.</summary>
    private static List<CharacterisationFactor> Damage(SimaProSection section, string method, SimaProNumbers numbers, List<IndicatorDataset> indicators, Reading reading)
    {
        var sums = new Dictionary<(string Flow, string Unit), int>();
        var factors = new List<CharacterisationFactor>();
        foreach (var row in section.Rows)
        {
            if (indicators.Find(i => i.Name == row[0]) is not { } indicator)
            {
                reading.Note("lca_simapro_category", method, row.Line, section.Name, row[0]);
                continue;
            }

            var times = numbers.Number(row[1], method, row.Line, section.Name);
            foreach (var factor in indicator.Factors)
            {
                reading.CountExchange(method);
                var value = times * factor.Value;
                if (sums.TryAdd((factor.Flow.Id, factor.Unit), factors.Count))
                {
                    factors.Add(factor with { Value = value });
                }
                else
                {
                    var at = sums[(factor.Flow.Id, factor.Unit)];
                    value += factors[at].Value;
                    factors[at] = factors[at] with { Value = value };
                }

                if (!double.IsFinite(value))
                {
                    reading.Fault("lca_number_not_finite", method, row.Line, section.Name, $"{value}");
                }
            }
        }

        return factors;
    }

    private static List<CharacterisationFactor> Factors(SimaProSection section, string method, SimaProNumbers numbers, SimaProFlows flows, Reading reading)
    {
        var factors = new List<CharacterisationFactor>();
        foreach (var row in section.Rows)
        {
            reading.CountExchange(method);
            if (row.Cells.Count < 6 || row[2].Length == 0)
            {
                reading.Fault("lca_simapro_row", method, row.Line, section.Name, string.Join(' ', row.Cells), "6");
                continue;
            }

            if (row[5].Length == 0)
            {
                reading.Fault("lca_unit_missing", method, row.Line, section.Name, row[2]);
            }

            var flow = flows.Elementary(row[0], row[1], row[2], row[5], SimaProFlows.Cas(row[3]));
            factors.Add(new CharacterisationFactor(flow, numbers.Number(row[4], method, row.Line, section.Name), row[5]));
        }

        return factors;
    }
}
