using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>What a restore found true of the book it made.</summary>
/// <param name="Migrated">Migrations applied after the rows were in: the backup was of an older program.</param>
public sealed record Restored<TProof>(BackupManifest Manifest, int Migrated, TProof Proof);

/// <summary>
/// Makes a book out of a backup, on either engine. It works beside the place of the book; only what was read whole, hashed alike, read back from the new tables with the
/// same hashes and proven by the book's own checks is moved into place, in one step.
/// </summary>
public static class Restore
{
    private const int RowsBetweenReports = 20_000;

    /// <summary>Restores into an empty data folder, or an empty PostgreSQL database and its data folder.</summary>
    /// <param name="sources">The modules of this program in their order.</param>
    /// <param name="prove">Checks the book at the settings given; where it refuses, nothing is restored.</param>
    /// <exception cref="DiskFull">Nothing stays behind.</exception>
    public static async Task<Outcome<Restored<TProof>>> Run<TProof>(
        BackupFile backup, StorageSettings target, IReadOnlyList<MigrationSource> sources, TimeProvider clock, Func<StorageSettings, Task<Outcome<TProof>>> prove,
        IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        if (Known(backup, sources) is { } newer)
        {
            return newer;
        }

        // Read whole before anything is made: damaged rows could fail in many ways on their way into a table.
        var whole = backup.Verify(progress, ct);
        if (!whole.Ok)
        {
            return Outcome<Restored<TProof>>.Refused(whole.Problems);
        }

        try
        {
            var made = await RestorePlace.Make(target, clock, ct);
            if (!made.Ok)
            {
                return Outcome<Restored<TProof>>.Refused(made.Problems);
            }

            await using var place = made.Value;
            var beside = place.Beside;
            int migrated;

            // Nothing is acknowledged before the end, so nothing waits for the disk before it.
            await using (var db = await Db.Open(beside with { DurableCommits = false }, clock, ct))
            {
                if (await Load(db, backup, sources, progress, ct) is { } problem || (problem = await Files(backup, beside, clock, progress, ct)) is not null)
                {
                    return problem;
                }

                migrated = await Migrator.Run(db, sources, ct);
            }

            progress?.Report(new BackupProgress("prove", 0, 0));
            var proof = await prove(beside);
            if (!proof.Ok)
            {
                return Outcome<Restored<TProof>>.Refused(proof.Problems);
            }

            await place.Publish(clock, ct);
            return new Restored<TProof>(backup.Manifest, migrated, proof.Value);
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new DiskFull(target.DataFolder, full);
        }
    }

    /// <summary>Takes away what a restore left that was killed after its last step. Run at start, when the book is open.</summary>
    public static void ClearRemains(StorageSettings settings) => RestorePlace.Clear(settings);

    private static Problem? Known(BackupFile backup, IReadOnlyList<MigrationSource> sources)
    {
        foreach (var migration in backup.Manifest.Migrations)
        {
            var source = sources.FirstOrDefault(s => s.Module == migration.Module);
            if (source is null || migration.Number > source.Migrations.Count)
            {
                return new Problem("backup_newer", Found: backup.Path, Args: [backup.Manifest.Program, migration.Module, $"{migration.Number}", $"{source?.Migrations.Count ?? 0}"]);
            }

            if (source.Migrations[migration.Number - 1].Hash != migration.Hash)
            {
                return new Problem("backup_other", Found: backup.Path, Args: [$"{migration.Module}/{migration.Number:D4}"]);
            }
        }

        return null;
    }

