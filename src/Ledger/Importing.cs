using System.Globalization;
using System.Security.Cryptography;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>What surrounds an import: the open batch, the seal, and taking everything away where it fails.</summary>
internal sealed class Importing(Db db, Audit audit, TimeProvider time)
{
    /// <summary>An open batch that was not touched for so long was left by a crash; a living one is touched many times a second.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(1);

    private const int ClearAtOnce = 5000;
    private const int MostLooks = 3;

    public async Task<Outcome<ImportResult>> Run(
        Caller caller, ActivityFile file, string name, string hash, FactorLibrary library, SiteBook sites, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct)
    {
        var writer = new BatchWriter(caller, library, time, audit);
        if (await Open(caller, writer, name, hash, options, ct) is { } instead)
        {
            return instead;
        }

        var done = false;
        try
        {
            await db.Read(
                tx =>
                {
                    writer.LoadKnown(tx);
                    return true;
                },
                ct);
            var run = await new ImportRun(db, caller, library, sites, writer, options, progress, ct).Run(file);
            if (!run.Ok)
            {
                return Outcome<ImportResult>.Refused(run.Problems);
            }

            var sealing = run.Value;
            var draft = new Batch(
                0, options.Kind, BatchState.Open, 0, name, hash, options.Reason, sealing.Rows, sealing.RefusedRows, sealing.Postings, time.GetUtcNow(), "", null, null, null, null, null);
            var batch = await db.Write(tx => writer.Seal(tx, draft, sealing.Root, sealing.Sites, sealing.Sums, sealing.Magnitude, sealing.SumsKept, "activities.import", ("file_hash", hash)), ct);
            done = true;
            LedgerMeter.Imported(batch);
            return new ImportResult(batch, sealing.Refused, file.UnknownColumns);
        }
        catch (UniqueViolation clash) when (clash.Table == "correction")
        {
            // Somebody else corrected one of the targets while this file was read.
            return new Problem("already_corrected", Column: "corrects", Found: name, Args: ["-"]);
        }
        catch (IntegerOverflow)
        {
            return new Problem("balance_out_of_range", Column: "quantity");
        }
        catch (BatchGone)
        {
            return new Problem("batch_dropped", Found: name);
        }
        finally
        {
            if (!done)
            {
                await Drop(caller.Tenant, writer.Batch, CancellationToken.None);
            }
        }
    }

    /// <summary>Drops what crashed imports left.</summary>
    /// <returns>Batches dropped.</returns>
    public async Task<int> Recover(TimeSpan idle, CancellationToken ct)
    {
        var before = time.GetUtcNow() - idle;
        var left = await db.Read(tx => BatchStore.Left(tx, before), ct);
        foreach (var (_, batch) in left)
        {
            await db.Write(tx => BatchStore.MarkDropped(tx, batch), ct);
        }

        foreach (var (tenant, batch) in await db.Read(BatchStore.DroppedWithRows, ct))
        {
            await Clear(tenant, batch, ct);
        }

        return left.Count;
    }

    /// <summary>
    /// What an earlier run with the same key left: its sealed batch is the result; an open one is dropped, and whoever still writes to it fails by that.
    /// </summary>
    private async Task<ImportResult?> Before(Caller caller, string key, CancellationToken ct)
    {
        while (await db.Read(tx => BatchStore.ByClientKey(tx, caller.Tenant, key), ct) is { } batch)
        {
            if (batch.State == BatchState.Sealed)
            {
                return new ImportResult(batch, await db.Read(tx => BatchStore.RefusedRows(tx, caller, batch.Id), ct), []);
            }

            // It may be sealed in this moment: then the drop changes nothing and the next look finds it.
            await Drop(caller.Tenant, batch.Id, ct);
        }

        return null;
    }

    /// <summary>The problem of a file that is in the book, or null.</summary>
    public async Task<Problem?> Known(Caller caller, string hash, string name, CancellationToken ct)
    {
        if (await db.Read(tx => BatchStore.ByFile(tx, caller.Tenant, hash), ct) is not { } batch)
        {
            return null;
        }

        // Who does not see that batch is told that the rows are in the book, not by whom or under which name.
        var told = await db.Read(tx => BatchStore.Told(tx, caller, batch.Id), ct);
        if (batch.State == BatchState.Sealed)
        {
            return !told ? new Problem("file_known_elsewhere", Found: name) : new Problem(
                "file_known", Found: name,
                Args: [batch.Id.ToString(CultureInfo.InvariantCulture), batch.SealedAt!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), batch.FileName, batch.OpenedByName]);
        }

        if (await db.Read(tx => BatchStore.Touched(tx, batch.Id), ct) > time.GetUtcNow() - Idle)
        {
            return !told ? new Problem("file_known_elsewhere", Found: name) : new Problem("file_importing", Found: name, Args: [batch.Id.ToString(CultureInfo.InvariantCulture), batch.OpenedByName]);
        }

        await Drop(caller.Tenant, batch.Id, ct);
        return null;
    }

    public static async Task<string> HashOf(string path, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    /// <summary>Opens the batch; otherwise what takes its place: the refusal of a known file, or what an earlier run of the same work made.</summary>
    private async Task<Outcome<ImportResult>?> Open(Caller caller, BatchWriter writer, string name, string hash, ImportOptions options, CancellationToken ct)
    {
        for (var left = MostLooks; ; left--)
        {
            if (options.ClientKey is { } key && await Before(caller, key, ct) is { } before)
            {
                return before;
            }

            if (options.Kind == BatchKind.Import && await Known(caller, hash, name, ct) is { } known)
            {
                if (left > 0 && known.Code == "file_importing" && options.ClientKey is not null)
                {
                    // A worker that only seemed dead may have opened the batch of the same work in this moment: the next look drops it.
                    continue;
                }

                return known;
            }

            try
            {
                await db.Write(tx => writer.Open(tx, options.Kind, name, hash, options.ClientKey, options.Reason), ct);
                return null;
            }
            catch (UniqueViolation) when (left > 0)
            {
                // The same file came at the same moment; the next look finds it.
            }
        }
    }

    private async Task Drop(long tenant, long batch, CancellationToken ct)
    {
        await db.Write(tx => BatchStore.MarkDropped(tx, batch), ct);
        await Clear(tenant, batch, ct);
    }

    private async Task Clear(long tenant, long batch, CancellationToken ct)
    {
        while (await db.Write(Lane.Bulk, tx => BatchStore.Clear(tx, tenant, batch, ClearAtOnce), ct))
        {
        }
    }
}
