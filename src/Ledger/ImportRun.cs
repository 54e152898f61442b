using System.Threading.Channels;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>
/// One import from its open batch to its seal. Two threads share the work: one reads, calculates and sums, the other hashes and writes; at most
/// a few chunks lie between them, so memory does not grow with the file.
/// </summary>
internal sealed class ImportRun(Db db, Caller caller, FactorLibrary library, SiteBook sites, BatchWriter writer, ImportOptions options, IProgress<ImportProgress>? progress, CancellationToken ct)
{
    /// <summary>A chunk is some 10 to 25 ms of the writer's time, so that a waiting sign-in is served in between.</summary>
    private const int Weight = 6000;

    private const int ChunksBetween = 3;
    private const int SumsInSeal = 1000;
    private const int SumsAtOnce = 6000;
    private const int RefusedAtOnce = 4000;

    // The engine counts the journal's tables again when this many rows are written, and each time they are so many times more.
    private const int MeasureFirst = 10_000;
    private const int MeasureAgain = 8;

    /// <summary>Problems of a file's form after which the rest of it was not read.</summary>
    private static readonly string[] Hiding = ["quote_unclosed", "record_too_long", "table_too_many_rows"];

    private readonly Channel<RowChunk> _filled = Channel.CreateUnbounded<RowChunk>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly Channel<RowChunk> _empty = Channel.CreateUnbounded<RowChunk>();
    private readonly SemaphoreSlim _room = new(ChunksBetween);
    private int _written;
    private int _measureAt = MeasureFirst;

    /// <summary>Reads and writes all rows and keeps their sums. Refused: nothing of it may stay, the batch is to be dropped.</summary>
    public async Task<Outcome<Sealing>> Run(ActivityFile file)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        for (var at = 0; at < ChunksBetween; at++)
        {
            _empty.Writer.TryWrite(new RowChunk());
        }

        // The reading thread waits for an empty chunk with a semaphore: it is a thread of its own, not one of the pool's.
        var reading = Task.Factory.StartNew(() => Read(file, stop.Token), stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await WriteAll();
        }
        catch
        {
            await stop.CancelAsync();
            await Quietly(reading);
            throw;
        }

        var (reader, collector) = await reading;
        if (Whole(file, reader, collector) is { Count: > 0 } problems)
        {
            return Outcome<Sealing>.Refused(problems);
        }

        await Deferred(reader, collector);
        if (reader.RefusedRows > 0 && !options.SkipBad)
        {
            return Outcome<Sealing>.Refused(reader.Problems);
        }

        if (collector.Kept == 0)
        {
            return reader.Problems.Count > 0 ? Outcome<Sealing>.Refused(reader.Problems) : new Problem("file_without_rows", Found: file.Table.Name);
        }

