using System.Text;

namespace Tanlu.Tables;

/// <summary>
/// Writes a worksheet's rows as CSV records, so that one fast path serves both kinds of file. Rows that the sheet leaves blank become
/// blank records: the row numbers stay the sheet's own.
/// </summary>
internal sealed class SheetChunks(IEnumerable<TableRow> rows, int firstRow, int chunkBytes)
{
    private readonly BufferShelf _shelf = new(chunkBytes);

    public IEnumerable<CsvChunk> All()
    {
        var buffer = _shelf.Take();
        int length = 0, next = firstRow, first = firstRow;
        foreach (var row in rows)
        {
            var gap = row.Row - next;
            var needed = gap + 1 + row.Cells.Sum(c => (c.Text.Length * 3) + 2 + c.Text.Count(x => x == '"') + 1);
            if (length + needed > buffer.Length && length > 0)
            {
                yield return new CsvChunk(_shelf, buffer, length, first, next - first);
                buffer = _shelf.Take();
                (length, first) = (0, next);
            }

            if (needed > buffer.Length)
            {
                buffer = GC.AllocateUninitializedArray<byte>(needed);
            }

            buffer.AsSpan(length, gap).Fill((byte)'\n');
            length += gap;
            for (var i = 0; i < row.Cells.Count; i++)
            {
                if (i > 0)
                {
                    buffer[length++] = (byte)',';
                }

                length += Write(row.Cells[i].Text, buffer.AsSpan(length));
            }

            buffer[length++] = (byte)'\n';
            next = row.Row + 1;
        }

        if (length > 0)
        {
            yield return new CsvChunk(_shelf, buffer, length, first, next - first);
        }
    }

    private static int Write(string text, Span<byte> to)
    {
        if (text.AsSpan().IndexOfAny(",\"\r\n") >= 0)
        {
            text = "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        }

        return Encoding.UTF8.GetBytes(text, to);
    }
}
