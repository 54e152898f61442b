using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>Imports that are not sealed: under way, or left by a crash and about to be dropped.</summary>
public static class OpenBatches
{
    /// <summary>How many the caller's tenant has. Needs <see cref="Right.OperatePlatform"/> over the whole tenant.</summary>
    public static async Task<Outcome<long>> Count(Db db, Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.OperatePlatform)
        ? await db.Read(tx => tx.Scalar($"SELECT count(*) FROM batch WHERE tenant = {caller.Tenant} AND state = {(int)BatchState.Open}"), ct)
        : Refusal.NotPermitted();
}
