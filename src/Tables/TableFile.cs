using System.Collections.Concurrent;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>What kind of file the bytes turned out to be, whatever its name says.</summary>
public enum TableKind
{
    Csv,
    Xlsx,
    Xls,
}

/// <summary>
/// A table that a stranger sent: CSV, XLSX or XLS, opened with its header found. It can be read several times, as plain rows
/// (<see cref="Rows"/>) or as chunks of UTF-8 records (<see cref="Chunks"/>); a workbook gives chunks too, so the fast path serves both.
/// What is wrong is gathered in <see cref="Problems"/> while reading: look there after the last row.
/// </summary>
public sealed class TableFile : IDisposable
{
    private const int ChunkBytes = 1 << 20;

    private readonly TableBytes _bytes;
    private readonly TableSource _source;
    private readonly TableLimits _limits;
    private readonly int _sheet;
    private readonly ProblemList _problems;

    private TableFile(string name, TableKind kind, TableBytes bytes, TableSource source, TableLimits limits, int sheet, TableRow header)
    {
        Name = name;
        Kind = kind;
        _bytes = bytes;
        _source = source;
        _limits = limits;
        _sheet = sheet;
        _problems = new ProblemList(limits.Problems);
        HeaderRow = header.Row;
        Header = [.. header.Cells.Select(c => c.Text)];
    }

    /// <summary>The file's own name without any folder; for display only.</summary>
    public string Name { get; }

    public TableKind Kind { get; }

    /// <summary>Length in bytes as received.</summary>
    public long Length => _bytes.Length;

    /// <summary>The worksheets' names; one empty name for CSV.</summary>
    public IReadOnlyList<string> Sheets => _source.Sheets;

    public string Sheet => Sheets[_sheet];

    /// <summary>Encoding of a text table: utf-8, utf-16, gb18030 or windows-1252 (which holds Latin-1); empty for a workbook.</summary>
    public string Encoding => _source is CsvSource csv ? csv.Encoding : "";

    /// <summary>Separator of the records in <see cref="Chunks"/>.</summary>
    public byte Separator => _source is CsvSource csv ? csv.Separator : (byte)',';

    /// <summary>Header texts by column, trimmed; blank ones are empty.</summary>
    public IReadOnlyList<string> Header { get; }

    /// <summary>Row of the header as a person counts it.</summary>
    public int HeaderRow { get; }

    /// <summary>What was found wrong by the readings so far, in the order of rows.</summary>
    public IReadOnlyList<Problem> Problems => _problems.InOrder();

    public static Outcome<TableFile> Open(string path, TableOptions? options = null)
    {
        options ??= new TableOptions();
        return TableBytes.FromFile(path, options.Limits).Then(bytes => Open(bytes, path, options));
    }

    /// <summary>Reads the stream to its end; the stream stays the caller's.</summary>
    public static Outcome<TableFile> Open(Stream stream, string name, TableOptions? options = null)
    {
        options ??= new TableOptions();
        return TableBytes.FromStream(stream, options.Limits).Then(bytes => Open(bytes, name, options));
    }

    /// <summary>The rows below the header that are not blank.</summary>
    /// <param name="columns">Columns whose cells are judged (merged, formula without value, error value); null for all.</param>
    public IEnumerable<TableRow> Rows(IEnumerable<int>? columns = null)
    {
        using var cursor = Guarded(() => _source.Rows(_sheet, Judged(columns), _problems));
        while (cursor is not null && Guarded(cursor.Next) is { } row)
        {
            if (row.Row <= HeaderRow)
            {
                continue;
            }

            for (var i = Header.Count; i < row.Cells.Count; i++)
            {
                if (!row.Cells[i].Blank)
                {
                    _problems.Add(new Problem("too_many_cells", row.Row, Found: row.Cells[i].Text, Args: [Header.Count.ToString()]));
                    break;
                }
            }

            yield return row;
        }
    }

    /// <summary>All rows of one worksheet from its top that are not blank, for files whose tables stand on many sheets; no cell is judged.</summary>
    public IEnumerable<TableRow> RowsOf(int sheet)
    {
        using var cursor = Guarded(() => _source.Rows(sheet, new TableHeader(0, [], new HashSet<int>()), _problems));
        while (cursor is not null && Guarded(cursor.Next) is { } row)
        {
            yield return row;
        }
    }

