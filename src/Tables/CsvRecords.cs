using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// Walks the records of chunks without allocating: one per worker, reused for every chunk. Blank records are passed over but counted.
/// </summary>
/// <param name="columns">Number of columns of the header.</param>
/// <param name="separator">The file's separator.</param>
public sealed class CsvRecords(int columns, byte separator)
{
    // Cells beyond the header are looked at too, or a shifted row would lose its tail silently.
    private const int Spare = 32;

    private readonly CsvText.Cell[] _cells = new CsvText.Cell[columns + Spare];
    private CsvChunk? _chunk;
    private int _start;
    private int _at;
    private byte[] _folded = [];
    private int _foldedTo;

    /// <summary>Row number of the current record.</summary>
    public int Row { get; private set; }

    /// <summary>Number of cells in the current record.</summary>
    public int Count { get; private set; }

    /// <summary>The current record without its line end, for quarantine lists and hashes.</summary>
    public ReadOnlySpan<byte> Record => Bytes.Slice(_start, _at - _start).TrimEnd("\r\n"u8);

    /// <summary>Whether a cell beyond the header's columns holds something.</summary>
    public bool Overfull
    {
        get
        {
            for (var i = columns; i < Math.Min(Count, _cells.Length); i++)
            {
                if (this[i].Length > 0)
                {
                    return true;
                }
            }

            return Count > _cells.Length;
        }
    }

    private ReadOnlySpan<byte> Bytes => _chunk is null ? default : _chunk.Bytes;

    /// <summary>
    /// The cell in UTF-8, blanks around it removed and doubled quotes folded; empty where the record is short or the column −1. Valid
    /// until the next call of <see cref="Next"/>.
    /// </summary>
    public ReadOnlySpan<byte> this[int column]
    {
        get
        {
            if ((uint)column >= (uint)Math.Min(Count, _cells.Length))
            {
                return default;
            }

            var cell = _cells[column];
            var bytes = Bytes.Slice(_start + cell.Start, cell.Length);
            return Trim(cell.Escaped ? Fold(bytes) : bytes);
        }
    }

    /// <summary>Starts on a chunk; its records follow by <see cref="Next"/>.</summary>
    public void Load(CsvChunk chunk)
    {
        _chunk = chunk;
        _start = 0;
        _at = 0;
        Row = chunk.FirstRow - 1;
        Count = 0;
    }

    /// <summary>Moves to the next record that is not blank; false at the end of the chunk.</summary>
    public bool Next()
    {
        var bytes = Bytes;
        while (_at < bytes.Length)
        {
            _start = _at;
            _foldedTo = 0;
            _at += CsvText.NextRecord(bytes[_at..], separator, last: true, _cells, out var count, out _);
            Count = count;
            Row++;
            if (!Blank())
            {
                return true;
            }
        }

        return false;
    }

    public string Text(int column) => Encoding.UTF8.GetString(this[column]).Trim();

    private bool Blank()
    {
        if (Count > _cells.Length)
        {
            return false;
        }

        for (var i = 0; i < Count; i++)
        {
            if (_cells[i].Length > 0 && this[i].Length > 0)
            {
                return false;
            }
        }

        return true;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0 || (bytes[0] > 0x20 && bytes[^1] > 0x20 && bytes[0] < 0xC2 && bytes[^1] < 0x80))
        {
            return bytes;
        }

        // Blanks as people paste them: ASCII, no-break (U+00A0) and ideographic (U+3000).
        while (true)
        {
            var cut = bytes.Trim(" \t\r\n\v\f"u8);
            cut = cut.StartsWith("\u00A0"u8) ? cut[2..] : cut.StartsWith("\u3000"u8) ? cut[3..] : cut;
            cut = cut.EndsWith("\u00A0"u8) ? cut[..^2] : cut.EndsWith("\u3000"u8) ? cut[..^3] : cut;
            if (cut.Length == bytes.Length)
            {
                return cut;
            }

            bytes = cut;
        }
    }

    private ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> bytes)
    {
        if (_folded.Length - _foldedTo < bytes.Length)
        {
            // Spans handed out before keep the old array alive.
            _folded = new byte[Math.Max(4096, 2 * bytes.Length)];
            _foldedTo = 0;
        }

        var from = _foldedTo;
        while (bytes.IndexOf((byte)'"') is >= 0 and var quote)
        {
            bytes[..(quote + 1)].CopyTo(_folded.AsSpan(_foldedTo));
            _foldedTo += quote + 1;
            bytes = bytes[Math.Min(bytes.Length, quote + 2)..];
        }

        bytes.CopyTo(_folded.AsSpan(_foldedTo));
        _foldedTo += bytes.Length;
        return _folded.AsSpan(from, _foldedTo - from);
    }
}
