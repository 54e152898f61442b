using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>An indicator that the product knows (<c>data/lca/indicators.csv</c>).</summary>
/// <param name="Set"><c>ef</c>, <c>ecobalyse</c>, <c>en15804</c> or <c>en15804a1</c>.</param>
/// <param name="Section">Of EN 15804+A2: <c>core</c>, <c>additional</c>, <c>resource</c>, <c>waste</c> or <c>output</c>; empty outside.</param>
public sealed record KnownIndicator(string Set, string Code, string Section, string Unit, string En, string Zh)
{
    public string Name(Language language) => language == Language.Chinese ? Zh : En;
}

/// <summary>Which indicator of the product's own table an indicator of a publisher is: by id, code, name or the code that its name ends with in brackets.</summary>
public static class IndicatorTable
{
    private static readonly List<KnownIndicator> Rows = [];
    private static readonly Dictionary<(string Set, string Key), KnownIndicator> ById = [];
    private static readonly Dictionary<(string Set, string Key), KnownIndicator> ByName = [];
    private static readonly Dictionary<KnownIndicator, HashSet<string>> UnitsOf = [];

    static IndicatorTable()
    {
        foreach (var row in DataRows.Read("lca/indicators.csv"))
        {
            var known = new KnownIndicator(row["set"], row["code"], row["section"], row["unit"], row["name_en"], row["name_zh"]);
            Rows.Add(known);
            foreach (var id in Parts(row["ids"]).Append(known.Code))
            {
                if (!ById.TryAdd((known.Set, id.ToUpperInvariant()), known) && ById[(known.Set, id.ToUpperInvariant())] != known)
                {
                    throw new InvalidDataException($"Two indicators are called {id}.");
                }
            }

            foreach (var name in Parts(row["aliases"]).Append(known.En).Append(known.Zh))
            {
                ByName.TryAdd((known.Set, FlowNames.Normalise(name)), known);
            }

            UnitsOf.Add(known, [.. Parts(row["units"]).Append(known.Unit).Select(Signs)]);
        }
    }

    public static IReadOnlyList<KnownIndicator> All => Rows;

    public static IEnumerable<KnownIndicator> Of(string set) => Rows.Where(r => r.Set == set);

    public static KnownIndicator? Find(string set, string id, string code, string name)
    {
        if (ById.TryGetValue((set, id.ToUpperInvariant()), out var known)
            || (code.Length > 0 && ById.TryGetValue((set, code.ToUpperInvariant()), out known))
            || ByName.TryGetValue((set, FlowNames.Normalise(name)), out known))
        {
            return known;
        }

        var open = name.LastIndexOf('(');
        return open >= 0 && name.EndsWith(')') ? ById.GetValueOrDefault((set, name[(open + 1)..^1].Trim().ToUpperInvariant())) ?? ByName.GetValueOrDefault((set, FlowNames.Normalise(name[(open + 1)..^1]))) : null;
    }

    /// <summary>Whether a unit is the indicator's, whatever its spelling.</summary>
    public static bool IsUnit(KnownIndicator indicator, string unit) => UnitsOf[indicator].Contains(Signs(unit));

    private static string[] Parts(string cell) => cell.Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Letters, digits and superscripts only, in lower case, without the word for equivalents.</summary>
    private static string Signs(string unit)
    {
        var kept = new StringBuilder();
        foreach (var c in unit.Normalize(NormalizationForm.FormKC))
        {
            if (char.IsLetterOrDigit(c))
            {
                kept.Append(char.ToLowerInvariant(c));
            }
        }

        return kept.ToString();
    }
}
