using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Exchange;

/// <summary>
/// Reads a plain bill of materials: a workbook, a CSV file, or text pasted from a spreadsheet. Columns are found by their headers in English or Chinese
/// (<c>data/lca/bill-columns.csv</c>); a name and a quantity are needed, everything else may be missing. Pasted text may come without a header: then the columns are part, quantity,
/// unit, process, location, supplier, stage, comment.
/// </summary>
public static class BillReader
{
    private const int MostLines = 1_000_000;
    private const int MostPasted = 16 << 20;

    private static readonly string[] Order = ["part", "quantity", "unit", "process", "location", "supplier", "stage", "comment"];

    private static readonly FrozenDictionary<string, (string Field, int Line)> Aliases =
        DataRows.Read("lca/bill-columns.csv").ToFrozenDictionary(r => ColumnMap.Key(r["alias"]), r => (r["field"], r.Line), StringComparer.Ordinal);

    /// <summary>The fields that a column can hold, for a form that lets a person choose.</summary>
    public static IReadOnlyList<string> Fields { get; } = [.. Aliases.Values.Select(a => a.Field).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reads the stream to its end; the stream stays the caller's. Refused where the file is no table or lacks a needed column.</summary>
    /// <param name="content">The file as received.</param>
    /// <param name="name">Its name, for display.</param>
    /// <param name="limits">How much the file may ask of this machine.</param>
    /// <param name="mapping">The user's own mapping from header text to field; an empty field sets the column aside.</param>
    /// <param name="cancellation">Ends the reading between two rows.</param>
    public static Outcome<BillFile> Read(Stream content, string name, ReadLimits? limits = null, IReadOnlyDictionary<string, string>? mapping = null, CancellationToken cancellation = default) =>
        Read(content, name, limits ?? ReadLimits.Default, mapping, above: 0, cancellation);

    /// <summary>Reads what was pasted from a spreadsheet: cells between tabs.</summary>
    public static Outcome<BillFile> Paste(string text, IReadOnlyDictionary<string, string>? mapping = null, CancellationToken cancellation = default)
    {
        if (text.Length > MostPasted)
        {
            return new Problem("lca_too_large", Args: ["", $"{MostPasted >> 20}"]);
        }

        var first = text.Split('\n').FirstOrDefault(l => l.Trim().Length > 0) ?? "";
        var headers = first.Split('\t').Count(c => FieldOf(c) is not null || mapping?.ContainsKey(c.Trim()) == true);
        var headed = headers >= 2 ? text : string.Join('\t', Order) + "\n" + text;
        using var content = new MemoryStream(Encoding.UTF8.GetBytes("\uFEFF" + headed));
        return Read(content, "", ReadLimits.Default, mapping, above: headers >= 2 ? 0 : 1, cancellation);
    }

    private static Outcome<BillFile> Read(Stream content, string name, ReadLimits limits, IReadOnlyDictionary<string, string>? mapping, int above, CancellationToken cancellation)
    {
        var options = new TableOptions { Limits = TableLimits.Default with { Problems = limits.Notes, FileBytes = limits.FileBytes, Rows = MostLines }, Wanted = [.. Aliases.Keys] };
        return TableFile.Open(content, name, options).Then(opened =>
        {
            using var table = opened;
            return Bill(table, mapping, above, limits, cancellation);
        });
    }

    private static Outcome<BillFile> Bill(TableFile table, IReadOnlyDictionary<string, string>? mapping, int above, ReadLimits limits, CancellationToken cancellation)
    {
        var chosen = Chosen(table.Header, mapping);
        var matched = ColumnMap.Match(table.Header, table.HeaderRow - above, Fields, ["part", "quantity"], chosen);
        if (!matched.Ok)
        {
            return Outcome<BillFile>.Refused(matched.Problems);
        }

        var map = matched.Value;
        var rows = new List<TableRow>();
        var vote = new DecimalVote();
        foreach (var row in table.Rows(map.Columns))
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add(row);
            vote.Add(row[map["quantity"]].Text);
        }

        var problems = new List<Problem>(table.Problems.Select(p => p with { Row = p.Row - above }));
        var broken = problems.Where(p => p.Row is not null).Select(p => p.Row!.Value).ToHashSet();
        var lines = new List<BillLine>();
        var unit = map["unit"] < 0 ? UnitOf(table.Header[map["quantity"]]) : "";
        foreach (var row in rows)
        {
            var found = Line(row, row.Row - above, map, vote.Mark, unit);
            if (!found.Ok)
            {
                problems.AddRange(found.Problems);
            }
            else if (!broken.Contains(found.Value.Row))
            {
                lines.Add(found.Value);
            }
        }

        return new BillFile
        {
            Name = table.Name,
            Lines = lines,
            Columns = map.Fields.ToDictionary(f => f, map.HeaderOf, StringComparer.Ordinal),
            Unread = map.Unknown,
            Problems = [.. problems.OrderBy(p => p.Row).Take(limits.Notes)],
        };
    }

