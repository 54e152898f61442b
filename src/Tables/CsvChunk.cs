using System.Text.Unicode;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// A buffer of whole CSV records in UTF-8. It belongs to whoever received it until it is disposed, so several workers may hold
/// several at once; disposing gives the buffer back for the next read.
/// </summary>
public sealed class CsvChunk : IDisposable
{
    private readonly BufferShelf _shelf;
    private readonly int _length;
    private byte[]? _buffer;
    private int _start;

    internal CsvChunk(BufferShelf shelf, byte[] buffer, int length, int firstRow, int rows)
    {
        _shelf = shelf;
        _buffer = buffer;
        _length = length;
        FirstRow = firstRow;
        Rows = rows;
    }

    /// <summary>Whole records, each with its line end (the last of the file may lack it).</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(_start, _length - _start);

    /// <summary>Row number of the first record; every record, blank ones included, is one row.</summary>
    public int FirstRow { get; private set; }

    /// <summary>Number of records, blank ones included.</summary>
    public int Rows { get; private set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer)
        {
            _shelf.Return(buffer);
        }
    }

    /// <summary>The chunk without the records above a row; null where nothing is left.</summary>
    internal CsvChunk? From(int row, byte separator)
    {
        while (FirstRow < row && _start < _length)
        {
            _start += CsvText.NextRecord(Bytes, separator, last: true, [], out _, out _);
            FirstRow++;
            Rows--;
        }

        return _start < _length ? this : null;
    }
}

/// <summary>Buffers of one size, kept for reuse within one enumeration; grown ones are left to the collector.</summary>
internal sealed class BufferShelf(int size)
{
    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = new();

    public byte[] Take()
    {
        lock (_lock)
        {
            return _free.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(size);
        }
    }

    public void Return(byte[] buffer)
    {
        lock (_lock)
        {
            if (buffer.Length == size && _free.Count < 8)
            {
                _free.Push(buffer);
            }
        }
    }
}

/// <summary>Cuts a UTF-8 stream into chunks of whole records and counts the rows; reports damaged text, NUL bytes and open quotes.</summary>
internal sealed class ChunkReader(Stream utf8, byte separator, bool transcoded, TableLimits limits, ProblemList problems, int chunkBytes) : IDisposable
{
    private readonly BufferShelf _shelf = new(chunkBytes);
    private byte[]? _next;
    private int _carried;
    private int _row = 1;
    private bool _ended;

    /// <summary>The next chunk, or null after the last one. After a problem that hides where records end, reading stops.</summary>
    public CsvChunk? Next()
    {
        while (!_ended)
        {
            var buffer = _next ?? _shelf.Take();
            _next = null;
            var length = _carried + utf8.ReadAtLeast(buffer.AsSpan(_carried), buffer.Length - _carried, throwOnEndOfStream: false);
            var last = length < buffer.Length;
            var used = RecordEnd(buffer.AsSpan(0, length), separator, last, out var rows, out var open);
            if (open)
            {
                problems.Add(new Problem("quote_unclosed", _row + rows));
            }

            if (used == 0 && !last)
            {
                if (buffer.Length >= limits.RecordBytes)
                {
                    problems.Add(new Problem(StartsQuote(buffer) ? "quote_unclosed" : "record_too_long", _row, Args: [(limits.RecordBytes >> 10).ToString()]));
                    _ended = true;
                    return null;
                }

                _next = GC.AllocateUninitializedArray<byte>(Math.Min(buffer.Length * 2, Math.Max(limits.RecordBytes, buffer.Length + 1)));
                buffer.AsSpan(0, length).CopyTo(_next);
                _carried = length;
                _shelf.Return(buffer);
                continue;
            }

            _carried = last ? 0 : length - used;
            _ended = last;
            if (_carried > 0)
            {
                var next = _shelf.Take();
                _next = next.Length > _carried ? next : GC.AllocateUninitializedArray<byte>(_carried * 2);
                buffer.AsSpan(used, _carried).CopyTo(_next);
            }

            if (used == 0)
            {
                return null;
            }

            if (_row > limits.Rows - rows)
            {
                problems.Add(new Problem("table_too_many_rows", Args: [limits.Rows.ToString()]));
                _ended = true;
                return null;
            }

            Check(buffer.AsSpan(0, used));
            var chunk = new CsvChunk(_shelf, buffer, used, _row, rows);
            _row += rows;
            return chunk;
        }

        return null;
    }

    public void Dispose() => utf8.Dispose();

    /// <summary>
    /// Where the last whole record ends, by the same rules as <see cref="CsvText.NextRecord"/> but without finding cells. A record whose
    /// quote is still open at the end of the file is left out and told by <paramref name="open"/>.
    /// </summary>
    internal static int RecordEnd(ReadOnlySpan<byte> bytes, byte separator, bool last, out int rows, out bool open)
    {
        open = false;
        rows = 0;
        int start = 0, at = 0;
        if (bytes.IndexOfAny((byte)'"', (byte)'\r') < 0)
        {
            start = bytes.LastIndexOf((byte)'\n') + 1;
            rows = bytes[..start].Count((byte)'\n');
            at = bytes.Length;
        }

        while (at < bytes.Length)
        {
            var hit = bytes[at..].IndexOfAny((byte)'"', (byte)'\n', (byte)'\r');
            if (hit < 0)
            {
                break;
            }

            at += hit;
            if (bytes[at] == (byte)'"')
            {
                var opens = at == start || bytes[at - 1] == separator;
                at++;
                if (opens && (at = AfterQuote(bytes, at, last)) < 0)
                {
                    open = last;
                    return start;
                }
            }
            else if (bytes[at] == (byte)'\r')
            {
                if (at + 1 == bytes.Length && !last)
                {
                    return start;
                }

                at += at + 1 < bytes.Length && bytes[at + 1] == (byte)'\n' ? 2 : 1;
                rows++;
                start = at;
            }
            else
            {
                at++;
                rows++;
                start = at;
            }
        }

        if (last && start < bytes.Length)
        {
            rows++;
            start = bytes.Length;
        }

        return start;
    }

    private static int AfterQuote(ReadOnlySpan<byte> bytes, int at, bool last)
    {
        while (true)
        {
            var quote = bytes[at..].IndexOf((byte)'"');
            if (quote < 0)
            {
                return -1;
            }

            at += quote + 1;
            if (at == bytes.Length)
            {
                return last ? at : -1;
            }

            if (bytes[at] != (byte)'"')
            {
                return at;
            }

            at++;
        }
    }

    /// <summary>Whether the record holds an opening quote, so that its length is that quote's doing.</summary>
    private bool StartsQuote(ReadOnlySpan<byte> record)
    {
        RecordEnd(record, separator, last: true, out _, out var open);
        return open;
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        var damaged = transcoded ? bytes.IndexOf("\uFFFD"u8) >= 0 : !Utf8.IsValid(bytes);
        var nul = bytes.Contains((byte)0);
        if (!damaged && !nul)
        {
            return;
        }

        for (var row = _row; bytes.Length > 0; row++)
        {
            var used = CsvText.NextRecord(bytes, separator, last: true, [], out _, out _);
            var record = bytes[..used];
            if (record.Contains((byte)0))
            {
                problems.Add(new Problem("nul_byte", row));
            }

            if (transcoded ? record.IndexOf("\uFFFD"u8) >= 0 : !Utf8.IsValid(record))
            {
                problems.Add(new Problem("encoding_broken", row));
            }

            bytes = bytes[used..];
        }
    }
}
