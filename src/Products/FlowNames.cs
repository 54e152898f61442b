using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Where the carbon of a flow comes from, as its name says (<c>data/lca/origins.csv</c>).</summary>
internal enum CarbonOrigin : byte
{
    /// <summary>The name does not say: counts as fossil where no flow of the method says as little.</summary>
    Unsaid,
    Fossil,
    Biogenic,

    /// <summary>From soil or standing biomass, by a change of land use.</summary>
    Land,

    /// <summary>Into soil or standing biomass.</summary>
    Stored,

    /// <summary>Taken from the air by growing plants.</summary>
    Taken,
}

/// <summary>The names and numbers of substances in a form in which the nomenclatures agree.</summary>
internal static class FlowNames
{
    private static readonly FrozenDictionary<string, string> Words =
        DataRows.Read("lca/name-words.csv").ToFrozenDictionary(r => r["word"], r => r["reads"], StringComparer.Ordinal);

    private static readonly (string Phrase, CarbonOrigin Origin)[] Phrases =
        [.. DataRows.Read("lca/origins.csv").Select(r => ($" {r["phrase"]} ", Enum.Parse<CarbonOrigin>(r["origin"], ignoreCase: true))).OrderByDescending(p => p.Item1.Length)];

    private static readonly FrozenSet<string> NamedOnly = DataRows.Read("lca/cas-by-name.csv").Select(r => r["cas"]).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Lower case, no accents, single blanks; letters, digits, <c>&lt; &gt; ≤ ≥ +</c> and the point within a number are kept.</summary>
    public static string Normalise(string name)
    {
        var text = new StringBuilder(name.Length);
        var compatible = name.Normalize(NormalizationForm.FormKD);
        for (var i = 0; i < compatible.Length; i++)
        {
            var c = compatible[i];
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark)
            {
                continue;
            }

            var point = c == '.' && i > 0 && i + 1 < compatible.Length && char.IsAsciiDigit(compatible[i - 1]) && char.IsAsciiDigit(compatible[i + 1]);
            if (c is '<' or '>' or '≤' or '≥')
            {
                text.Append(' ').Append(c).Append(' ');
            }
            else
            {
                text.Append(char.IsLetterOrDigit(c) || c == '+' || point ? char.ToLowerInvariant(c) : ' ');
            }
        }

        var words = text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', words.Select(w => Words.GetValueOrDefault(w, w)).Where(w => w.Length > 0));
    }

    /// <param name="normalised">A name as <see cref="Normalise"/> gives it.</param>
    public static CarbonOrigin OriginOf(string normalised)
    {
        var text = $" {normalised} ";
        foreach (var (phrase, origin) in Phrases)
        {
            if (text.Contains(phrase, StringComparison.Ordinal))
            {
                return origin;
            }
        }

        return CarbonOrigin.Unsaid;
    }

    /// <summary>A CAS registry number without leading zeros; null where the text is none, or one that does not tell flows apart.</summary>
    public static string? Cas(string? text)
    {
        var number = text?.Trim().TrimStart('0');
        return string.IsNullOrEmpty(number) || !IsCas(number) || NamedOnly.Contains(number) ? null : number;
    }

    /// <summary>Whether the text has the form of a CAS number and its check digit is right.</summary>
    public static bool IsCas(string number)
    {
        var parts = number.Split('-');
        if (parts.Length != 3 || parts[0].Length is < 2 or > 7 || parts[1].Length != 2 || parts[2].Length != 1 || !parts.All(p => p.All(char.IsAsciiDigit)))
        {
            return false;
        }

        var digits = parts[0] + parts[1];
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            sum += (digits[^(i + 1)] - '0') * (i + 1);
        }

        return sum % 10 == parts[2][0] - '0';
    }

    /// <summary>The name before a country or region code at its end, as in <c>Ammonia, DE</c>, and the code; null where there is none.</summary>
    public static (string Name, string Location)? Located(string name)
    {
        var comma = name.LastIndexOf(", ", StringComparison.Ordinal);
        if (comma <= 0)
        {
            return null;
        }

        var code = name.AsSpan(comma + 2);
        var country = code.IndexOf('-') is var dash and > 0 ? code[..dash] : code;
        return country.Length is 2 or 3 && code.Length <= 8 && !code.ContainsAnyExcept(CodeSigns) && !country.ContainsAnyInRange('0', '9')
            ? (name[..comma], code.ToString())
            : null;
    }

    private static readonly System.Buffers.SearchValues<char> CodeSigns = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
}
