using System.Reflection;

namespace Tanlu.Kernel;

/// <summary>One row of a data table, by column name.</summary>
public sealed class DataRow
{
    private readonly IReadOnlyDictionary<string, int> _columns;
    private readonly IReadOnlyList<string> _cells;

    internal DataRow(IReadOnlyDictionary<string, int> columns, IReadOnlyList<string> cells, int line)
    {
        _columns = columns;
        _cells = cells;
        Line = line;
    }

    /// <summary>1-based row in the file, the header being row 1 (comment lines are not counted).</summary>
    public int Line { get; }

    /// <summary>The cell, trimmed; an empty string where the row is short. Throws where the table has no such column.</summary>
    public string this[string column] => Cell(_columns[column]);

    public string Or(string column, string otherwise) =>
        _columns.TryGetValue(column, out var at) && Cell(at) is { Length: > 0 } cell ? cell : otherwise;

    private string Cell(int at) => at < _cells.Count ? _cells[at] : "";
}

/// <summary>
/// The data rows that ship with the product (<c>data/**/*.csv</c>, embedded): UTF-8, comma, RFC 4180 quotes, a header row, and
/// comment lines that begin with <c>#</c>.
/// </summary>
public static class DataRows
{
    private static readonly Assembly Home = typeof(DataRows).Assembly;

    /// <summary>Names of the embedded tables below a folder, e.g. <c>i18n/</c>, in ordinal order.</summary>
    public static IReadOnlyList<string> Names(string folder) =>
        [.. Home.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static IEnumerable<DataRow> Read(string name) => Parse(Bytes(name));

    public static byte[] Bytes(string name)
    {
        using var stream = Home.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"No data table {name}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Parses a table of the product's own form; see the class for the form.</summary>
    public static IEnumerable<DataRow> Parse(byte[] utf8)
    {
        Dictionary<string, int>? columns = null;
        var line = 0;
        foreach (var cells in CsvText.Records(utf8))
        {
            if (cells is [] or [""] || cells[0].StartsWith('#'))
            {
                continue;
            }

            line++;
            if (columns is null)
            {
                columns = cells.Select((name, at) => (name, at)).ToDictionary(c => c.name, c => c.at, StringComparer.Ordinal);
                continue;
            }

            yield return new DataRow(columns, cells, line);
        }
    }
}
