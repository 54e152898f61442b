using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// Finds the sheet and the header row: among the first rows the one that names most of the wanted columns (at least two), since
/// titles and notes often stand above a table; without such a row, the first row that is not blank.
/// </summary>
internal static class HeaderSearch
{
    private const int RowsLookedAt = 50;
    private const int SheetsLookedAt = 100;

    public static (int Sheet, TableRow Header) Find(TableSource source, TableOptions options)
    {
        var keys = options.Wanted.Select(ColumnMap.Key).ToHashSet(StringComparer.Ordinal);
        if (options.Sheet is { } name)
        {
            var at = source.Sheets.ToList().FindIndex(s => string.Equals(s.Trim(), name.Trim(), StringComparison.OrdinalIgnoreCase));
            if (at < 0)
            {
                throw new Refusal(new Problem("sheet_not_found", Found: name, Args: [string.Join(", ", source.Sheets)]));
            }

            return (at, HeaderOf(source, at, options, keys).Header ?? throw new Refusal(new Problem("table_empty")));
        }

        (int Sheet, TableRow Header)? best = null;
        var bestMatches = -1;
        for (var sheet = 0; sheet < Math.Min(source.Sheets.Count, SheetsLookedAt); sheet++)
        {
            var (header, matches) = HeaderOf(source, sheet, options, keys);
            if (header is not null && matches > bestMatches)
            {
                (best, bestMatches) = ((sheet, header), matches);
            }
        }

        return best ?? throw new Refusal(new Problem("table_empty"));
    }

    /// <summary>Refuses a table without a row below its header.</summary>
    public static void RequireRows(TableSource source, int sheet, int headerRow, TableLimits limits)
    {
        var problems = new ProblemList(limits.Problems);
        using var cursor = source.Rows(sheet, TableHeader.Searched, problems);
        while (cursor.Next() is { } row)
        {
            if (row.Row > headerRow)
            {
                return;
            }
        }

        throw new Refusal(problems.InOrder() is [var problem, ..] ? problem : new Problem("table_no_rows", headerRow));
    }

    private static (TableRow? Header, int Matches) HeaderOf(TableSource source, int sheet, TableOptions options, HashSet<string> keys)
    {
        var problems = new ProblemList(options.Limits.Problems);
        using var cursor = source.Rows(sheet, TableHeader.Searched, problems);
        TableRow? first = null;
        TableRow? best = null;
        var bestMatches = 1;
        for (var seen = 0; seen < RowsLookedAt && cursor.Next() is { } row; seen++)
        {
            if (options.HeaderRow is { } wanted)
            {
                if (row.Row == wanted)
                {
                    return (row, Matches(row, keys));
                }

                seen -= row.Row < wanted ? 1 : 0;
                continue;
            }

            first ??= row;
            var matches = keys.Count == 0 ? 0 : Matches(row, keys);
            if (matches > bestMatches)
            {
                (best, bestMatches) = (row, matches);
            }

            if (keys.Count == 0)
            {
                break;
            }
        }

        if (first is null && problems.InOrder() is [var problem, ..])
        {
            throw new Refusal(problem);
        }

        return best is null ? (first, 0) : (best, bestMatches);
    }

    private static int Matches(TableRow row, HashSet<string> keys) =>
        row.Cells.Where(c => !c.Blank && c.Text.Length <= 200)
            .Select(c => ColumnMap.FieldOf(c.Text) is { } field && keys.Contains(ColumnMap.Key(field)) ? ColumnMap.Key(field) : ColumnMap.Key(c.Text))
            .Distinct(StringComparer.Ordinal)
            .Count(keys.Contains);
}
