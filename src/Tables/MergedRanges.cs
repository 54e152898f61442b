using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// The merged ranges of a sheet, followed row by row. A value merged over several data rows is a problem: the file stores it in the
/// first row only, and whether it is meant once or for each row is the author's to say.
/// </summary>
internal sealed class MergedRanges
{
    private readonly List<Range> _ranges;
    private readonly List<Range> _active = [];
    private int _next;

    public MergedRanges(IEnumerable<Range> ranges)
    {
        _ranges = [.. ranges.OrderBy(r => r.Top)];
    }

    /// <summary>Zero-based columns, 1-based rows, all included.</summary>
    public readonly record struct Range(int Top, int Left, int Bottom, int Right)
    {
        public string Name => $"{TableHeader.Letters(Left)}{Top}:{TableHeader.Letters(Right)}{Bottom}";
    }

    /// <summary>Marks the covered cells of a row and reports ranges that begin in it; rows must come in order.</summary>
    public void Apply(int row, List<TableCell> cells, TableHeader header, ProblemList problems)
    {
        _active.RemoveAll(r => r.Bottom < row);
        while (_next < _ranges.Count && _ranges[_next].Top <= row)
        {
            var range = _ranges[_next++];
            if (range.Bottom >= row)
            {
                _active.Add(range);
            }

            // Merged ranges cannot overlap, so a row has no more of them than columns; more is a forged file that would cost a lot of time.
            if (_active.Count > 16_384)
            {
                throw new Refusal(new Problem("workbook_broken", row, Found: "mergeCells"));
            }

            if (range.Top == row && range.Bottom > row && range.Left < cells.Count && !cells[range.Left].Blank && header.Judges(row, range.Left))
            {
                problems.Add(new Problem("merged_cell", row, header.Name(range.Left), cells[range.Left].Text, range.Name));
            }
        }

        foreach (var range in _active)
        {
            for (var column = range.Left; column <= range.Right && column < cells.Count; column++)
            {
                if (row != range.Top || column != range.Left)
                {
                    cells[column] = cells[column] with { Mark = cells[column].Mark | CellMark.Merged };
                }
            }
        }
    }
}
