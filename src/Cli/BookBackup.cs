using System.Globalization;
using System.Xml.Linq;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>Backup and restore of a whole book with what the modules know of it.</summary>
public static class BookBackup
{
    /// <summary>Sign-ins do not come back: one that was revoked after the backup was made would be open again.</summary>
    private static readonly string[] LeftOut = ["session"];

    /// <summary>Makes the backup, and notes it in the audit log of every tenant where the book is of this program's state.</summary>
    public static async Task<Outcome<BackupMade>> Make(StorageSettings settings, string to, TimeProvider time, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        await using var db = await Db.Open(settings, time, ct);
        var pending = await Migrator.Pending(db, LocalBook.Migrations, ct);
        var made = await Backup.Make(db, settings, to, LeftOut, progress, ct);
        if (made.Ok && pending == 0)
        {
            var audit = new Audit(db, time);
            var tenants = await new Tenants(db, time, audit).All(ct);
            var (path, size, hash, manifest) = made.Value;
            await db.Write(
                tx =>
                {
                    foreach (var tenant in tenants)
                    {
                        audit.Write(
                            tx, Caller.System(tenant.Id), "backup.make", "backup", ("file", Path.GetFileName(path)), ("size", size.ToString(CultureInfo.InvariantCulture)), ("hash", hash),
                            ("rows", manifest.Rows.ToString(CultureInfo.InvariantCulture)), ("files", manifest.Blobs.Count.ToString(CultureInfo.InvariantCulture)));
                    }
                },
                ct);
        }

        return made;
    }

    /// <summary>Makes the book again and proves it.</summary>
    /// <param name="acceptFaults">A book whose chains or balances were broken when it was saved is restored as it is.</param>
    public static Task<Outcome<Restored<IReadOnlyList<TenantProof>>>> Restore(
        BackupFile backup, StorageSettings target, bool acceptFaults, TimeProvider time, IProgress<BackupProgress>? progress, CancellationToken ct) =>
        Storage.Restore.Run<IReadOnlyList<TenantProof>>(
            backup,
            target,
            LocalBook.Migrations,
            time,
            async beside =>
            {
                await CarryKeys(beside, time, ct);
                var opened = await LocalBook.Look(beside, time, ct);
                if (!opened.Ok)
                {
                    return Outcome<IReadOnlyList<TenantProof>>.Refused(opened.Problems);
                }

                await using var book = opened.Value;
                var proofs = await BookProof.Of(book, progress, ct);
                var faults = proofs.SelectMany(p => p.Book).ToList();
                return faults.Count > 0 && !acceptFaults ? Outcome<IReadOnlyList<TenantProof>>.Refused(faults) : Outcome<IReadOnlyList<TenantProof>>.Done(proofs);
            },
            progress,
            ct);

    /// <summary>
    /// The keys under which the host seals secrets lie in the data folder on SQLite and in the database on PostgreSQL. A book that changes its engine takes them along, or what they
    /// sealed could not be opened again.
    /// </summary>
    private static async Task CarryKeys(StorageSettings book, TimeProvider time, CancellationToken ct)
    {
        await using var db = await Db.Open(book, time, ct);
        var keys = new ServerKeys(db, time);
        if (db.Dialect == Dialect.Postgres)
        {
            foreach (var file in Directory.EnumerateFiles(book.KeyFolder, "*.xml"))
            {
                await keys.Add(Path.GetFileNameWithoutExtension(file), await File.ReadAllTextAsync(file, ct), ct);
            }

            return;
        }

        var kept = Directory.EnumerateFiles(book.KeyFolder, "*.xml").Select(f => XElement.Parse(File.ReadAllText(f)).ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var content in await keys.All(ct))
        {
            // The folder is read whole, so any name that is free will do.
            if (kept.Add(XElement.Parse(content).ToString()))
            {
                await File.WriteAllTextAsync(Path.Combine(book.KeyFolder, $"key-{Guid.NewGuid()}.xml"), content, ct);
            }
        }
    }
}
