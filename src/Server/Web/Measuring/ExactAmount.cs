using System.Globalization;

namespace Tanlu.Server.Web.Measuring;

/// <summary>What a figure counts.</summary>
public enum Measure
{
    /// <summary>CO2e in the scopes.</summary>
    Co2e,

    /// <summary>Biogenic CO2, outside the scopes.</summary>
    Biogenic,

    /// <summary>CO2e of gases outside the Kyoto list, reported apart.</summary>
    Apart,

    /// <summary>Energy used.</summary>
    Energy,
}

/// <summary>A figure with all its digits: a whole number of the book's smallest parts, shown in t or MWh.</summary>
/// <param name="Parts">mg × 1000 of CO2e, mg of CO2, or Wh.</param>
public readonly record struct ExactAmount(Measure Of, Int128 Parts)
{
    public string Unit => Of switch { Measure.Energy => "MWh", Measure.Biogenic => "t CO2", _ => "t CO2e" };

    /// <summary>In <see cref="Unit"/>, as near as a double comes.</summary>
    public double Value => (double)Parts / Math.Pow(10, Decimals);

    /// <summary>Every digit, grouped.</summary>
    public string Text => ExactText.Of(Parts, Decimals, grouped: true);

    /// <summary>Every digit, as files and programs read it.</summary>
    public string Plain => ExactText.Of(Parts, Decimals, grouped: false);

    /// <summary>Every digit with all its decimals, as <c>population</c> workbooks join them.</summary>
    public string Padded
    {
        get
        {
            var digits = Int128.Abs(Parts).ToString(CultureInfo.InvariantCulture).PadLeft(Decimals + 1, '0');
            return (Parts < 0 ? "-" : "") + digits[..^Decimals] + "." + digits[^Decimals..];
        }
    }

    public int Decimals => Of switch { Measure.Energy => 6, Measure.Biogenic => 9, _ => 12 };

    public static ExactAmount operator +(ExactAmount a, ExactAmount b) => new(a.Of, a.Parts + b.Parts);

    public static ExactAmount operator -(ExactAmount a, ExactAmount b) => new(a.Of, a.Parts - b.Parts);

    public double ShareOf(ExactAmount whole) => whole.Parts == 0 ? 0 : (double)Parts / (double)whole.Parts;
}

/// <summary>Scaled whole numbers as decimal text, without a digit lost on the way.</summary>
public static class ExactText
{
    /// <summary><c>1,234.5</c> for 12345 with one decimal; zeros at the end are left out.</summary>
    public static string Of(Int128 parts, int decimals, bool grouped)
    {
        var digits = Int128.Abs(parts).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        var whole = digits[..^decimals];
        var fraction = digits[^decimals..].TrimEnd('0');
        if (grouped)
        {
            for (var at = whole.Length - 3; at > 0; at -= 3)
            {
                whole = whole.Insert(at, ",");
            }
        }

        return (parts < 0 ? "-" : "") + whole + (fraction.Length > 0 ? "." + fraction : "");
    }
}
