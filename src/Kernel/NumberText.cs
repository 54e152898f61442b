using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>
/// How numbers are written for people, the same on every machine: comma groups and a decimal point, which both languages use.
/// </summary>
public static class NumberText
{
    /// <summary>What stands where there is no number.</summary>
    public const string NoNumber = "–";

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>The number in full, grouped, with at most so many decimals and no digit that a double does not hold.</summary>
    public static string Full(double value, int decimals = 6)
    {
        if (!double.IsFinite(value))
        {
            return NoNumber;
        }

        // A decimal of a double keeps its 15 good digits; beyond its range there are no decimals to lose.
        return Math.Abs(value) < 1e15
            ? Math.Round((decimal)value, Math.Clamp(decimals, 0, 15)).ToString("#,##0." + new string('#', Math.Max(decimals, 1)), Plain) is var text && text != "-0" ? text : "0"
            : value.ToString("N0", Plain);
    }

    /// <summary>The number with a fixed count of decimals, grouped, for columns of a table.</summary>
    public static string Fixed(double value, int decimals) => double.IsFinite(value) ? value.ToString("N" + decimals.ToString(Plain), Plain) : NoNumber;

    /// <summary>A share of one as per cent.</summary>
    public static string Percent(double share, int decimals = 1) => double.IsFinite(share) ? Fixed(share * 100, decimals) + " %" : NoNumber;
}
