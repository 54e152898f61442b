namespace Tanlu.Products;

/// <summary>A bill of materials: the parts of so much of a product. A bill is calculated as a process of its own.</summary>
public sealed record BillDataset
{
    public string Name { get; init; } = "";

    /// <summary>So much of the product the lines are for, in <see cref="Unit"/>.</summary>
    public double Amount { get; init; } = 1;

    public string Unit { get; init; } = "";

    public string Comment { get; init; } = "";

    public IReadOnlyList<BillPart> Lines { get; init; } = [];
}

/// <summary>One line of a bill: a part with its amount, made by a process, by another bill, or by nobody that is known yet.</summary>
public sealed record BillPart
{
    /// <summary>Unique within the bill and kept by edits; 0 for a line that has none yet.</summary>
    public int Number { get; init; }

    /// <summary>Part number or position as its maker writes it; may be empty.</summary>
    public string Position { get; init; } = "";

    public required string Name { get; init; }

    /// <summary>In <see cref="Unit"/>; negative where something is given back.</summary>
    public double Amount { get; init; }

    public string Unit { get; init; } = "";

    /// <summary>UUID of the process that makes it, or treats it where it is a waste; null where none is known.</summary>
    public string? Process { get; init; }

    /// <summary>UUID of the process's product; found by the process where it is left out.</summary>
    public string? Flow { get; init; }

    /// <summary>The library that the process was chosen from.</summary>
    public long? Library { get; init; }

    /// <summary>Number of the bill that makes it, in its current version.</summary>
    public long? Bill { get; init; }

    public string Location { get; init; } = "";

    public string Supplier { get; init; } = "";

    /// <summary>Life cycle stage or module; lines of one stage are summed.</summary>
    public string Stage { get; init; } = "";

    public string Comment { get; init; } = "";

    /// <summary>The process was found by words, and nobody has confirmed it.</summary>
    public bool Suggested { get; init; }

    internal bool Matched => Process is not null || Bill is not null;
}

/// <summary>A bill as lists show it: its current version, without lines.</summary>
/// <param name="Unmatched">Lines without a process or bill: they count for nothing.</param>
public sealed record BillRow(
    long Id, string Uid, int Version, bool Retired, string Name, double Amount, string Unit, int Lines, int Unmatched, DateTimeOffset ChangedAt, string ChangedByName);

/// <summary>One state of a bill; it never changes.</summary>
/// <param name="Sha256">Of its canonical text, in hexadecimal digits.</param>
/// <param name="Restores">The version that it takes up again; null where it takes up none.</param>
public sealed record BillVersion(int Number, string Sha256, DateTimeOffset MadeAt, long MadeBy, string MadeByName, string Reason, int? Restores);

/// <summary>A bill with one of its versions in full.</summary>
public sealed record StoredBill(BillRow Row, BillVersion Version, BillDataset Dataset);
