using System.Reflection;
using System.Text.Json;
using Tanlu.Cli;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>The last backup that the audit log of the caller's tenant knows.</summary>
public sealed record LastBackup(DateTimeOffset At, string File, long Size);

/// <summary>State of the machine and the book on it.</summary>
/// <param name="KnownMigrations">Migrations that this program has; fewer applied ones await the next start.</param>
/// <param name="FreeBytes">Room on the disk of the data folder.</param>
/// <param name="MemoryBytes">What this process holds.</param>
/// <param name="OpenBatches">Imports of the caller's tenant that are not sealed.</param>
public sealed record PlatformState(
    string Program, DateTimeOffset StartedAt, DatabaseFacts Database, int KnownMigrations, long FreeBytes, long DiskBytes, long MemoryBytes, LastBackup? Backup, QueueWait Writes, long OpenBatches,
    IReadOnlyList<StoredPack> Packs, IReadOnlyList<LoggedError> Errors)
{
    public string EngineName => Database.Engine == Dialect.Postgres ? "PostgreSQL" : "SQLite";
}

/// <summary>The ledger and the audit log of a tenant, computed again.</summary>
public sealed record PlatformProof(BookCheck Ledger, AuditCheck Audit)
{
    public bool Sound => Ledger.Sound && Audit.Sound;
}

/// <summary>What whoever runs the platform wants to know before somebody complains.</summary>
internal sealed class PlatformHealth(Db db, StorageSettings storage, Audit audit, FactorPacks packs, Journal journal, RecentErrors errors, QueueWaits waits, StartMark start)
{
    private static readonly TimeSpan ProbePatience = TimeSpan.FromSeconds(3);

    /// <summary>Needs <see cref="Right.OperatePlatform"/> over the whole tenant.</summary>
    public async Task<Outcome<PlatformState>> Look(Caller caller, CancellationToken ct)
    {
        var open = caller.MayEverywhere(Right.OperatePlatform) ? await OpenBatches.Count(db, caller, ct) : new Problem("not_permitted");
        if (!open.Ok)
        {
            return Outcome<PlatformState>.Refused(open.Problems);
        }

        var disk = new DriveInfo(storage.DataFolder);
        var program = typeof(PlatformHealth).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var known = await packs.List(caller, ct);
        return new PlatformState(
            program, start.At, await db.Facts(ct), LocalBook.Migrations.Sum(m => m.Count), disk.AvailableFreeSpace, disk.TotalSize, Environment.WorkingSet, await Backup(caller, ct), waits.Now, open.Value,
            known.Ok ? known.Value : [], errors.All);
    }

    /// <summary>Computes every chain and balance of the caller's tenant again. Needs <see cref="Right.OperatePlatform"/> and <see cref="Right.ReadAudit"/>.</summary>
    public async Task<Outcome<PlatformProof>> Prove(Caller caller, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.OperatePlatform))
        {
            return new Problem("not_permitted");
        }

        var ledger = await journal.CheckBalances(caller, ct);
        var log = await audit.Check(caller, ct);
        return ledger.Ok && log.Ok ? new PlatformProof(ledger.Value, log.Value) : Outcome<PlatformProof>.Refused([.. ledger.Problems, .. log.Problems]);
    }

    /// <summary>Whether requests can be served: the database answers.</summary>
    public async Task<bool> Ready(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(ProbePatience);
        try
        {
            return await db.Read(tx => tx.Exists($"SELECT 1 FROM migration"), patience.Token);
        }
        catch (Exception e) when (e is DatabaseUnavailable or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<LastBackup?> Backup(Caller caller, CancellationToken ct)
    {
        if (await audit.Last(caller, "backup.make", ct) is not { Ok: true, Value: { } entry })
        {
            return null;
        }

        using var detail = JsonDocument.Parse(entry.Detail);
        return new LastBackup(entry.At, detail.RootElement.GetProperty("file").GetString()!, long.Parse(detail.RootElement.GetProperty("size").GetString()!));
    }
}
