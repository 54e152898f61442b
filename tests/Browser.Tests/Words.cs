using System.Text.RegularExpressions;

namespace Tanlu.Browser.Tests;

/// <summary>What a reader sees, judged as text: keys without a text, and words of the other language.</summary>
internal static partial class Words
{
    // Names, codes and terms of the trade that Chinese writing keeps in Latin letters.
    private static readonly HashSet<string> Kept = new(StringComparer.OrdinalIgnoreCase)
    {
        "Tanlu", "GHG", "Protocol", "ISO", "IPCC", "DESNZ", "EPA", "UK", "US", "AR4", "AR5", "AR6", "SAR", "GWP", "CSV", "XLSX", "XLS", "TXT", "TSV", "PDF", "PNG", "SVG", "JSON", "UTF",
        "GBK", "SHA", "URL", "API", "kg", "kWh", "MWh", "GWh", "tce", "CO2e", "CO2", "CH4", "N2O", "HFC", "PFC", "SF6", "NF3", "GJ", "MJ", "TJ", "Nm3", "CN", "English", "EN", "demo", "km", "tkm",
        "Ctrl", "Esc", "ID", "NCV", "GCV", "CNY", "USD", "GBP", "EUR", "OK", "Excel", "MiB", "kB", "Gross", "Net", "CV",
    };

    /// <summary>Text keys that found no text.</summary>
    public static IEnumerable<string> Keys(string text) => Key().Matches(text).Select(m => "no text for " + m.Value);

    /// <summary>English words of a Chinese page: lower-case words of four letters or more that are neither kept terms nor parts of a code, a file name or an address.</summary>
    public static IEnumerable<string> English(string text) =>
        Word().Matches(text).Select(m => m.Value).Where(w => !Kept.Contains(w)).Distinct(StringComparer.Ordinal).Select(w => "English on a Chinese page: " + w);

    [GeneratedRegex(@"\[[a-z][a-z0-9_]*(\.[A-Za-z0-9_\-]+)+\]")]
    private static partial Regex Key();

    [GeneratedRegex(@"(?<![\w./:@\-#])[A-Za-z][a-z]{2,}(?![\w./:@\-])")]
    private static partial Regex Word();
}