    private static Outcome<BillLine> Line(TableRow row, int number, ColumnMap map, DecimalMark mark, string unit)
    {
        var problems = new List<Problem>();
        string Cell(string field) => row[map[field]].Text;
        var part = Cell("part");
        if (part.Length == 0)
        {
            problems.Add(new Problem("bill_part_missing", number, map.HeaderOf("part"), Args: [map.HeaderOf("part")]));
        }

        var quantity = CellNumber.Parse(row[map["quantity"]], mark, percent: false, number, map.HeaderOf("quantity"));
        problems.AddRange(quantity.Problems);
        int? level = null;
        if (Cell("level") is { Length: > 0 } text)
        {
            // Structures are often written with dots in front: ..2 is level 2.
            level = int.TryParse(text.TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth : null;
            if (level is null)
            {
                problems.Add(new Problem("bill_level", number, map.HeaderOf("level"), text));
            }
        }

        return problems.Count > 0
            ? Outcome<BillLine>.Refused(problems)
            : new BillLine(
                number, Cell("number"), part, quantity.Value, Cell("unit") is { Length: > 0 } own ? own : unit, Cell("process") is { Length: > 0 } process ? process : Cell("provider"),
                Cell("location"), Cell("supplier"), Cell("stage"), Cell("comment"), level);
    }

    /// <summary>Which header holds which field: the user's word first, then the table of aliases; where two headers mean one field (用量 and 重量), the alias that stands higher in the table.</summary>
    private static Dictionary<string, string> Chosen(IReadOnlyList<string> header, IReadOnlyDictionary<string, string>? mapping)
    {
        var chosen = new Dictionary<string, string>(mapping ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        var mapped = chosen.Keys.Select(ColumnMap.Key).ToHashSet(StringComparer.Ordinal);
        var taken = chosen.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var (text, alias) in header.Where(h => h.Length > 0 && !mapped.Contains(ColumnMap.Key(h))).Select(h => (h, FieldOf(h))).OrderBy(h => h.Item2?.Line ?? int.MaxValue))
        {
            chosen.TryAdd(text, alias is { } known && taken.Add(known.Field) ? known.Field : "");
        }

        return chosen;
    }

    private static (string Field, int Line)? FieldOf(string header) =>
        Aliases.TryGetValue(ColumnMap.Key(header), out var alias) || Aliases.TryGetValue(ColumnMap.Key(Bracket(header).Before), out alias) ? alias : null;

    private static string UnitOf(string header) => Bracket(header).Within;

    /// <summary>A header and what stands in brackets at its end.</summary>
    private static (string Before, string Within) Bracket(string header)
    {
        var text = header.Trim();
        var open = text.LastIndexOfAny(['(', '（', '[', '［', '【']);
        return open > 0 && (text[^1] is ')' or '）' or ']' or '］' or '】') ? (text[..open], text[(open + 1)..^1].Trim()) : (text, "");
    }
}
