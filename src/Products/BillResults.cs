using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Products;

/// <summary>Impacts of bills, from what is prepared: an edit of a bill is answered without solving the background again. Reading figures over the whole tenant is enough.</summary>
public sealed class BillResults(Bills bills, Libraries libraries, PreparedSystems systems, ImpactMethods methods, FlowMappings mappings)
{
    /// <summary>
    /// The impacts of a bill. Refused with <c>not_found</c> for bill, version, method, mapping or library, <c>demand_not_finite</c>, <c>background_empty</c> where no library is there to buy from, and
    /// with the problems of linking and of the network.
    /// </summary>
    public async Task<Outcome<BillResult>> Of(Caller caller, BillRequest request, CancellationToken ct)
    {
        var whole = await bills.Whole(caller, request.Bill, request.Version, ct);
        var method = await methods.Get(caller, request.Method ?? Calculations.DefaultMethod, request.MethodVersion, ct);
        var mapping = request.Mapping is { } number ? await mappings.Get(caller, number, ct) : Outcome<FlowMappingSet>.Done(null!);
        var known = await libraries.List(caller, ct);
        if (!whole.Ok || !method.Ok || !mapping.Ok || !known.Ok)
        {
            return Outcome<BillResult>.Refused([.. whole.Problems, .. method.Problems, .. mapping.Problems, .. known.Problems]);
        }

        var from = request.Libraries ?? [.. known.Value.Where(l => !l.Own && l.State == LibraryState.Ready).Select(l => l.Id)];
        if (from.Count == 0)
        {
            return new Problem("background_empty", Found: whole.Value[0].Dataset.Name);
        }

        var background = await systems.Background(caller, from, request.Rules, ct);
        var own = await libraries.Load(caller, [.. known.Value.Where(l => l.Own && l.State == LibraryState.Ready).Select(l => l.Id)], ct);
        return background.Ok && own.Ok
            ? await Task.Run(() => Calculated(request, whole.Value, method.Value, mapping.Value, background.Value, own.Value), ct)
            : Outcome<BillResult>.Refused([.. background.Problems, .. own.Problems]);
    }

    private static Outcome<BillResult> Calculated(
        BillRequest request, IReadOnlyList<StoredBill> whole, StoredMethod method, FlowMappingSet? mapping, Background background, IReadOnlyList<LoadedLibrary> own)
    {
        var bill = whole[0];
        var network = BillNetwork.Of(whole, background, own);
        return background.Characterise(method.Method, mapping)
            .Then(behind => ForegroundSystem.Of(background, behind, [network.Package, .. own.Select(l => l.Package)], request.Rules))
            .Then(foreground => foreground.System.Demand(foreground.System.Find(bill.Row.Uid)!.Value, request.Amount ?? bill.Dataset.Amount).Then(foreground.Impacts).Then(impacts =>
            {
                var (lines, leaves, gaps) = BillLines.Of(network, impacts);
                return Outcome<BillResult>.Done(new BillResult(
                    request, bill, method, foreground, impacts, ResultCertificate.Of(impacts), RightOf(foreground, impacts, method, own), lines, leaves, gaps));
            }));
    }

    /// <summary>The strictest of the background, of own processes (a copy keeps the right of what it was copied from) and of the method.</summary>
    private static DataRight RightOf(ForegroundSystem foreground, ImpactResult impacts, StoredMethod method, IReadOnlyList<LoadedLibrary> own)
    {
        var rights = own.SelectMany(l => l.Rights).GroupBy(r => r.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => DataRights.Strictest(g.Select(r => r.Value)), StringComparer.Ordinal);
        var used = foreground.System.Processes.Where(p => impacts.Inventory.Supply[p.Index] != 0).Select(p => rights.GetValueOrDefault(p.Id));
        var right = DataRights.Stricter(foreground.RightOf(impacts.Inventory), DataRights.Strictest(used));
        return method.Row.Rights == DataRight.Sealed ? DataRight.Sealed : right;
    }
}
