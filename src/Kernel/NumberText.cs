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

    /// <summary>A scaled integer of the book in full: <c>OfScaled(1234567, 6)</c> is <c>1.234567</c>. Exact for every 128-bit integer.</summary>
    /// <param name="decimals">Digits behind the point, e.g. 6 for milligrams shown in kg.</param>
    /// <param name="shortest">Drops zeros at the end.</param>
    public static string OfScaled(Int128 value, int decimals, bool shortest = true)
    {
        var digits = (value < 0 ? UInt128.CreateTruncating(-value) : (UInt128)value).ToString(Plain).PadLeft(decimals + 1, '0');
        var whole = Grouped(digits[..^decimals]);
        var fraction = shortest ? digits[^decimals..].TrimEnd('0') : digits[^decimals..];
        return (value < 0 ? "-" : "") + (fraction.Length == 0 ? whole : $"{whole}.{fraction}");
    }

    /// <summary>A share of one as per cent.</summary>
    public static string Percent(double share, int decimals = 1) => double.IsFinite(share) ? Fixed(share * 100, decimals) + " %" : NoNumber;

    /// <summary>
    /// The number to so many significant figures, grouped (<c>1,230</c>, <c>0.0123</c>); below 0.0001 with an exponent. Rounding starts from the
    /// exact binary value, half away from zero.
    /// </summary>
    public static string Significant(double value, int figures = 3)
    {
        if (!double.IsFinite(value))
        {
            return NoNumber;
        }

        if (value == 0)
        {
            return "0";
        }

        var (digits, magnitude) = Rounded(value, figures);
        var sign = value < 0 ? "-" : "";
        if (magnitude < -4)
        {
            var mantissa = digits.Length == 1 ? digits : $"{digits[..1]}.{digits[1..]}";
            return $"{sign}{mantissa}E{magnitude.ToString(Plain)}";
        }

        if (magnitude < 0)
        {
            return $"{sign}0.{new string('0', -magnitude - 1)}{digits}";
        }

        return magnitude >= digits.Length - 1
            ? sign + Grouped(digits + new string('0', magnitude - digits.Length + 1))
            : $"{sign}{Grouped(digits[..(magnitude + 1)])}.{digits[(magnitude + 1)..]}";
    }

    /// <summary>The number that <see cref="Significant"/> shows, as a double: it decides the unit, so that 999.6 kg becomes 1.00 t.</summary>
    internal static double ToSignificant(double value, int figures = 3) => double.Parse(value.ToString(Format(figures), Plain), NumberStyles.Float, Plain);

    private static (string Digits, int Magnitude) Rounded(double value, int figures)
    {
        var text = Math.Abs(value).ToString(Format(figures), Plain);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        return (text[..e].Replace(".", "", StringComparison.Ordinal), int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, Plain));
    }

    private static string Format(int figures) => "E" + (figures - 1).ToString(Plain);

    private static string Grouped(string digits)
    {
        var head = digits.Length % 3;
        var groups = Enumerable.Range(0, digits.Length / 3).Select(i => digits.Substring(head + (3 * i), 3));
        return string.Join(',', head == 0 ? groups : groups.Prepend(digits[..head]));
    }
}
