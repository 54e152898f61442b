using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>A text table: separator found outside quotes, leading comment lines and the <c>sep=</c> line of spreadsheets skipped.</summary>
internal sealed class CsvSource : TableSource
{
    private const int SampleBytes = 256 << 10;
    private const int SampleRecords = 50;

    private readonly TableBytes _bytes;
    private readonly TextEncoding _encoding;
    private readonly TableLimits _limits;

    public CsvSource(TableBytes bytes, TableLimits limits)
    {
        _bytes = bytes;
        _limits = limits;
        _encoding = TextEncoding.Of(bytes);
        using var stream = _encoding.Open(bytes);
        var sample = new byte[bytes.Room(SampleBytes)];
        var length = stream.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        Separator = SeparatorOf(sample.AsSpan(0, length), last: length < sample.Length);
    }

    public byte Separator { get; }

    public string Encoding => _encoding.Name;

    public override IReadOnlyList<string> Sheets => [""];

    public ChunkReader Chunks(ProblemList problems, int chunkBytes) =>
        new(_encoding.Open(_bytes), Separator, _encoding.Decoder is not null, _limits, problems, _bytes.Room(chunkBytes));

    public override RowCursor Rows(int sheet, TableHeader header, ProblemList problems) =>
        new CsvCursor(Chunks(problems, chunkBytes: 64 << 10), Separator, _limits, problems);

    public override void Dispose()
    {
    }

    /// <summary>
    /// The separator that splits the header and gives the following records the same number of cells; a comma inside a quoted cell or a
    /// decimal comma in a semicolon file counts for nothing because the record structure decides, not the number of commas.
    /// </summary>
    internal static byte SeparatorOf(ReadOnlySpan<byte> sample, bool last)
    {
        sample = sample[LeadingLines(sample)..];
        var best = (byte)',';
        var bestScore = 0.0;
        Span<int> counts = stackalloc int[SampleRecords];
        foreach (var candidate in ",;\t"u8)
        {
            var records = CellCounts(sample, candidate, last, counts);
            var widest = records == 0 ? 0 : Widest(counts[..records]);
            var score = widest > 1 ? (widest - 1) * (double)counts[..records].Count(widest) / records : 0;

            // Decimal commas split data rows evenly too, but then the first full record is numbers, where a header has names.
            score *= widest > 1 && HasNumbers(sample, candidate, widest, last) ? 0.1 : 1;
            if (score > bestScore)
            {
                (best, bestScore) = (candidate, score);
            }
        }

        return sample.StartsWith("sep="u8) && sample.Length > 4 && ",;\t"u8.Contains(sample[4]) ? sample[4] : best;
    }

    private static int CellCounts(ReadOnlySpan<byte> sample, byte separator, bool last, Span<int> counts)
    {
        var records = 0;
        while (records < counts.Length && sample.Length > 0)
        {
            var used = CsvText.NextRecord(sample, separator, last, [], out var count, out _);
            if (used == 0)
            {
                break;
            }

            if (sample[..used].IndexOfAnyExcept("\r\n\t ,;"u8) >= 0)
            {
                counts[records++] = count;
            }

            sample = sample[used..];
        }

        return records;
    }

    private static bool HasNumbers(ReadOnlySpan<byte> sample, byte separator, int width, bool last)
    {
        var cells = new CsvText.Cell[width];
        while (sample.Length > 0 && CsvText.NextRecord(sample, separator, last, cells, out var count, out _) is > 0 and var used)
        {
            if (count == width)
            {
                foreach (var cell in cells)
                {
                    if (CellNumber.TryPlain(sample.Slice(cell.Start, cell.Length).Trim((byte)' '), out _))
                    {
                        return true;
                    }
                }

                return false;
            }

            sample = sample[used..];
        }

        return false;
    }

    private static int Widest(ReadOnlySpan<int> counts)
    {
        var widest = 0;
        foreach (var count in counts)
        {
            widest = Math.Max(widest, count);
        }

        return widest;
    }

    internal static bool IsSeparatorLine(ReadOnlySpan<byte> record) =>
        record.StartsWith("sep="u8) && record.TrimEnd("\r\n"u8).Length == 5;

    /// <summary>Length of the comment and blank lines at the top.</summary>
    private static int LeadingLines(ReadOnlySpan<byte> sample)
    {
        var at = 0;
        while (at < sample.Length && sample[at] is (byte)'#' or (byte)'\r' or (byte)'\n')
        {
            var end = sample[at..].IndexOf((byte)'\n');
            if (end < 0)
            {
                return at;
            }

            at += end + 1;
        }

        return at;
    }

    private sealed class CsvCursor(ChunkReader chunks, byte separator, TableLimits limits, ProblemList problems) : RowCursor
    {
        private readonly CsvRecords _records = new(limits.Columns, separator);
        private CsvChunk? _chunk;
        private bool _top = true;

        public override TableRow? Next()
        {
            while (true)
            {
                while (_chunk is not null && _records.Next())
                {
                    // Below the top a # is a name such as "#3 boiler", not a comment.
                    if (_top && (_records.Record.StartsWith("#"u8) || IsSeparatorLine(_records.Record)))
                    {
                        continue;
                    }

                    _top = false;
                    if (_records.Count > limits.Columns)
                    {
                        problems.Add(new Problem("too_many_columns", _records.Row, Found: _records.Count.ToString(), Args: [limits.Columns.ToString()]));
                    }

                    var cells = new TableCell[Math.Min(_records.Count, limits.Columns)];
                    for (var i = 0; i < cells.Length; i++)
                    {
                        cells[i] = new TableCell(_records.Text(i));
                    }

                    return new TableRow(_records.Row, cells);
                }

                _chunk?.Dispose();
                _chunk = chunks.Next();
                if (_chunk is null)
                {
                    return null;
                }

                _records.Load(_chunk);
            }
        }

        public override void Dispose()
        {
            _chunk?.Dispose();
            chunks.Dispose();
        }
    }
}
