using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Server.Web.Parts;

/// <summary>
/// How figures are written: on boards scaled to three significant figures with the unit that suits, on hover, in tables and exports in full.
/// </summary>
public static class FigureText
{
    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    private static readonly (string Unit, double Size)[] Masses = [("mg", 1e-6), ("g", 1e-3), ("kg", 1), ("t", 1e3), ("kt", 1e6), ("Mt", 1e9)];
    private static readonly (string Unit, double Size)[] Watthours = [("Wh", 1e-3), ("kWh", 1), ("MWh", 1e3), ("GWh", 1e6), ("TWh", 1e9)];
    private static readonly (string Unit, double Size)[] Joules = [("J", 1e-3), ("kJ", 1), ("MJ", 1e3), ("GJ", 1e6), ("TJ", 1e9), ("PJ", 1e12)];
    private static readonly (string Unit, double Size)[][] Families = [Masses, Watthours, Joules];

    // What a reader of Chinese counts in: 万 and 亿 of tonnes and of money, not kilo and mega.
    private const double Wan = 1e4;
    private const double Yi = 1e8;

    /// <summary>Three significant figures and the unit in which the number stays between 1 and 1 000 where the unit has multiples.</summary>
    /// <param name="language">Decides between kt and 万 t.</param>
    /// <param name="value">In <paramref name="unit"/>.</param>
    /// <param name="unit">A unit with an optional substance, e.g. <c>kg CO2e</c>, <c>kWh</c>, or a currency code.</param>
    public static (string Number, string Unit) Scaled(Language language, double value, string unit)
    {
        if (!double.IsFinite(value))
        {
            return ("–", Pretty(unit));
        }

        var (head, substance) = Split(unit);
        var family = Families.FirstOrDefault(f => f.Any(u => u.Unit == head));
        if (family is null)
        {
            return head is "CNY" or "USD" or "EUR" or "GBP" ? Money(language, value, head) : (Significant(value), Pretty(unit));
        }

        var inBase = value * family.First(u => u.Unit == head).Size;
        var rounded = Math.Abs(Round3(inBase));
        if (rounded == 0)
        {
            return ("0", Pretty(unit));
        }

        if (language == Language.Chinese && family == Masses && rounded >= 1e3)
        {
            var tonnes = inBase / 1e3;
            return Math.Abs(Round3(tonnes)) switch
            {
                >= Yi => (Significant(tonnes / Yi), Pretty("亿 t" + substance)),
                >= Wan => (Significant(tonnes / Wan), Pretty("万 t" + substance)),
                _ => (Significant(tonnes), Pretty("t" + substance)),
            };
        }

        var best = family.LastOrDefault(u => rounded >= u.Size, family[0]);
        return (Significant(inBase / best.Size), Pretty(best.Unit + substance));
    }

    /// <summary>The number in full, grouped, without digits a double does not hold.</summary>
    public static string Full(double value) =>
        double.IsFinite(value) ? ((double)Math.Round((decimal)Math.Clamp(value, -7e27, 7e27), 6)).ToString("#,##0.######", Plain) : "–";

    /// <summary>The number in full with its unit.</summary>
    public static string Full(double value, string unit) => $"{Full(value)} {Pretty(unit)}".TrimEnd();

    /// <summary>The number with a fixed count of decimals, grouped, for columns of a table.</summary>
    public static string Fixed(double value, int decimals) => value.ToString("N" + decimals.ToString(Plain), Plain);

    /// <summary>A share of one as per cent with one decimal.</summary>
    public static string Percent(double share) => (share * 100).ToString("0.0", Plain) + " %";

    /// <summary>Three significant figures, grouped; small numbers keep leading zeros, tiny ones take an exponent.</summary>
    public static string Significant(double value)
    {
        var rounded = Round3(value);
        if (rounded == 0)
        {
            return "0";
        }

        var magnitude = (int)Math.Floor(Math.Log10(Math.Abs(rounded)));
        if (magnitude < -4)
        {
            return rounded.ToString("0.##E+0", Plain);
        }

        return rounded.ToString("N" + Math.Max(0, 2 - magnitude).ToString(Plain), Plain);
    }

    /// <summary>Units as the trade writes them: <c>CO₂e</c>, <c>m³</c>, <c>10⁴</c>.</summary>
    public static string Pretty(string unit) => unit == "1" ? "" : unit
        .Replace("CO2", "CO₂", StringComparison.Ordinal)
        .Replace("CH4", "CH₄", StringComparison.Ordinal)
        .Replace("N2O", "N₂O", StringComparison.Ordinal)
        .Replace("SF6", "SF₆", StringComparison.Ordinal)
        .Replace("NF3", "NF₃", StringComparison.Ordinal)
        .Replace("Nm3", "Nm³", StringComparison.Ordinal)
        .Replace("m3", "m³", StringComparison.Ordinal)
        .Replace("10^4", "10⁴", StringComparison.Ordinal);

    private static (string Number, string Unit) Money(Language language, double value, string currency)
    {
        var size = Math.Abs(Round3(value));
        if (language == Language.Chinese)
        {
            var name = currency == "CNY" ? "元" : " " + currency;
            return size >= Yi ? (Significant(value / Yi), "亿" + name) : size >= Wan ? (Significant(value / Wan), "万" + name) : (Significant(value), name.Trim());
        }

        return size switch
        {
            >= 1e9 => (Significant(value / 1e9), "bn " + currency),
            >= 1e6 => (Significant(value / 1e6), "m " + currency),
            >= 1e3 => (Significant(value / 1e3), "k " + currency),
            _ => (Significant(value), currency),
        };
    }

    private static (string Head, string Substance) Split(string unit)
    {
        var blank = unit.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (unit, "") : (unit[..blank], unit[blank..]);
    }

    private static double Round3(double value)
    {
        if (value == 0)
        {
            return 0;
        }

        var scale = Math.Pow(10, 2 - (int)Math.Floor(Math.Log10(Math.Abs(value))));
        return double.IsFinite(scale) && scale > 0 ? Math.Round(value * scale) / scale : 0;
    }
}
