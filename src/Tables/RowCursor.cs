namespace Tanlu.Tables;

/// <summary>Reads the rows of one table from the top, blank rows passed over.</summary>
internal abstract class RowCursor : IDisposable
{
    /// <summary>The next row that is not blank, or null at the end. Throws <see cref="Refusal"/> where the rest cannot be read.</summary>
    public abstract TableRow? Next();

    public abstract void Dispose();
}

/// <summary>One kind of file: its sheets and their rows.</summary>
internal abstract class TableSource : IDisposable
{
    public abstract IReadOnlyList<string> Sheets { get; }

    /// <summary>A cursor from the top of a sheet. Problems of cells are reported for the rows below the header, in the watched columns.</summary>
    public abstract RowCursor Rows(int sheet, TableHeader header, ProblemList problems);

    public abstract void Dispose();
}

/// <summary>Where the header stands and which columns the reader cares about.</summary>
/// <param name="Row">Row of the header; <see cref="int.MaxValue"/> while it is still searched.</param>
/// <param name="Names">Header texts by column.</param>
/// <param name="Watched">Columns whose cells are judged; null for all.</param>
internal sealed record TableHeader(int Row, IReadOnlyList<string> Names, IReadOnlySet<int>? Watched)
{
    public static TableHeader Searched { get; } = new(int.MaxValue, [], Watched: null);

    /// <summary>The header's text, or the letter a spreadsheet gives the column.</summary>
    public string Name(int column) => column < Names.Count && Names[column].Length > 0 ? Names[column] : Letters(column);

    public bool Judges(int row, int column) => row > Row && (Watched is null || Watched.Contains(column));

    public static string Letters(int column)
    {
        var text = "";
        for (var rest = column + 1; rest > 0; rest = (rest - 1) / 26)
        {
            text = (char)('A' + ((rest - 1) % 26)) + text;
        }

        return text;
    }
}
