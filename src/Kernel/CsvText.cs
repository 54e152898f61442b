using System.Text;

namespace Tanlu.Kernel;

/// <summary>
/// RFC 4180 over UTF-8 bytes. <see cref="NextRecord"/> is the hot path: it only finds the cells' places, allocates nothing and copies
/// nothing; <see cref="Records"/> is the plain form for small tables.
/// </summary>
public static class CsvText
{
    /// <summary>The place of a cell in the buffer. <see cref="Escaped"/>: its quotes are doubled and must be folded.</summary>
    public readonly record struct Cell(int Start, int Length, bool Escaped);

    /// <summary>
    /// Finds the cells of the next record. Returns the number of bytes consumed including the line end, or 0 where the buffer ends
    /// inside the record and <paramref name="last"/> is false (give more bytes). A record that is one empty cell is a blank line.
    /// </summary>
    /// <param name="bytes">Buffer that starts at a record.</param>
    /// <param name="separator">Comma, semicolon or tab.</param>
    /// <param name="last">No more bytes follow the buffer.</param>
    /// <param name="cells">Filled with the places; cells beyond its length are counted but not kept.</param>
    /// <param name="count">Number of cells in the record.</param>
    /// <param name="openQuote">True where the buffer ended inside a quoted cell.</param>
    public static int NextRecord(ReadOnlySpan<byte> bytes, byte separator, bool last, Span<Cell> cells, out int count, out bool openQuote)
    {
        count = 0;
        openQuote = false;
        var at = 0;
        while (true)
        {
            if (at < bytes.Length && bytes[at] == (byte)'"')
            {
                var start = at + 1;
                var escaped = false;
                var from = start;
                while (true)
                {
                    var quote = bytes[from..].IndexOf((byte)'"');
                    if (quote < 0)
                    {
                        openQuote = last;
                        if (!last)
                        {
                            return 0;
                        }

                        Keep(cells, count++, new Cell(start, bytes.Length - start, escaped));
                        return bytes.Length;
                    }

                    from += quote + 1;
                    if (from < bytes.Length && bytes[from] == (byte)'"')
                    {
                        escaped = true;
                        from++;
                        continue;
                    }

                    break;
                }

                if (from == bytes.Length && !last)
                {
                    return 0;
                }

                Keep(cells, count++, new Cell(start, from - 1 - start, escaped));

                // Text after the closing quote is not a cell of its own; it is skipped up to the next separator or line end.
                var rest = bytes[from..].IndexOfAny(separator, (byte)'\n', (byte)'\r');
                at = rest < 0 ? bytes.Length : from + rest;
            }
            else
            {
                var length = bytes[at..].IndexOfAny(separator, (byte)'\n', (byte)'\r');
                if (length < 0)
                {
                    if (!last)
                    {
                        return 0;
                    }

                    Keep(cells, count++, new Cell(at, bytes.Length - at, Escaped: false));
                    return bytes.Length;
                }

                Keep(cells, count++, new Cell(at, length, Escaped: false));
                at += length;
            }

            if (at >= bytes.Length)
            {
                return last ? bytes.Length : 0;
            }

            if (bytes[at] == separator)
            {
                at++;
                continue;
            }

            if (bytes[at] == (byte)'\r')
            {
                if (at + 1 == bytes.Length && !last)
                {
                    return 0;
                }

                return at + 1 < bytes.Length && bytes[at + 1] == (byte)'\n' ? at + 2 : at + 1;
            }

            return at + 1;
        }
    }

    /// <summary>The cell's text, quotes folded and surrounding blanks removed.</summary>
    public static string Text(ReadOnlySpan<byte> bytes, Cell cell)
    {
        var text = Encoding.UTF8.GetString(bytes.Slice(cell.Start, cell.Length));
        return (cell.Escaped ? text.Replace("\"\"", "\"", StringComparison.Ordinal) : text).Trim();
    }

    /// <summary>All records of a small table, cells as text. A UTF-8 byte order mark is skipped.</summary>
    public static IEnumerable<IReadOnlyList<string>> Records(byte[] utf8, char separator = ',')
    {
        var at = utf8.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var cells = new Cell[256];
        while (at < utf8.Length)
        {
            var used = NextRecord(utf8.AsSpan(at), (byte)separator, last: true, cells, out var count, out _);
            if (count > cells.Length)
            {
                cells = new Cell[count];
                continue;
            }

            var texts = new string[count];
            for (var i = 0; i < count; i++)
            {
                texts[i] = Text(utf8.AsSpan(at), cells[i]);
            }

            at += used;
            yield return texts;
        }
    }

    private static void Keep(Span<Cell> cells, int at, Cell cell)
    {
        if (at < cells.Length)
        {
            cells[at] = cell;
        }
    }
}
