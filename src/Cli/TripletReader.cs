using System.Globalization;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary>
/// Reads a matrix as CSV: a header with columns whose names begin with <c>row</c>, <c>col</c> and <c>value</c> (and <c>sigma</c>, where its entries are uncertain), zero-based
/// places in any order. A cell that cannot be read is refused with its file, line and column.
/// </summary>
internal sealed class TripletReader
{
    private const int MostProblems = 20;

    /// <summary>A larger place is taken for a slip of the file, not for a matrix.</summary>
    private const int LargestIndex = 5_000_000;

    private static readonly string[] Wanted = ["row", "col", "value", "sigma"];

    private readonly string _file;
    private readonly List<Problem> _problems = [];
    private readonly int[] _columns = [-1, -1, -1, -1];
    private readonly string[] _names = ["", "", "", ""];
    private int[] _row;
    private int[] _column;
    private double[] _value;
    private double[] _sigma = [];
    private int _count;
    private int _lastRow = -1;
    private int _lastColumn = -1;

    private TripletReader(string file, int bytes)
    {
        _file = file;
        var estimate = (bytes / 12) + 1;
        (_row, _column, _value) = (new int[estimate], new int[estimate], new double[estimate]);
    }

    /// <summary>Rows and columns of the result are as many as the largest place says.</summary>
    public static Outcome<Triplets> Read(string path)
    {
        if (!File.Exists(path))
        {
            return new Problem("file_missing", Found: path);
        }

        var bytes = File.ReadAllBytes(path);
        var reader = new TripletReader(Path.GetFileName(path), bytes.Length);
        reader.Parse(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes);
        return reader._problems.Count > 0
            ? Outcome<Triplets>.Refused(reader._problems)
            : new Triplets(
                reader._lastRow + 1, reader._lastColumn + 1, reader._row[..reader._count], reader._column[..reader._count], reader._value[..reader._count],
                reader._columns[3] < 0 ? [] : reader._sigma[..reader._count]);
    }

    private void Parse(ReadOnlySpan<byte> text)
    {
        var line = 0;
        while (!text.IsEmpty && _problems.Count < MostProblems)
        {
            var end = text.IndexOf((byte)'\n');
            var current = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            line++;
            if (!current.IsEmpty && current[^1] == '\r')
            {
                current = current[..^1];
            }

            if (current.Trim((byte)' ').IsEmpty)
            {
                continue;
            }

            if (_columns[0] >= 0)
            {
                ReadLine(current, line);
            }
            else if (!ReadHeader(current, line))
            {
                return;
            }
        }

        if (line == 0 || (_columns[0] < 0 && _problems.Count == 0))
        {
            _problems.Add(new Problem("lca_header", 1, Args: [_file, "row"]));
        }
    }

    private bool ReadHeader(ReadOnlySpan<byte> header, int line)
    {
        var cells = Encoding.UTF8.GetString(header).Split(',');
        for (var wanted = 0; wanted < Wanted.Length; wanted++)
        {
            _columns[wanted] = Array.FindIndex(cells, c => c.Trim(' ', '"').StartsWith(Wanted[wanted], StringComparison.OrdinalIgnoreCase));
            if (_columns[wanted] >= 0)
            {
                _names[wanted] = cells[_columns[wanted]].Trim(' ', '"');
            }
            else if (Wanted[wanted] != "sigma")
            {
                _problems.Add(new Problem("lca_header", line, Found: Encoding.UTF8.GetString(header), Args: [_file, Wanted[wanted]]));
                return false;
            }
        }

        _sigma = _columns[3] < 0 ? [] : new double[_value.Length];
        return true;
    }

    private void ReadLine(ReadOnlySpan<byte> text, int line)
    {
        if (_count == _row.Length)
        {
            var more = _count * 2;
            Array.Resize(ref _row, more);
            Array.Resize(ref _column, more);
            Array.Resize(ref _value, more);
            Array.Resize(ref _sigma, _columns[3] < 0 ? 0 : more);
        }

        var seen = 0;
        for (var at = 0; seen < 0b1111; at++)
        {
            var comma = text.IndexOf((byte)',');
            var cell = comma < 0 ? text : text[..comma];
            for (var wanted = 0; wanted < Wanted.Length; wanted++)
            {
                if (_columns[wanted] == at)
                {
                    seen |= 1 << wanted;
                    Take(wanted, Bare(cell), line);
                }
            }

            if (comma < 0)
            {
                break;
            }

            text = text[(comma + 1)..];
        }

        for (var wanted = 0; wanted < Wanted.Length; wanted++)
        {
            if (_columns[wanted] >= 0 && (seen & (1 << wanted)) == 0)
            {
                _problems.Add(new Problem(wanted < 2 ? "lca_index" : "lca_value", line, _names[wanted], "", [_file]));
                return;
            }
        }

        _lastRow = Math.Max(_lastRow, _row[_count]);
        _lastColumn = Math.Max(_lastColumn, _column[_count]);
        _count++;
    }

    private void Take(int wanted, ReadOnlySpan<byte> cell, int line)
    {
        if (wanted < 2)
        {
            if (!Index(cell, out var index))
            {
                _problems.Add(new Problem("lca_index", line, _names[wanted], Encoding.UTF8.GetString(cell), [_file]));
            }

            (wanted == 0 ? _row : _column)[_count] = index;
            return;
        }

        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value) || (wanted == 3 && value < 0))
        {
            _problems.Add(new Problem(wanted == 2 ? "lca_value" : "lca_sigma", line, _names[wanted], Encoding.UTF8.GetString(cell), [_file]));
            value = 0;
        }

        (wanted == 2 ? _value : _sigma)[_count] = value;
    }

    // Tables saved by numerical programs often write whole numbers as 12.0 or 1.2e+01.
    private static bool Index(ReadOnlySpan<byte> cell, out int index)
    {
        if (int.TryParse(cell, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            return index <= LargestIndex;
        }

        index = 0;
        if (!double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value is >= 0 and <= LargestIndex) || value != Math.Truncate(value))
        {
            return false;
        }

        index = (int)value;
        return true;
    }

    private static ReadOnlySpan<byte> Bare(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty || (cell[0] > ' ' && cell[^1] > ' ' && cell[0] != '"'))
        {
            return cell;
        }

        cell = cell.Trim(" \t"u8);
        return cell.Length >= 2 && cell[0] == '"' && cell[^1] == '"' ? cell[1..^1] : cell;
    }
}
