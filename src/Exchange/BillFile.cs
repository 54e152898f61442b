using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>A bill of materials as somebody wrote it: lines in the order of the file, and what is wrong with the lines that are left out.</summary>
public sealed record BillFile
{
    public required string Name { get; init; }

    public IReadOnlyList<BillLine> Lines { get; init; } = [];

    /// <summary>The header's text for each field that was found (<c>part</c>, <c>quantity</c>, <c>unit</c> …), for a person to check.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Header texts that mean nothing here.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];

    /// <summary>Each names row and column. A line with a problem is not among <see cref="Lines"/>.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];
}

/// <summary>One line of a bill.</summary>
/// <param name="Row">Row as a person counts it in the file or in the pasted text.</param>
/// <param name="Number">Part number or position; may be empty.</param>
/// <param name="Part">Name of the part or material.</param>
/// <param name="Quantity">In <paramref name="Unit"/>; as it stands.</param>
/// <param name="Unit">As it is written; empty where neither the line nor the header says.</param>
/// <param name="Process">Name or id of the process that makes it, where the bill says; empty otherwise.</param>
/// <param name="Stage">Life cycle stage or module, as it is written.</param>
/// <param name="Level">Depth in the structure of the product, where the bill has one.</param>
public sealed record BillLine(
    int Row, string Number, string Part, double Quantity, string Unit, string Process = "", string Location = "", string Supplier = "", string Stage = "", string Comment = "", int? Level = null);
