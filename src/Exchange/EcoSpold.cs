using System.Globalization;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>What both versions of EcoSpold write in the same way; distributions are null where their figures cannot be meant.</summary>
internal static class EcoSpold
{
    public static bool True(string? text) => text is "true" or "1" or "yes" or "Yes";

    /// <summary>A CAS registry number without leading zeros; null where there is none (programs write NaN or blanks).</summary>
    public static string? Cas(string? text)
    {
        var cas = text?.Trim().TrimStart('0') ?? "";
        return cas.Length > 0 && char.IsAsciiDigit(cas[0]) && cas.Contains('-') ? cas : null;
    }

    public static string? Formula(string? text) => text is null or "" or "0" or "NaN" ? null : text;

    /// <summary>A date, a month or a year; of a period's end the last day. Time of day and time zone do not matter to a validity.</summary>
    public static DateOnly? Date(string text, bool start)
    {
        if (text.Length >= 10 && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return day;
        }

        if (text.Length >= 7 && DateOnly.TryParseExact(text.AsSpan(0, 7), "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var month))
        {
            return start ? month : LastDay(month.AddMonths(1));
        }

        return text.Length >= 4 && (text.Length == 4 || text[4] is '+' or '-' or 'Z') && DateOnly.TryParseExact(text.AsSpan(0, 4), "yyyy", CultureInfo.InvariantCulture, DateTimeStyles.None, out var year)
            ? start ? year : new DateOnly(year.Year, 12, 31)
            : null;

        static DateOnly LastDay(DateOnly next) => next.AddDays(-1);
    }

    /// <param name="median">With the sign of the amount.</param>
    /// <param name="deviation">Standard deviation of the logarithm.</param>
    public static Distribution? Lognormal(double median, double? deviation) => deviation switch
    {
        0 => Distribution.Certain,
        _ when !double.IsFinite(median) => null,
        > 0 when median != 0 && double.IsFinite(deviation.Value) => new Distribution(DistributionKind.Lognormal, median, deviation.Value),

        // Nothing spreads around zero.
        > 0 when median == 0 => Distribution.Certain,
        _ => null,
    };

    public static Distribution? Normal(double mean, double? deviation) => deviation switch
    {
        0 => Distribution.Certain,
        > 0 when double.IsFinite(deviation.Value) => new Distribution(DistributionKind.Normal, mean, deviation.Value),
        _ => null,
    };

    public static Distribution? Triangular(double? low, double mode, double? high) =>
        low == high && low == mode ? Distribution.Certain
        : low <= mode && mode <= high && double.IsFinite(low.Value) && double.IsFinite(high.Value) ? new Distribution(DistributionKind.Triangular, low.Value, mode, high.Value)
        : null;

    public static Distribution? Uniform(double? low, double? high) =>
        low == high && low is not null ? Distribution.Certain : low < high && double.IsFinite(low.Value) && double.IsFinite(high.Value) ? new Distribution(DistributionKind.Uniform, low.Value, high.Value) : null;
}