    /// <summary>
    /// The rows below the header as chunks of UTF-8 records, walked by <see cref="CsvRecords"/>. Dispose each chunk when done with it.
    /// </summary>
    /// <param name="readAhead">Reads, decodes and counts on a second thread, two chunks ahead.</param>
    /// <param name="columns">As for <see cref="Rows"/>.</param>
    public IEnumerable<CsvChunk> Chunks(bool readAhead = false, IEnumerable<int>? columns = null)
    {
        var chunks = _source is CsvSource csv ? TextChunks(csv) : new SheetChunks(Rows(columns), HeaderRow + 1, ChunkBytes).All();
        return readAhead ? Ahead(chunks) : chunks;
    }

    /// <summary>A walker for the chunks of this file.</summary>
    public CsvRecords Records() => new(Header.Count, Separator);

    /// <summary>Reads the column once to learn what its numbers say about comma and point; needed only where a number is ambiguous.</summary>
    public DecimalMark DecimalMarkOf(int column)
    {
        var vote = new DecimalVote();
        var records = Records();
        foreach (var chunk in Chunks(columns: []))
        {
            using (chunk)
            {
                records.Load(chunk);
                while (records.Next())
                {
                    vote.Add(records[column]);
                }
            }
        }

        return vote.Mark;
    }

    public void Dispose()
    {
        _source.Dispose();
        _bytes.Dispose();
    }

    private static Outcome<TableFile> Open(TableBytes bytes, string path, TableOptions options)
    {
        TableSource? source = null;
        Stream? stream = null;
        var kind = TableKind.Csv;
        try
        {
            kind = FileKind.Of(bytes, options.Limits);
            source = kind switch
            {
                TableKind.Xlsx => new XlsxSource(stream = bytes.Open(), options.Limits),
                TableKind.Xls => new XlsSource(bytes, options.Limits),
                _ => new CsvSource(bytes, options.Limits),
            };
            var (sheet, header) = HeaderSearch.Find(source, options);
            HeaderSearch.RequireRows(source, sheet, header.Row, options.Limits);
            return new TableFile(FileName(path), kind, bytes, source, options.Limits, sheet, header);
        }
        catch (Exception e) when (FileKind.IsTheFilesFault(e, kind))
        {
            source?.Dispose();
            stream?.Dispose();
            bytes.Dispose();
            return FileKind.ProblemOf(e);
        }
    }

    private static string FileName(string path)
    {
        var name = path[(path.LastIndexOfAny(['/', '\\', ':', '\0']) + 1)..];
        return name.Length == 0 ? "table" : new string([.. name.Where(c => !char.IsControl(c)).Take(200)]);
    }

    private TableHeader Judged(IEnumerable<int>? columns) => new(HeaderRow, Header, columns?.ToHashSet());

    /// <summary>Runs a step of a reader; what the file did to it becomes a problem and ends the reading.</summary>
    private T? Guarded<T>(Func<T?> step)
        where T : class
    {
        try
        {
            return step();
        }
        catch (Exception e) when (FileKind.IsTheFilesFault(e, Kind))
        {
            _problems.Add(FileKind.ProblemOf(e));
            return null;
        }
    }

    private IEnumerable<CsvChunk> TextChunks(CsvSource csv)
    {
        using var reader = Guarded(() => csv.Chunks(_problems, ChunkBytes));
        while (reader is not null && Guarded(reader.Next) is { } chunk)
        {
            var below = chunk.FirstRow > HeaderRow ? chunk : chunk.From(HeaderRow + 1, csv.Separator);
            if (below is null)
            {
                chunk.Dispose();
                continue;
            }

            yield return below;
        }
    }

    private static IEnumerable<CsvChunk> Ahead(IEnumerable<CsvChunk> chunks)
    {
        using var queue = new BlockingCollection<CsvChunk>(boundedCapacity: 2);
        using var stop = new CancellationTokenSource();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                foreach (var chunk in chunks)
                {
                    queue.Add(chunk, stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The consumer has left; nothing waits for the rest.
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                queue.CompleteAdding();
            }
        })
        {
            IsBackground = true,
            Name = "table read-ahead",
        };
        thread.Start();
        try
        {
            foreach (var chunk in queue.GetConsumingEnumerable())
            {
                yield return chunk;
            }
        }
        finally
        {
            stop.Cancel();
            thread.Join();
        }

        if (failure is not null)
        {
            throw new IOException("Reading ahead failed.", failure);
        }
    }
}
