using System.Text.RegularExpressions;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>One table of a workbook that was laid out for people (<c>data/importers/sheet_tables.csv</c>).</summary>
/// <param name="Sheet">Worksheet it stands on.</param>
/// <param name="Title">What the row above the table says; the same words may open several tables of one form.</param>
/// <param name="Headings">Rows of headings below the title.</param>
/// <param name="Columns">Where each column stands, and whether an empty cell means the one above.</param>
/// <param name="Numbers">Columns of which one must be filled in a row of data; a row without is a heading of a group, a note or a blank.</param>
/// <param name="Importer">Mapping that reads the table; empty where it holds no factors.</param>
internal sealed record SheetTable(
    string Layout, string Sheet, Regex Title, int Headings, IReadOnlyList<SheetColumn> Columns, IReadOnlyList<int> Numbers, string Importer);

/// <param name="Carried">An empty cell means the one above.</param>
/// <param name="Group">The column is no column of its own: a row without numbers names the group of the rows below it.</param>
internal readonly record struct SheetColumn(int At, string Name, bool Carried, bool Group);

/// <summary>
/// Workbooks with several tables below and beside each other: each is written out as plain rows and read by its mapping, and all of them make one pack, the
/// publisher's edition. What a table is stands in data rows, so that a further workbook needs no code.
/// </summary>
internal static class SheetTables
{
    private const string TitleColumn = "$title";
    private const string YearColumn = "Year";
    private const int TitleRows = 8;

    private static readonly ILookup<string, SheetTable> Layouts = DataRows.Read("importers/sheet_tables.csv").Select(Parse).ToLookup(t => t.Layout);

    /// <summary>Null where the workbook has none of the known layouts.</summary>
    public static PackReading? Read(TableFile file, byte[] bytes)
    {
        foreach (var layout in Layouts)
        {
            if (layout.Select(t => t.Sheet).Distinct().All(sheet => file.Sheets.Contains(sheet)))
            {
                return Read(file, bytes, [.. layout]);
            }
        }

        return null;
    }

    private static PackReading? Read(TableFile file, byte[] bytes, IReadOnlyList<SheetTable> tables)
    {
        var hash = PackFile.Hash(bytes);
        var year = "";
        PackBuilder? builder = null;
        var rows = 0;
        var numbers = 0;
        foreach (var sheet in tables.GroupBy(t => t.Sheet))
        {
            var unrolled = Unroll([.. sheet], file.RowsOf(file.Sheets.ToList().IndexOf(sheet.Key)), ref year);
            foreach (var (table, data) in unrolled)
            {
                if (table.Importer.Length == 0 || data.Count == 0)
                {
                    continue;
                }

                string[] columns = [.. table.Columns.Select(c => c.Name), TitleColumn, YearColumn];
                var source = new SourceTable(file.Name, hash, columns, [.. data.Select(r => r with { Cells = [.. r.Cells, year] })], new Dictionary<string, string>(), []);
                var reading = MappedFile.Read(source, ImportMapping.Get(table.Importer));
                builder ??= new PackBuilder(PackOf(table.Layout, year, hash));
                rows += reading.Rows;
                numbers += reading.Numbers;
                foreach (var problem in reading.Quarantine)
                {
                    builder.Refuse(problem);
                }

                foreach (var version in reading.Versions)
                {
                    builder.Add(version with { Pack = builder.Pack }, Row(version, data));
                }
            }
        }

        return builder is null ? null : builder.Build() with { Rows = rows, Numbers = numbers };
    }

    /// <summary>The edition as a whole has a row of its own among the importers, under the layout's name.</summary>
    private static FactorPack PackOf(string layout, string year, string hash)
    {
        var set = ImportMapping.Get(layout);
        string Of(string text) => text.Replace("{Year}", year, StringComparison.Ordinal);
        return new FactorPack(set.Pack, Of(set.PackVersion), hash, Of(set.NameEn), Of(set.NameZh), set.Publisher, set.Licence, set.Attribution, set.ShareAlike, BuiltIn: false)
        {
            LicenceUrl = ImportMapping.LicenceUrl(set.Licence),
        };
    }