        return await Keep(reader, collector);
    }

    private (ActivityReader, RowCollector) Read(ActivityFile file, CancellationToken stop)
    {
        try
        {
            _room.Wait(stop);
            RowCollector? collector = null;
            var reader = file.Read(
                library, sites.Has,
                r =>
                {
                    collector = new RowCollector(r, sites, Weight, Empty(), chunk => Next(chunk, r, stop));
                    return collector.Add;
                },
                readAhead: true, stop);
            if (collector!.Current.Weight > 0 && !Discarding(reader))
            {
                _filled.Writer.TryWrite(collector.Current);
            }

            return (reader, collector);
        }
        finally
        {
            _filled.Writer.Complete();
        }
    }

    /// <summary>A strict import that is refused already reads on to find the other problems, but keeps nothing more.</summary>
    private bool Discarding(ActivityReader reader) => !options.SkipBad && reader.RefusedRows > 0;

    private RowChunk Empty() => _empty.Reader.TryRead(out var chunk) ? chunk : new RowChunk();

    private RowChunk Next(RowChunk full, ActivityReader reader, CancellationToken stop)
    {
        if (Discarding(reader))
        {
            full.Clear();
            return full;
        }

        _filled.Writer.TryWrite(full);
        progress?.Report(new ImportProgress(reader.Rows, Volatile.Read(ref _written), reader.RefusedRows));
        _room.Wait(stop);
        return Empty();
    }

    /// <summary>
    /// One transaction writes a chunk and finds the ids of the next; meanwhile this thread hashes the chunk that is being written.
    /// </summary>
    private async Task WriteAll()
    {
        RowChunk? ready = null;
        while (ready is not null || await _filled.Reader.WaitToReadAsync(ct))
        {
            if (ready is null)
            {
                if (!_filled.Reader.TryRead(out ready))
                {
                    continue;
                }

                await Resolve(ready);
            }

            var chunk = ready;
            _filled.Reader.TryRead(out ready);
            var writing = Write(chunk, ready);
            try
            {
                writer.Hash(chunk);
            }
            finally
            {
                await writing;
            }

            GiveBack(chunk);
        }
    }

    private async Task Resolve(RowChunk chunk)
    {
        if (chunk.NewPrepared.Count + chunk.NewSources.Count > 0)
        {
            await db.Write(Lane.Bulk, tx => writer.Resolve(tx, chunk), ct);
            writer.Resolved();
        }
    }

    private async Task Write(RowChunk chunk, RowChunk? next)
    {
        await db.Write(
            Lane.Bulk,
            tx =>
            {
                writer.Write(tx, chunk);
                if (next is not null)
                {
                    writer.Resolve(tx, next);
                }
            },
            ct);
        writer.Resolved();
        Volatile.Write(ref _written, _written + chunk.Count);
        if (_written >= _measureAt)
        {
            _measureAt = _written * MeasureAgain;
            await db.Measure(JournalStore.Tables, ct);
        }
    }

    private void GiveBack(RowChunk chunk)
    {
        chunk.Clear();
        _empty.Writer.TryWrite(chunk);
        _room.Release();
    }

    /// <summary>What the table itself says of the file: rows with it that were taken, and ends that were never read, refuse the file however it is to be read.</summary>
    private List<Problem> Whole(ActivityFile file, ActivityReader reader, RowCollector collector)
    {
        if (!options.SkipBad)
        {
            return [];
        }

        return file.Table.Problems.Any(p => p.Row is not { } row || collector.Has(row) || Hiding.Contains(p.Code)) ? [.. reader.Problems] : [];
    }

    private async Task Deferred(ActivityReader reader, RowCollector collector)
    {
        var taken = new HashSet<ActivityId>();
        foreach (var chunk in collector.Deferred)
        {
            var wanted = new HashSet<ActivityId>();
            foreach (ref readonly var row in chunk.Activities)
            {
                wanted.Add(row.Target);
            }

            var targets = await db.Read(tx => wanted.ToDictionary(id => id, id => CorrectionTargets.Find(tx, caller, id)), ct);
            var good = CorrectionTargets.Apply(chunk, targets, taken, reader, collector, writer, (row, problem) => reader.Refuse(row, problem));
            if (good.Count > 0 && (options.SkipBad || reader.RefusedRows == 0))
            {
                writer.Hash(good);
                await Write(good, null);
            }
        }
    }

    private async Task<Outcome<Sealing>> Keep(ActivityReader reader, RowCollector collector)
    {
        var sums = collector.Cells.Sums(n => (writer.Ids.Source(n), collector.SiteOfSource(n)), writer.Ids.Calculation);

        // The tree and the magnitude are a second thread's work while the sums are written.
        var root = Task.Run(writer.Root.Root, ct);
        var magnitude = Task.Run(sums.Magnitude, ct);
        try
        {
            return await Keep(reader, collector, sums, magnitude, root);
        }
        catch (OverflowException)
        {
            return new Problem("balance_out_of_range", Column: "quantity");
        }
        finally
        {
            await Quietly(Task.WhenAll(root, magnitude));
        }
    }

    private async Task<Sealing> Keep(ActivityReader reader, RowCollector collector, BalanceSums sums, Task<double> magnitude, Task<byte[]> root)
    {
        var refused = reader.Problems;
        for (var at = 0; at < refused.Count; at += RefusedAtOnce)
        {
            var from = at;
            await db.Write(Lane.Bulk, tx => Touched(tx, () => BatchStore.Refused(tx, caller.Tenant, writer.Batch, from, refused.Skip(from).Take(RefusedAtOnce))), ct);
        }

        var kept = sums.Count > SumsInSeal;
        if (kept)
        {
            // The sites first: by them what a crash leaves is found again.
            foreach (var sites in collector.BySite.Chunk(SumsAtOnce))
            {
                await db.Write(Lane.Bulk, tx => Touched(tx, () => BatchStore.Sites(tx, caller.Tenant, writer.Batch, sites.ToDictionary())), ct);
            }

            foreach (var some in sums.All().Chunk(SumsAtOnce))
            {
                await db.Write(Lane.Bulk, tx => Touched(tx, () => BalanceStore.Keep(tx, caller.Tenant, writer.Batch, some)), ct);
            }
        }

        return new Sealing(await root, collector.Kept, reader.RefusedRows, collector.PostingsKept, collector.BySite, sums, await magnitude, kept, [.. refused]);
    }

    private void Touched(Tx tx, Action work)
    {
        writer.Touch(tx);
        work();
    }

    private static async Task Quietly(Task other)
    {
        try
        {
            await other;
        }
        catch (Exception)
        {
            // What failed first says why.
        }
    }
}

/// <summary>Everything the seal of an import needs.</summary>
/// <param name="SumsKept">The sums are in the book already; otherwise they are added with the seal.</param>
internal sealed record Sealing(
    byte[] Root, int Rows, int RefusedRows, int Postings, IReadOnlyDictionary<long, SiteSpan> Sites, BalanceSums Sums, double Magnitude, bool SumsKept, IReadOnlyList<Problem> Refused);
