using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>A bill of materials as lists show it.</summary>
/// <param name="Amount">So much of the product the lines are for.</param>
/// <param name="Unmatched">Lines without a process or bill: they count for nothing.</param>
public sealed record BillRowBody(long Id, string Uid, int Version, bool Retired, string Name, double Amount, string Unit, int Lines, int Unmatched, DateTimeOffset ChangedAt, string ChangedBy)
{
    internal static BillRowBody Of(BillRow b) => new(b.Id, b.Uid, b.Version, b.Retired, b.Name, b.Amount, b.Unit, b.Lines, b.Unmatched, b.ChangedAt, b.ChangedByName);
}

/// <summary>A line of a bill.</summary>
/// <param name="Number">Kept by edits; 0 or left out for a new line.</param>
/// <param name="Position">Part number.</param>
/// <param name="Process">UUID of the process that makes it.</param>
/// <param name="Bill">Number of the bill that makes it.</param>
/// <param name="Stage">Life cycle stage.</param>
/// <param name="Suggested">The process was found by words and nobody has confirmed it.</param>
public sealed record BillLineBody(
    int Number, string? Position, string? Name, double Amount, string? Unit, string? Process, long? Bill, string? Location, string? Supplier, string? Stage, string? Comment, bool Suggested)
{
    internal static BillLineBody Of(BillPart l) => new(l.Number, l.Position, l.Name, l.Amount, l.Unit, l.Process, l.Bill, l.Location, l.Supplier, l.Stage, l.Comment, l.Suggested);

    internal BillPart ToLine() => new()
    {
        Number = Number, Position = Position ?? "", Name = Name ?? "", Amount = Amount, Unit = Unit ?? "", Process = string.IsNullOrWhiteSpace(Process) ? null : Process, Bill = Bill, Location = Location ?? "",
        Supplier = Supplier ?? "", Stage = Stage ?? "", Comment = Comment ?? "", Suggested = Suggested,
    };
}

/// <summary>One version of a bill.</summary>
public sealed record BillBody(BillRowBody About, int Version, string Sha256, DateTimeOffset MadeAt, string MadeBy, string Reason, string Comment, IReadOnlyList<BillLineBody> Lines)
{
    internal static BillBody Of(StoredBill b) => new(
        BillRowBody.Of(b.Row), b.Version.Number, b.Version.Sha256, b.Version.MadeAt, b.Version.MadeByName, b.Version.Reason, b.Dataset.Comment, [.. b.Dataset.Lines.Select(BillLineBody.Of)]);
}

/// <summary>A bill to be made, or as an edit leaves it.</summary>
/// <param name="Version">Of an edit: the version that it began with.</param>
/// <param name="Amount">Of the product that the lines are for; 1 where it is left out.</param>
/// <param name="Reason">For the history.</param>
public sealed record NewBillBody(int Version, string? Name, double? Amount, string? Unit, string? Comment, IReadOnlyList<BillLineBody>? Lines, string? Reason)
{
    internal BillDataset ToBill() => new() { Name = Name ?? "", Amount = Amount ?? 1, Unit = Unit ?? "", Comment = Comment ?? "", Lines = [.. (Lines ?? []).Select(l => l.ToLine())] };
}

/// <summary>The impacts of a bill.</summary>
/// <param name="Rights">Strictest right of the data that it leans on: open or licensed; a sealed result is not told.</param>
/// <param name="Gaps">Lines that count for nothing, also of bills in the bill.</param>
public sealed record BillResultBody(
    long Bill, int Version, double Amount, string Unit, string Method, string MethodHash, string SystemHash, double BackwardError, double PrimalDual, string Rights, IReadOnlyList<BillImpactBody> Impacts,
    IReadOnlyList<BillLineImpactsBody> Lines, IReadOnlyList<BillGapBody> Gaps)
{
    internal static BillResultBody Of(BillResult r) => new(
        r.Bill.Row.Id, r.Bill.Version.Number, r.Amount, r.Bill.Dataset.Unit, r.Method.Method.Name, r.Foreground.Behind.Method.Hash, r.Certificate.SystemHash, r.Certificate.Solver.BackwardError,
        r.Certificate.Solver.PrimalDual, LibraryWords.Of(r.Rights), [.. r.Impacts.Indicators.Select((i, k) => new BillImpactBody(i.Name, i.Unit, r.Impacts.Values[k]))],
        [.. r.Lines.Select(l => new BillLineImpactsBody(l.Line.Number, l.Line.Name, l.Made, l.Gap is null, l.Impacts))],
        [.. r.Gaps.Select(g => new BillGapBody(g.Path, g.Amount, g.Line.Unit, LibraryWords.Of(g.Reason)))]);
}

/// <summary>The value of an indicator.</summary>
public sealed record BillImpactBody(string Indicator, string Unit, double Value);

/// <summary>What a line causes with everything behind it.</summary>
/// <param name="Counts">False where it counts for nothing.</param>
/// <param name="Impacts">In the order of the result's indicators.</param>
public sealed record BillLineImpactsBody(int Number, string Name, string Made, bool Counts, IReadOnlyList<double> Impacts);

/// <summary>A line that counts for nothing.</summary>
/// <param name="Reason">unmatched, not_there or no_conversion.</param>
public sealed record BillGapBody(string Path, double Amount, string Unit, string Reason);
