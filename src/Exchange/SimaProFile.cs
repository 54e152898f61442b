using System.Text;
using Tanlu.Tables;

namespace Tanlu.Exchange;

/// <summary>A row of a SimaPro file. Cells beyond the row's end are empty.</summary>
internal sealed record SimaProRow(int Line, IReadOnlyList<string> Cells)
{
    public string this[int at] => at < Cells.Count ? Cells[at] : "";
}

/// <summary>A part of a block: its heading and the rows up to the next blank line.</summary>
internal sealed record SimaProSection(string Name, int Line, List<SimaProRow> Rows)
{
    public string Text => Rows.Count == 0 ? "" : string.Join('\n', Rows.Select(r => r[0]).Where(t => t.Length > 0));
}

/// <summary>From a heading such as <c>Process</c> to its <c>End</c>.</summary>
internal sealed record SimaProBlock(string Name, int Line, List<SimaProSection> Sections)
{
    /// <summary>The text of the section with this heading; empty where there is none.</summary>
    public string this[string section] => Sections.Find(s => s.Name.Equals(section, StringComparison.OrdinalIgnoreCase))?.Text ?? "";

    public IEnumerable<SimaProRow> Rows => Sections.SelectMany(s => s.Rows);
}

/// <summary>
/// The lines of a SimaPro CSV file as blocks. There is no published description of the format: blocks, sections and columns are those of SimaPro 8 and 9 exports. The head of the file
/// says which separator and decimal mark follow; a line break within a cell is a quoted one or the character 127.
/// </summary>
internal sealed class SimaProFile
{
    private const int LongestCell = 4 << 20;

    private readonly StreamReader _reader;
    private readonly Reading _reading;
    private readonly string _name;
    private readonly MemoryStream _content = new();
    private readonly Queue<string> _again = new();
    private char _separator = ';';
    private int _line;

    public SimaProFile(DatasetPart part, Reading reading)
    {
        using (var stream = part.Open())
        {
            stream.CopyTo(_content);
        }

        _content.Position = 0;
        _reader = new StreamReader(_content, PlainText.EncodingOf(_content.GetBuffer().AsSpan(0, (int)_content.Length)), detectEncodingFromByteOrderMarks: true);
        _reading = reading;
        _name = part.Name;
        ReadHeader();
    }

    public bool DecimalComma { get; private set; }

    public string Project { get; private set; } = "";

    /// <summary>Whether the part begins with SimaPro's head, in whatever encoding.</summary>
    public static bool Recognises(DatasetPart part)
    {
        Span<byte> plain = stackalloc byte[64];
        var length = 0;
        foreach (var b in part.Head)
        {
            // UTF-16 is told by its zero bytes and its mark.
            if (length < plain.Length && b is not (0 or 0xFE or 0xFF or 0xEF or 0xBB or 0xBF))
            {
                plain[length++] = b;
            }
        }

        return plain[..length].TrimStart("\" \t\r\n"u8).StartsWith("{SimaPro"u8);
    }

    /// <summary>The blocks in the order of the file. A file that ends within a block is a fault.</summary>
    public IEnumerable<SimaProBlock> Blocks()
    {
        SimaProBlock? block = null;
        SimaProSection? section = null;
        var blank = true;
        while (NextRow() is { } row)
        {
            if (row.Cells.All(c => c.Length == 0))
            {
                blank = true;
                continue;
            }

            var only = row.Cells.Skip(1).All(c => c.Length == 0) ? row[0] : null;
            if (only is "End")
            {
                if (block is not null)
                {
                    yield return block;
                }

                (block, section) = (null, null);
            }
            else if (block is null)
            {
                block = new SimaProBlock(row[0], row.Line, []);
                section = new SimaProSection("", row.Line, []);
                block.Sections.Add(section);
            }
            else if (blank && only is not null && SimaProHeadings.IsSection(block.Name, only))
            {
                section = new SimaProSection(only, row.Line, []);
                block.Sections.Add(section);
            }
            else
            {
                section!.Rows.Add(row);
            }

            blank = false;
        }

        if (block is not null)
        {
            _reading.Fault("lca_simapro_truncated", _name, block.Line, block.Name);
            yield return block;
        }
    }

    private void ReadHeader()
    {
        while (NextLine() is { } line)
        {
            var text = line.Trim().Trim('"').TrimEnd(';', ',', '\t').Trim('"');
            if (!text.StartsWith('{'))
            {
                if (text.Length == 0)
                {
                    continue;
                }

                _line--;
                _again.Enqueue(line);
                return;
            }

            var parts = text.Trim('{', '}').Split(':', 2, StringSplitOptions.TrimEntries);
            var value = parts.Length > 1 ? parts[1] : "";
            switch (parts[0])
            {
                case "CSV separator":
                    _separator = value.ToUpperInvariant() switch { "COMMA" or "," => ',', "TAB" or "TABULATOR" => '\t', _ => ';' };
                    break;
                case "Decimal separator":
                    DecimalComma = value == ",";
                    break;
                case "Project" or "Open project" or "Open library" when Project.Length == 0:
                    Project = value.Trim('\'');
                    break;
            }
        }
    }

    private string? NextLine()
    {
        var line = _again.Count > 0 ? _again.Dequeue() : _reader.ReadLine();
        _line += line is null ? 0 : 1;
        return line;
    }

    private SimaProRow? NextRow()
    {
        _reading.Cancellation.ThrowIfCancellationRequested();
        if (NextLine() is not { } line)
        {
            return null;
        }

        var first = _line;
        var cells = new List<string>();
        var at = 0;
        while (true)
        {
            if (at < line.Length && line[at] == '"' && Quoted(ref line, ref at, first) is { } quoted)
            {
                cells.Add(quoted);
            }
            else
            {
                var end = line.IndexOf(_separator, at);
                end = end < 0 ? line.Length : end;
                cells.Add(Plain(line[at..end]));
                at = end;
            }

            if (at >= line.Length)
            {
                return new SimaProRow(first, cells);
            }

            at++;
            if (at == line.Length)
            {
                cells.Add("");
                return new SimaProRow(first, cells);
            }
        }
    }

    /// <summary>A quoted cell, with the lines it goes over; null where the quotation mark is a part of a plain cell.</summary>
    private string? Quoted(ref string line, ref int at, int first)
    {
        var text = new StringBuilder();
        var (from, taken) = (at + 1, new List<string>());
        var current = line;
        while (true)
        {
            var quote = current.IndexOf('"', from);
            if (quote >= 0)
            {
                text.Append(current, from, quote - from);
                if (quote + 1 < current.Length && current[quote + 1] == '"')
                {
                    text.Append('"');
                    from = quote + 2;
                    continue;
                }

                if (quote + 1 == current.Length || current[quote + 1] == _separator)
                {
                    (line, at) = (current, quote + 1);
                    return Plain(text.ToString());
                }

                if (taken.Count == 0)
                {
                    return null;
                }

                text.Append('"');
                from = quote + 1;
                continue;
            }

            text.Append(current, from, current.Length - from).Append('\n');
            if (text.Length > LongestCell || NextLine() is not { } next)
            {
                // Without its end the mark would swallow the rest of the file: it is named, and the lines are read as they are.
                _reading.Fault("lca_simapro_quote", _name, first, null, line);
                _line -= taken.Count;
                var rest = _again.ToList();
                _again.Clear();
                taken.Concat(rest).ToList().ForEach(_again.Enqueue);
                return null;
            }

            taken.Add(next);
            (current, from) = (next, 0);
        }
    }

    private static string Plain(string text) => text.Replace('\u007F', '\n').Trim();
}
