using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>
/// What an edition of a factor pack would move in the periods that are open: calculated from what postings pin and from the library with the edition, without writing
/// anything. Reading needs <see cref="Right.ReadFigures"/> and reaches the caller's tenant and subtree only.
/// </summary>
public sealed class LibraryEffects(Db db, FactorPacks packs, ActivityQuantities quantities, PinnedCalculations pinned, OrganisationTree tree, Journal journal)
{
    /// <summary>The effect of an edition; for one that serves already, against the library without it.</summary>
    public async Task<Outcome<LibraryEffect>> Of(Caller caller, long pack, GwpSet gwp, Route route, CancellationToken ct)
    {
        var libraries = await packs.LibrariesAround(caller, pack, ct);
        var nodes = await tree.Subtree(caller, null, null, ct);
        var sources = await journal.Sources(caller, null, ct);
        if (!libraries.Ok || !nodes.Ok || !sources.Ok)
        {
            return Outcome<LibraryEffect>.Refused([.. libraries.Problems, .. libraries.Ok ? nodes.Problems : [], .. libraries.Ok && nodes.Ok ? sources.Problems : []]);
        }

        var (before, after) = libraries.Value;
        var touched = Touched(before, after);
        var requests = (await quantities.Calculations(caller, ct)).Value.Where(c => touched.Contains(c.Request.Activity) || c.Request.Factor.Length > 0).ToDictionary(c => c.Id);
        var sums = (await quantities.Of(caller, requests.Keys, ct)).Value;
        var frozen = await db.Read(tx => FrozenMonths.Of(tx, caller.Tenant), ct);
        var known = await pinned.Of(caller.Tenant, sums.Select(s => s.Calculation).ToHashSet(), ct);
        var paths = nodes.Value.ToDictionary(n => n.Id, n => n.Path);
        return await Task.Run<Outcome<LibraryEffect>>(
            () =>
            {
                var rates = new EffectRates(before, after, gwp, route);
                var cells = new Dictionary<Cell, (double Posted, double After, long Activities)>();
                var refused = new Dictionary<(string, string), (long Activities, Problem Problem)>();
                var (stays, unknown) = (0, 0L);
                foreach (var sum in sums)
                {
                    var request = requests[sum.Calculation];
                    if (rates.Changed(request.Request, sum.Period) is not { } then)
                    {
                        continue;
                    }

                    var factor = request.FactorIds.FirstOrDefault("");
                    if (!then.Ok)
                    {
                        var seen = refused.GetValueOrDefault((request.Request.Activity, factor));
                        refused[(request.Request.Activity, factor)] = (seen.Activities + sum.Activities, then.Problems[0]);
                        continue;
                    }

                    if (known.GetValueOrDefault(sum.Calculation)?.Parts is not { } parts)
                    {
                        unknown += sum.Activities;
                        continue;
                    }

                    var posted = rates.KgPerUnit(parts.Select(p => p.Line).Distinct(ReferenceEqualityComparer.Instance).Cast<CalculationLine>());
                    if (Math.Abs(posted - then.Value.KgPerUnit) <= 1e-12 * Math.Max(Math.Abs(posted), Math.Abs(then.Value.KgPerUnit)))
                    {
                        continue;
                    }

                    foreach (var (month, share) in Shares(sum.Period))
                    {
                        if (frozen.Has(paths.GetValueOrDefault(sum.Site, ""), month))
                        {
                            stays++;
                            continue;
                        }

                        var cell = new Cell(sum.Site, sum.Source, request.Request.Activity, month, factor, then.Value.Main);
                        var so = cells.GetValueOrDefault(cell);
                        cells[cell] = (so.Posted + (sum.Quantity * share * posted), so.After + (sum.Quantity * share * then.Value.KgPerUnit), so.Activities + sum.Activities);
                    }
                }

                return new LibraryEffect(
                    gwp, route,
                    [
                        .. cells.Select(c => new EffectRow(c.Key.Site, c.Key.Source, c.Key.Activity, c.Key.Month, c.Key.Before, c.Key.After, c.Value.Posted, c.Value.After, c.Value.Activities))
                            .OrderByDescending(r => Math.Abs(r.ChangeKg)).ThenBy(r => r.Month.Number).ThenBy(r => r.Source),
                    ],
                    stays, unknown, [.. refused.Select(r => new EffectRefusal(r.Key.Item1, r.Key.Item2, r.Value.Activities, r.Value.Problem))],
                    nodes.Value.ToDictionary(n => n.Id, n => new EditionName(n.Code, n.NameEn, n.NameZh)),
                    sources.Value.ToDictionary(s => s.Id, s => new EditionName($"{s.SiteCode}/{s.Code}", s.Name, "")));
            },
            ct);
    }

    /// <summary>Activities of which the two libraries do not hold the same versions.</summary>
    private static HashSet<string> Touched(FactorLibrary before, FactorLibrary after)
    {
        var (old, now) = (before.Packs.ToHashSet(), after.Packs.ToHashSet());
        return [.. before.All.Where(v => !now.Contains(v.Pack)).Concat(after.All.Where(v => !old.Contains(v.Pack))).Select(v => v.Activity).Where(a => a.Length > 0)];
    }

    private static IEnumerable<(Month Month, double Share)> Shares(DateInterval period)
    {
        for (var month = Month.Of(period.Start); month.Interval.Start < period.End; month = new Month(month.Number + 1))
        {
            var to = month.Interval.End < period.End ? month.Interval.End : period.End;
            var from = month.Interval.Start > period.Start ? month.Interval.Start : period.Start;
            yield return (month, (double)(to.DayNumber - from.DayNumber) / period.Days);
        }
    }

    private readonly record struct Cell(long Site, long Source, string Activity, Month Month, string Before, string After);
}
