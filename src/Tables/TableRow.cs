namespace Tanlu.Tables;

/// <summary>What a workbook says about a cell beside its value.</summary>
[Flags]
public enum CellMark
{
    None = 0,

    /// <summary>The value is the stored result of a formula.</summary>
    Formula = 1,

    /// <summary>The cell is covered by a merged cell and has no value of its own.</summary>
    Merged = 2,

    /// <summary>Shown as a percentage: <see cref="TableCell.Text"/> is <c>98%</c>, <see cref="TableCell.Number"/> 0.98.</summary>
    Percent = 4,

    /// <summary>An error value such as <c>#REF!</c>, which stands in <see cref="TableCell.Text"/>.</summary>
    Error = 8,
}

/// <summary>
/// A cell. <see cref="Text"/> is always there, trimmed, numbers in shortest round-trip form, dates in ISO form, so that a reader of
/// texts treats CSV and workbook alike.
/// </summary>
public readonly record struct TableCell(string Text, double? Number = null, DateOnly? Date = null, CellMark Mark = CellMark.None)
{
    public static TableCell Empty { get; } = new("");

    public bool Blank => string.IsNullOrEmpty(Text);
}

/// <summary>A row with at least one cell that is not blank.</summary>
/// <param name="Row">Row as a person sees it: for a workbook the sheet's own row number, for CSV the record's number from the top of the file.</param>
/// <param name="Cells">Cells from the first column on; a short row simply ends.</param>
public sealed record TableRow(int Row, IReadOnlyList<TableCell> Cells)
{
    /// <summary>The cell, or an empty one where the row is short or the column is not there (−1).</summary>
    public TableCell this[int column] => (uint)column < (uint)Cells.Count ? Cells[column] : TableCell.Empty;
}