    private static int Row(FactorVersion version, List<SourceRow> data) => data.Find(r => r.Cells.Any(c => c.Length > 3 && version.NameEn.Contains(c, StringComparison.Ordinal)))?.Row ?? data[0].Row;

    private static List<(SheetTable Table, List<SourceRow> Rows)> Unroll(IReadOnlyList<SheetTable> tables, IEnumerable<TableRow> source, ref string year)
    {
        var result = new List<(SheetTable Table, List<SourceRow> Rows)>();
        SheetTable? table = null;
        var headings = 0;
        var title = "";
        var carried = new Dictionary<int, string>();
        foreach (var row in source)
        {
            if (year.Length == 0 && row.Row <= TitleRows)
            {
                year = row.Cells.Select(c => YearIn(c.Text)).FirstOrDefault(y => y.Length > 0) ?? "";
            }

            if (Opened(tables, row) is { } opened)
            {
                (table, title) = opened;
                headings = table.Headings;
                carried.Clear();
                result.Add((table, []));
                continue;
            }

            if (table is null)
            {
                continue;
            }

            if (headings > 0)
            {
                headings--;
                continue;
            }

            if (!table.Numbers.Any(at => !row[at].Blank) || IsUnits(table, row))
            {
                foreach (var column in table.Columns.Where(c => c.Group && !row[c.At].Blank))
                {
                    carried[~column.At] = Words(row[column.At].Text);
                }

                continue;
            }

            var cells = new List<string>(table.Columns.Count + 1);
            foreach (var column in table.Columns)
            {
                cells.Add(Cell(column, row, carried));
            }

            cells.Add(title);
            result[^1].Rows.Add(new SourceRow(row.Row, cells));
        }

        return result;
    }

    /// <summary>A row that names units stands between the data: nothing in its first column, and words where numbers belong.</summary>
    private static bool IsUnits(SheetTable table, TableRow row) =>
        row[table.Columns.First(c => !c.Group).At].Blank && table.Numbers.All(at => row[at].Number is null) && table.Numbers.All(at => row[at].Text.Length == 0 || char.IsLetter(row[at].Text[0]));

    private static string Cell(SheetColumn column, TableRow row, Dictionary<int, string> carried)
    {
        if (column.Group)
        {
            return carried.GetValueOrDefault(~column.At, "");
        }

        var text = Words(row[column.At].Text);
        if (!column.Carried)
        {
            return text;
        }

        // A text in brackets below a name continues the name: it is not another one.
        if (text.Length > 0 && !text.StartsWith('('))
        {
            carried[column.At] = text;
        }

        return carried.GetValueOrDefault(column.At, "");
    }

    private static (SheetTable Table, string Title)? Opened(IReadOnlyList<SheetTable> tables, TableRow row)
    {
        foreach (var cell in row.Cells)
        {
            if (cell.Blank)
            {
                continue;
            }

            foreach (var table in tables)
            {
                if (table.Title.IsMatch(cell.Text))
                {
                    return (table, cell.Text);
                }
            }
        }

        return null;
    }

    /// <summary>Line breaks and doubled blanks inside a cell are layout.</summary>
    private static string Words(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static string YearIn(string text) => Regex.Match(text, @"\b20\d\d\b", RegexOptions.NonBacktracking).Value;

    private static SheetTable Parse(DataRow row) => new(
        row["layout"], row["sheet"], new Regex(row["title"], RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), int.Parse(row["headings"], System.Globalization.CultureInfo.InvariantCulture),
        [.. row["columns"].Split('|', StringSplitOptions.RemoveEmptyEntries).Select(Column)], [.. row["numbers"].Select(letter => letter - 'A')], row["importer"]);

    /// <summary><c>B=Region</c>; <c>^</c> behind it: an empty cell means the one above; <c>@</c>: names the group of the rows below.</summary>
    private static SheetColumn Column(string text)
    {
        var carried = text.EndsWith('^');
        var group = text.EndsWith('@');
        return new SheetColumn(text[0] - 'A', carried || group ? text[2..^1] : text[2..], carried, group);
    }
}
