namespace Tanlu.Ledger;

/// <summary>The columns of an activity file, in the order in which the reader keeps their places.</summary>
public enum ActivityField
{
    Site,
    Source,
    Activity,
    Start,
    End,
    Quantity,
    Unit,
    Region,
    Factor,
    Scope,
    Scope3Category,
    Ncv,
    NcvUnit,
    CarbonContent,
    CarbonContentUnit,
    Oxidation,
    Density,
    DensityUnit,
    LeakRate,
    StockStart,
    StockEnd,
    Supplier,
    Quality,
    UncertaintyPercent,
    Evidence,
    Note,
    Corrects,
}

/// <summary>Names of the fields as files and problems spell them.</summary>
public static class ActivityFields
{
    private static readonly string[] Names =
    [
        "site", "source", "activity", "start", "end", "quantity", "unit", "region", "factor", "scope", "scope3_category", "ncv", "ncv_unit", "carbon_content",
        "carbon_content_unit", "oxidation", "density", "density_unit", "leak_rate", "stock_start", "stock_end", "supplier", "quality", "uncertainty_percent",
        "evidence", "note", "corrects",
    ];

    public const int Count = 27;

    public static IReadOnlyList<string> All => Names;

    /// <summary>Columns without which a file is not an activity file. A factor may stand for the activity in a row, but the column must be there.</summary>
    public static IReadOnlyList<ActivityField> Required { get; } =
        [ActivityField.Site, ActivityField.Activity, ActivityField.Start, ActivityField.End, ActivityField.Quantity, ActivityField.Unit, ActivityField.Region];

    public static string Name(ActivityField field) => Names[(int)field];
}

/// <summary>How a quantity was come by. Numbers are stored.</summary>
public enum DataQuality : byte
{
    /// <summary>Nothing said.</summary>
    Unstated = 0,

    /// <summary>Metered or weighed.</summary>
    Measured = 1,

    /// <summary>From bills and records.</summary>
    Invoiced = 2,

    /// <summary>Calculated from other measured data.</summary>
    Calculated = 3,

    /// <summary>Estimated; the figure wears the mark.</summary>
    Estimated = 4,
}
