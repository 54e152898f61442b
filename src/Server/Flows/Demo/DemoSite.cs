using Tanlu.Organisation;

namespace Tanlu.Server.Flows.Demo;

/// <summary>A site of the generated group with its sources.</summary>
/// <param name="Company">Code of the company above it.</param>
/// <param name="OpenedBack">Months before the end of the data at which the site began; 0 where it was always there.</param>
/// <param name="PvStart">MW of photovoltaics on its roofs in the first month.</param>
/// <param name="PvEnd">MW in the last month; the ramp between them lowers what is bought.</param>
internal sealed record DemoSite(
    string Code, string Company, string En, string Zh, string Region, string Industry, IReadOnlyList<DemoSource> Sources, double PvStart = 0, double PvEnd = 0, int OpenedBack = 0);

/// <summary>A company of the generated group.</summary>
internal sealed record DemoCompany(string Code, string En, string Zh);

/// <summary>How the months of a year differ.</summary>
internal enum Season
{
    /// <summary>Even, but for the weeks around the Chinese New Year.</summary>
    Work,

    /// <summary>Heating from November to March.</summary>
    Heating,

    /// <summary>Cooling in summer, some heating in winter.</summary>
    Cooling,

    /// <summary>Terms and holidays of a school.</summary>
    School,

    /// <summary>The same every month.</summary>
    Even,
}

/// <summary>A source of emissions of the generated group.</summary>
/// <param name="Yearly">Quantity of a middling year, in the unit.</param>
/// <param name="Growth">Change a year, as a share.</param>
/// <param name="Evidence">Share of months with a document behind them.</param>
/// <param name="Quarterly">Billed by the quarter: one row spans three months.</param>
/// <param name="Quality">As activity files write it.</param>
/// <param name="OnPv">What the site's own photovoltaics generate is not bought here.</param>
internal sealed record DemoSource(
    string Name, string Activity, string Unit, double Yearly, Season Season = Season.Work, double Growth = 0.02, double Evidence = 0, string Supplier = "",
    bool Quarterly = false, string Quality = "invoiced", bool OnPv = false, string Region = "");

/// <summary>Kinds that the flow of a demo adds to Organisation's own.</summary>
internal static class DemoLabels
{
    /// <summary>Every generated name ends so in English and Chinese.</summary>
    public const string En = " (generated)";
    public const string Zh = "（生成数据）";

    public static NewNode Node(long? parent, NodeKind kind, string code, string en, string zh, string region = "", string industry = "", DateOnly? from = null) =>
        new(parent, kind, code, en + En, zh + Zh, region, industry, from);
}