    /// <summary>The tables as they were when the backup was made, filled, and read back.</summary>
    private static async Task<Problem?> Load(Db db, BackupFile backup, IReadOnlyList<MigrationSource> sources, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var numbers = backup.Manifest.Migrations.GroupBy(m => m.Module).ToDictionary(g => g.Key, g => g.Max(m => m.Number));
        await Migrator.Run(db, [.. sources.Where(s => numbers.ContainsKey(s.Module)).Select(s => s.UpTo(numbers[s.Module]))], ct);
        var shapes = TableShape.InOrderOfReference(await db.Read(TableShape.All, ct));
        var tables = backup.Manifest.Tables.ToDictionary(t => t.Name, StringComparer.Ordinal);
        foreach (var shape in shapes)
        {
            if (!tables.TryGetValue(shape.Name, out var table) || !table.Columns.Select(c => (c.Name, BackupFile.Kind(c))).SequenceEqual(shape.Columns.Select(c => (c.Name, c.Kind))))
            {
                return BackupFile.Damaged(backup.Path, BackupFile.TableFolder + shape.Name);
            }
        }

        if (tables.Count != shapes.Count)
        {
            return BackupFile.Damaged(backup.Path, BackupFile.TableFolder + tables.Keys.Except(shapes.Select(s => s.Name)).First());
        }

        // A migration may have brought rows of its own.
        await db.Write(
            tx =>
            {
                foreach (var shape in shapes.Reverse<TableShape>())
                {
                    tx.Execute(Sql.Raw($"DELETE FROM {TableShape.Quoted(shape.Name)}"));
                }
            },
            ct);
        foreach (var shape in shapes)
        {
            await db.Write(Lane.Bulk, tx => Fill(tx, backup, shape, tables[shape.Name], progress, ct), ct);
        }

        foreach (var shape in shapes)
        {
            var hash = await db.Read(tx => HashOf(tx, shape, tables[shape.Name].Rows, progress), ct);
            if (hash != tables[shape.Name].Sha256)
            {
                throw new InvalidDataException($"The table {shape.Name} does not read back as it was written.");
            }
        }

        return null;
    }

    private static void Fill(Tx tx, BackupFile backup, TableShape shape, BackupTable table, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        // Rows of a tree may point at rows that come later.
        tx.DeferReferences();
        using (var bulk = tx.Bulk(shape.Name, [.. shape.Columns.Select(c => c.Name)]))
        {
            var read = backup.Rows(table, bulk, progress, ct);
            if (!read.Ok)
            {
                throw new InvalidDataException($"{backup.Path} changed while it was read: {table.Name}.");
            }

            bulk.Complete();
        }

        if (shape.Identity)
        {
            Identities.Set(tx, shape, table.LastId);
        }
    }

    private static string HashOf(Tx tx, TableShape shape, long rows, IProgress<BackupProgress>? progress)
    {
        using var encoder = new RowEncoder(Stream.Null, [.. shape.Columns.Select(c => c.Kind)]);
        tx.Each(Sql.Raw(shape.Select), row =>
        {
            encoder.Write(row);
            if (encoder.Rows % RowsBetweenReports == 0)
            {
                progress?.Report(new BackupProgress(shape.Name, encoder.Rows, rows));
            }
        });
        return encoder.End();
    }

    private static async Task<Problem?> Files(BackupFile backup, StorageSettings beside, TimeProvider clock, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var blobs = Blobs.Open(beside, clock);
        var done = 0L;
        foreach (var part in backup.Manifest.Blobs)
        {
            try
            {
                await using var content = backup.Blob(part);
                if (content is null || part.Name != part.Sha256 || (await blobs.Put(content, ct)).Value.Hash.ToString() != part.Name)
                {
                    return BackupFile.Damaged(backup.Path, BackupFile.BlobFolder + part.Name);
                }
            }
            catch (InvalidDataException)
            {
                return BackupFile.Damaged(backup.Path, BackupFile.BlobFolder + part.Name);
            }

            progress?.Report(new BackupProgress("blobs", ++done, backup.Manifest.Blobs.Count));
        }

        DataFolder.Make(beside.KeyFolder);
        foreach (var part in backup.Manifest.Keys)
        {
            // A name from outside becomes a path only where it is a plain name.
            if (part.Name != Path.GetFileName(part.Name) || !part.Name.EndsWith(".xml", StringComparison.Ordinal))
            {
                return BackupFile.Damaged(backup.Path, BackupFile.KeyFolder + part.Name);
            }

            await using var file = new FileStream(Path.Combine(beside.KeyFolder, part.Name), FileMode.CreateNew, FileAccess.Write);
            if (backup.Part(BackupFile.KeyFolder, part, file) is { } problem)
            {
                return problem;
            }

            file.Flush(flushToDisk: true);
        }

        return null;
    }
}
