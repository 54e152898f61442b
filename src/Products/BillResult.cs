namespace Tanlu.Products;

/// <summary>What is to be calculated of a bill.</summary>
/// <param name="Version">Null for the current one.</param>
/// <param name="Amount">Of the bill's product in its unit; null for the amount that its lines are for.</param>
/// <param name="Method">Key of the method; null for <see cref="Calculations.DefaultMethod"/>.</param>
/// <param name="Libraries">Libraries that are bought from; null for all imported ones in use.</param>
public sealed record BillRequest(
    long Bill, int? Version = null, double? Amount = null, string? Method = null, int? MethodVersion = null, long? Mapping = null, IReadOnlyList<long>? Libraries = null)
{
    public LinkRules Rules { get; init; } = new();
}

/// <summary>A line of the bill with all that it causes.</summary>
/// <param name="Made">Name and place of the process or bill that makes it; empty where nobody does.</param>
/// <param name="Impacts">By indicator, for the amount that was asked for.</param>
/// <param name="Gap">Why it counts for nothing; null where it counts.</param>
public sealed record BillLineResult(BillPart Line, string Made, double[] Impacts, BillGapReason? Gap);

/// <summary>A line of a bill or of a bill in it that is made by a process.</summary>
/// <param name="Path">Names of the lines from the bill down to this one.</param>
/// <param name="Amount">In all, in <paramref name="Unit"/>, the unit of the process's product.</param>
/// <param name="Stage">The outermost line's word for it, where that has none the next one's; likewise supplier. The place is the innermost line's, else the process's.</param>
public sealed record BillLeaf(string Path, string Process, string ProcessUid, double Amount, string Unit, string Stage, string Supplier, string Place, double[] Impacts);

/// <summary>A line that counts for nothing.</summary>
/// <param name="Path">Names of the lines from the bill down to this one.</param>
/// <param name="Amount">In all, in the line's own unit.</param>
public sealed record BillGap(string Path, BillPart Line, double Amount, BillGapReason Reason);

/// <summary>Impact of the lines of one stage, supplier, place or process.</summary>
/// <param name="Lines">How many lines it is of.</param>
public sealed record BillGroup(string Key, double Impact, double Share, int Lines);

/// <summary>The impacts of a bill with everything that they rest on.</summary>
/// <param name="Impacts">Over the foreground: the bill, those in it, and what they buy.</param>
/// <param name="Rights">The strictest right of the data that it leans on: a sealed result does not leave.</param>
public sealed record BillResult(
    BillRequest Request, StoredBill Bill, StoredMethod Method, ForegroundSystem Foreground, ImpactResult Impacts, ResultCertificate Certificate, DataRight Rights, IReadOnlyList<BillLineResult> Lines,
    IReadOnlyList<BillLeaf> Leaves, IReadOnlyList<BillGap> Gaps)
{
    public double Amount => Request.Amount ?? Bill.Dataset.Amount;

    public IReadOnlyList<BillGroup> ByStage(int indicator) => By(indicator, l => l.Stage);

    public IReadOnlyList<BillGroup> BySupplier(int indicator) => By(indicator, l => l.Supplier);

    public IReadOnlyList<BillGroup> ByPlace(int indicator) => By(indicator, l => l.Place);

    /// <summary>By the process that is bought, with its whole chain.</summary>
    public IReadOnlyList<BillGroup> ByProcess(int indicator) => By(indicator, l => l.Process);

    private IReadOnlyList<BillGroup> By(int indicator, Func<BillLeaf, string> key)
    {
        var from = Impacts.Contributions();
        return
        [
            .. Leaves.GroupBy(key, StringComparer.Ordinal).Select(g => (g.Key, Impact: g.Sum(l => l.Impacts[indicator]), Count: g.Count()))
                .Select(g => new BillGroup(g.Key, g.Impact, from.ShareOf(g.Impact, indicator), g.Count)).OrderByDescending(g => Math.Abs(g.Impact)).ThenBy(g => g.Key, StringComparer.Ordinal),
        ];
    }
}
