using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>
/// The one-sheet workbook of the US EPA Emission Factors Hub. Its tables stand below each other with merged headings, group headings and
/// unit rows between the data, so table 1 (stationary combustion) is first unrolled into plain rows and then read by the same mapping
/// rows as the CSV form of that table.
/// </summary>
internal static class EpaHubWorkbook
{
    private const string SheetName = "Emission Factors Hub";
    private const int TitleRows = 8;

    private static readonly string[] Columns =
    [
        "Fuel Category", "Fuel Type", "Heat Content (HHV)", "Heat Content (HHV) Unit", "CO2 Factor Energy", "CH4 Factor Energy", "N2O Factor Energy", "Year",
    ];

    /// <summary>Null where the file is no such workbook.</summary>
    public static Outcome<PackReading>? Read(byte[] bytes, string fileName)
    {
        if (!bytes.AsSpan().StartsWith("PK"u8))
        {
            return null;
        }

        using var stream = new MemoryStream(bytes, writable: false);
        var opened = TableFile.Open(stream, fileName, new TableOptions { Sheet = SheetName, HeaderRow = 2 });
        if (!opened.Ok)
        {
            return null;
        }

        using var file = opened.Value;
        if (file.Sheet != SheetName)
        {
            return null;
        }

        var rows = Unroll(file.Rows([]));
        var table = new SourceTable(file.Name, PackFile.Hash(bytes), Columns, rows, new Dictionary<string, string>(), []);
        return ImportMapping.For(table) is { } mapping && rows.Count > 0 ? MappedFile.Read(table, mapping) : new Problem("import_not_recognised", Found: file.Name);
    }

    /// <summary>The data rows of table 1 with their group, unit and year written out.</summary>
    private static List<SourceRow> Unroll(IEnumerable<TableRow> sheet)
    {
        var result = new List<SourceRow>();
        var year = "";
        var inTable = false;
        var fuel = -1;
        var category = "";
        var heatUnit = "";
        foreach (var row in sheet)
        {
            if (row.Row <= TitleRows && year.Length == 0)
            {
                year = row.Cells.Select(c => YearIn(c.Text)).FirstOrDefault(y => y.Length > 0) ?? "";
            }

            if (row.Cells.Any(c => c.Text == "Table 1"))
            {
                inTable = true;
                continue;
            }

            if (inTable && row.Cells.Any(c => c.Text == "Table 2" || c.Text.StartsWith("Source", StringComparison.Ordinal)))
            {
                break;
            }

            if (!inTable)
            {
                continue;
            }

            if (fuel < 0)
            {
                fuel = row.Cells.ToList().FindIndex(c => c.Text == "Fuel Type");
                continue;
            }

            // Long group names carry line breaks.
            var name = string.Join(' ', row[fuel].Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (name.Length == 0)
            {
                heatUnit = row[fuel + 1].Text.StartsWith("mmBtu per", StringComparison.Ordinal) ? row[fuel + 1].Text : heatUnit;
            }
            else if (row[fuel + 2].Blank)
            {
                category = name;
            }
            else
            {
                var heat = row[fuel + 1].Text;
                result.Add(new SourceRow(row.Row, [category, name, heat, heat.Length > 0 ? heatUnit : "", row[fuel + 2].Text, row[fuel + 3].Text, row[fuel + 4].Text, year]));
            }
        }

        return result;
    }

    private static string YearIn(string text)
    {
        foreach (var word in text.Split(' ', '-', '/', ','))
        {
            if (word.Length == 4 && word.StartsWith("20", StringComparison.Ordinal) && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return word;
            }
        }

        return "";
    }
}
