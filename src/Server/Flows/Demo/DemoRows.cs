using Tanlu.Kernel;

namespace Tanlu.Server.Flows.Demo;

/// <summary>One generated row of an activity file.</summary>
/// <param name="Month">Place of its first month in the generated period, from 0.</param>
/// <param name="Slip">What the quantity was multiplied with by mistake; a correction takes it back later.</param>
internal sealed record DemoRow(DemoSite Site, DemoSource Source, DateInterval Days, int Month, double Quantity, string Quality, bool Documented, double Slip);

/// <summary>
/// Makes the activity rows of the group: growth, seasons, photovoltaics that lower what is bought, months that are estimated, one that is missing. Pure; the
/// same day gives the same rows, because the noise of a row follows from its name and month alone.
/// </summary>
internal static class DemoRows
{
    /// <summary>Two and a half years.</summary>
    public const int Months = 30;

    // Full-load hours a megawatt of photovoltaics gives in the months of a year, eastern China.
    private static readonly double[] SunHours = [62, 70, 92, 108, 116, 104, 118, 114, 92, 84, 68, 60];

    private static readonly double[] Work = [0.98, 0.74, 1.04, 1.03, 1.02, 1.02, 1.0, 1.01, 1.05, 0.98, 1.06, 1.07];
    private static readonly double[] Heating = [1.62, 1.38, 1.12, 0.86, 0.7, 0.66, 0.68, 0.68, 0.7, 0.82, 1.2, 1.58];
    private static readonly double[] Cooling = [0.92, 0.74, 0.82, 0.86, 1.0, 1.18, 1.42, 1.4, 1.16, 0.9, 0.78, 0.82];
    private static readonly double[] School = [0.72, 0.4, 1.24, 1.26, 1.24, 1.22, 0.6, 0.38, 1.28, 1.22, 1.24, 1.2];

    /// <summary>Slips of the hand that the people of the group found and corrected.</summary>
    private static readonly (string Site, string Source, int Month, double Times)[] Slips =
    [
        ("WX-TEXTILE", "heat.purchased", 8, 10),
        ("SZ-TOWER", "travel.rail", 13, 2),
        ("OD-BATTERY", "fuel.diesel", 21, 1000),
        ("SX-PHARMA", "fuel.natural_gas", 25, 0.1),
    ];

    /// <summary>The first of the generated months; the last is the month before today's.</summary>
    public static Month FirstMonth(DateOnly today) => new(Month.Of(today).Number - Months);

    public static IReadOnlyList<DemoRow> Of(DemoSite site, DateOnly today)
    {
        var first = FirstMonth(today);
        var rows = new List<DemoRow>();
        foreach (var source in site.Sources)
        {
            var start = Start(site);

            // A quarterly bill begins with a quarter of the calendar.
            if (source.Quarterly)
            {
                while ((first.Number + start) % 3 != 0)
                {
                    start++;
                }
            }

            for (var at = start; at + (source.Quarterly ? 2 : 0) < Months; at += source.Quarterly ? 3 : 1)
            {
                if (!Missing(site, source, at))
                {
                    rows.Add(Row(site, source, first, at));
                }
            }
        }

        return [.. rows.OrderBy(r => r.Month)];
    }

    private static int Start(DemoSite site) => site.OpenedBack > 0 ? Months - site.OpenedBack : 0;

    /// <summary>One month of gas readings never arrived.</summary>
    private static bool Missing(DemoSite site, DemoSource source, int at) => site.Code == "SX-PHARMA" && source.Activity == "fuel.natural_gas" && at == 17;

    private static DemoRow Row(DemoSite site, DemoSource source, Month first, int at)
    {
        var span = source.Quarterly ? 3 : 1;
        var quantity = 0.0;
        for (var month = at; month < at + span; month++)
        {
            quantity += Monthly(site, source, new Month(first.Number + month), month);
        }

        var name = $"{site.Code}/{source.Activity}/{at}";
        var estimated = source.Quality != "estimated" && (Noise(name + "/estimated") > 0.94 || (at == Months - 1 && Noise(name + "/late") > 0.35));
        var slip = Slips.FirstOrDefault(s => s.Site == site.Code && s.Source == source.Activity && s.Month == at).Times;
        return new DemoRow(
            site, source, new DateInterval(new Month(first.Number + at).Interval.Start, new Month(first.Number + at + span - 1).Interval.End), at, Rounded(quantity),
            estimated ? "estimated" : source.Quality, !estimated && (Noise(name + "/document") + 1) / 2 < source.Evidence, slip == 0 ? 1 : slip);
    }

    private static double Monthly(DemoSite site, DemoSource source, Month month, int at)
    {
        var ofYear = month.OfYear - 1;
        var shape = source.Season switch { Season.Work => Work[ofYear], Season.Heating => Heating[ofYear], Season.Cooling => Cooling[ofYear], Season.School => School[ofYear], _ => 1 };
        var grown = Math.Pow(1 + source.Growth, at / 12.0);

        // A new plant needs most of a year to reach its output.
        var ramp = site.OpenedBack > 0 ? Math.Min(1, 0.35 + (0.08 * (at - Start(site)))) : 1;
        var quantity = source.Yearly / 12 * shape * grown * ramp * (1 + (0.04 * Noise($"{site.Code}/{source.Name}/{at}")));
        return source.OnPv ? Math.Max(quantity * 0.2, quantity - Sun(site, source, at, ofYear)) : quantity;
    }

    /// <summary>What the site's roofs gave in the month, in the source's unit.</summary>
    private static double Sun(DemoSite site, DemoSource source, int at, int ofYear)
    {
        // Panels go up in steps, a third of the way at a time.
        var step = Math.Floor(at * 3.0 / Months) / 2;
        var megawatts = site.PvStart + ((site.PvEnd - site.PvStart) * Math.Min(1, step));
        return megawatts * SunHours[ofYear] * (source.Unit == "kWh" ? 1000 : 1) * (1 + (0.08 * Noise($"{site.Code}/sun/{at}")));
    }

    /// <summary>As many digits as a bill of that size shows.</summary>
    private static double Rounded(double quantity) => quantity switch
    {
        >= 1000 => Math.Round(quantity),
        >= 100 => Math.Round(quantity, 1),
        >= 1 => Math.Round(quantity, 2),
        _ => Math.Round(quantity, 3),
    };

    /// <summary>Even noise from −1 to 1 that depends on the name alone.</summary>
    private static double Noise(string name)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 0x100000001B3UL;
        }

        hash ^= hash >> 31;
        hash *= 0x9E3779B97F4A7C15UL;
        hash ^= hash >> 29;
        return ((hash >> 11) / (double)(1UL << 52)) - 1;
    }
}
