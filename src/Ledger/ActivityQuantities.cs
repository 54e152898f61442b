using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>Activities that stand and agree in place, source, calculation and period, with what their quantities add up to.</summary>
/// <param name="Quantity">In the unit of the calculation.</param>
public sealed record QuantitySum(long Site, long Source, long Calculation, DateInterval Period, double Quantity, long Activities);

/// <summary>
/// What the book would have to calculate again if factors changed: quantities, not masses. One sum stands for many rows, so that a year of a million
/// activities is looked at in seconds.
/// </summary>
public sealed class ActivityQuantities(Db db)
{
    /// <summary>The calculations of the caller's tenant, as they are pinned.</summary>
    public async Task<Outcome<IReadOnlyList<PinnedRequest>>> Calculations(Caller caller, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<PinnedRequest>>.Done(await db.Read(
            tx => CalculationStore.All(tx, caller.Tenant).ConvertAll(c => new PinnedRequest(c.Id, c.Pin.Request, c.Pin.Factors.Split('|', StringSplitOptions.RemoveEmptyEntries))), ct))
        : Refusal.NotPermitted();

    /// <summary>Sums of the activities of these calculations where the caller sees them, those taken back left out.</summary>
    public async Task<Outcome<IReadOnlyList<QuantitySum>>> Of(Caller caller, IReadOnlyCollection<long> calculations, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<QuantitySum>>.Done(await db.Read(tx => Sums(tx, caller, calculations), ct))
        : Refusal.NotPermitted();

    private static List<QuantitySum> Sums(Tx tx, Caller caller, IReadOnlyCollection<long> calculations)
    {
        var sums = new List<QuantitySum>();
        foreach (var some in calculations.Chunk(10_000))
        {
            tx.Each(
                $"""
                SELECT a.site, a.source, a.calculation, a.first_day, a.last_day, sum(a.quantity), count(*)
                FROM activity a JOIN batch b ON b.id = a.batch AND b.state = 1 JOIN node n ON n.id = a.site AND n.tenant = a.tenant
                WHERE a.tenant = {caller.Tenant} AND n.path LIKE {caller.NodePath + "%"} AND a.calculation IN {Sql.In(some)} AND NOT EXISTS (
                  SELECT 1 FROM correction k JOIN batch c ON c.id = k.batch AND c.state = 1
                  WHERE k.tenant = a.tenant AND k.target_batch = a.batch AND k.target_row = a.row_number)
                GROUP BY a.site, a.source, a.calculation, a.first_day, a.last_day
                """,
                r => sums.Add(new QuantitySum(
                    r.Int64(0), r.Int64(1), r.Int64(2), DateInterval.Inclusive(DateOnly.FromDayNumber(r.Int32(3)), DateOnly.FromDayNumber(r.Int32(4))), r.Double(5), r.Int64(6))));
        }

        return sums;
    }
}

/// <summary>A calculation's request as it is pinned, and the ids of the factors that it took.</summary>
public sealed record PinnedRequest(long Id, Tanlu.Factors.Methods.CalculationRequest Request, IReadOnlyList<string> FactorIds);
