using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>
/// The “full set” workbook of the UK factors: some forty sheets laid out for people, each with several tables whose headings, units and
/// gases run sideways. It is unrolled into the rows of the flat file, so that both give the same series.
/// </summary>
internal static class DesnzFullSet
{
    private const string FirstHeading = "Activity";
    private const string UnitHeading = "Unit";

    /// <summary>Longer texts above a heading are remarks, not names of columns.</summary>
    private const int LongestName = 60;

    private static readonly string[] SheetsAlwaysThere = ["Fuels", "UK electricity", "Business travel- land"];

    private static readonly string[] Columns = ["Scope", "Level 1", "Level 2", "Level 3", "Level 4", "Column Text", "UOM", "GHG/Unit", "GHG Conversion Factor"];

    private sealed record Heading(int Activity, int Unit, IReadOnlyList<string> Names, IReadOnlyList<string> Above);

    /// <summary>Null where the workbook is another one.</summary>
    public static PackReading? Read(TableFile file, byte[] bytes)
    {
        if (!SheetsAlwaysThere.All(s => file.Sheets.Contains(s)))
        {
            return null;
        }

        var rows = new List<SourceRow>();
        var year = "";
        for (var sheet = 0; sheet < file.Sheets.Count; sheet++)
        {
            Unroll(file.Sheets[sheet], file.RowsOf(sheet), rows, ref year);
        }

        string[] columns = [.. Columns[..^1], $"{Columns[^1]} {year}"];
        return DesnzFile.Read(new SourceTable(file.Name, PackFile.Hash(bytes), columns, rows, new Dictionary<string, string>(), file.Problems), published: true);
    }

    private static void Unroll(string sheet, IEnumerable<TableRow> source, List<SourceRow> rows, ref string year)
    {
        Heading? heading = null;
        TableRow? previous = null;
        var carried = Array.Empty<string>();
        var last = 0;
        foreach (var row in source)
        {
            if (year.Length == 0 && row.Cells.ToList().FindIndex(c => c.Text == "Year:") is >= 0 and var label)
            {
                year = row[label + 1].Text;
            }

            if (row[0].Text == FirstHeading && row.Cells.ToList().FindIndex(c => c.Text == UnitHeading) is > 0 and var unit)
            {
                heading = new Heading(0, unit, [.. row.Cells.Select(c => c.Text)], Carried(previous is { } above && above.Row == row.Row - 1 ? above : null, row.Cells.Count, unit));
                carried = new string[unit + 1];
                Array.Fill(carried, "");
                previous = row;
                last = row.Row;
                continue;
            }

            previous = row;

            // A table goes on as long as its rows follow each other.
            if (heading is null || row.Row != last + 1)
            {
                heading = null;
                continue;
            }

            last = row.Row;
            for (var at = 0; at <= heading.Unit; at++)
            {
                if (!row[at].Blank)
                {
                    carried[at] = row[at].Text;

                    // What stands further right belonged to the name that has just changed.
                    Array.Fill(carried, "", at + 1, carried.Length - at - 1);
                }
            }

            for (var at = heading.Unit + 1; at < heading.Names.Count; at++)
            {
                var gas = heading.Names[at];
                if (gas.StartsWith("kg", StringComparison.Ordinal) || gas.StartsWith("kWh", StringComparison.Ordinal))
                {
                    string Name(int level) => level < heading.Unit ? carried[level] : "";
                    rows.Add(new SourceRow(row.Row, ["", sheet, Name(0), Name(1), Name(2), heading.Above[at], carried[heading.Unit], gas, row[at].Text]));
                }
            }
        }
    }

    /// <summary>The row above a heading spans several columns per name: each column takes the last name at or before it.</summary>
    private static string[] Carried(TableRow? above, int columns, int unit)
    {
        var names = new string[columns];
        var current = "";
        for (var at = 0; at < columns; at++)
        {
            if (at <= unit)
            {
                names[at] = "";
                continue;
            }

            current = above is { } row && row[at].Text.Length is > 0 and <= LongestName ? row[at].Text : current;
            names[at] = current;
        }

        return names;
    }
}
