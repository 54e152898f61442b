namespace Tanlu.Exchange;

/// <summary>Finds parameters whose formulas need each other.</summary>
internal static class FormulaCycles
{
    /// <summary>Notes each circle once, naming its members in the order in which they need each other.</summary>
    /// <param name="lines">For each parameter its line, where the format has lines.</param>
    public static void Note(IReadOnlyList<ParameterDataset> parameters, string dataset, Reading reading, IReadOnlyList<int>? lines = null)
    {
        var at = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < parameters.Count; i++)
        {
            if (!at.TryAdd(parameters[i].Name, i))
            {
                reading.Note("lca_duplicate_parameter", dataset, lines?[i], "parameters", parameters[i].Name);
            }
        }

        var needs = parameters.Select(p => p.Formula is { } formula ? Names(formula).Where(at.ContainsKey).Select(n => at[n]).Distinct().ToArray() : []).ToArray();
        var state = new byte[parameters.Count];
        var path = new List<(int Parameter, int Next)>();
        for (var start = 0; start < needs.Length; start++)
        {
            if (state[start] != 0)
            {
                continue;
            }

            path.Add((start, 0));
            state[start] = 1;
            while (path.Count > 0)
            {
                var (current, next) = path[^1];
                if (next == needs[current].Length)
                {
                    state[current] = 2;
                    path.RemoveAt(path.Count - 1);
                    continue;
                }

                path[^1] = (current, next + 1);
                var needed = needs[current][next];
                if (state[needed] == 0)
                {
                    state[needed] = 1;
                    path.Add((needed, 0));
                }
                else if (state[needed] == 1)
                {
                    var circle = path.SkipWhile(s => s.Parameter != needed).Select(s => parameters[s.Parameter].Name).ToList();
                    reading.Note("lca_parameter_cycle", dataset, lines?[needed], parameters[needed].Name, string.Join(" → ", [.. circle, circle[0]]));
                }
            }
        }
    }

    /// <summary>The names in a formula; functions among them, which no parameter is called.</summary>
    private static IEnumerable<string> Names(string formula)
    {
        for (var i = 0; i < formula.Length; i++)
        {
            if (!char.IsLetter(formula[i]) && formula[i] != '_')
            {
                // The exponent of a number is no name.
                if (char.IsAsciiDigit(formula[i]))
                {
                    while (i + 1 < formula.Length && (char.IsLetterOrDigit(formula[i + 1]) || formula[i + 1] is '.' or '_'))
                    {
                        i++;
                    }
                }

                continue;
            }

            var from = i;
            while (i + 1 < formula.Length && (char.IsLetterOrDigit(formula[i + 1]) || formula[i + 1] == '_'))
            {
                i++;
            }

            yield return formula[from..(i + 1)];
        }
    }
}
