using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>What must hold of a bill before it is kept. A refusal of a line names its place in the list, from 1, and the field.</summary>
internal static class BillRules
{
    private const int MostLines = 10_000;
    private const int LongestName = 400;
    private const int LongestWord = 200;
    private const int LongestPlace = 40;
    private const int LongestText = 20_000;

    /// <summary>The bill without blanks around its texts, each line with a number.</summary>
    public static Outcome<BillDataset> Check(BillDataset bill)
    {
        var next = bill.Lines.Select(l => l.Number).DefaultIfEmpty(0).Max();
        var lines = bill.Lines.Select(l => l with
        {
            Number = l.Number > 0 ? l.Number : ++next,
            Position = l.Position.Trim(),
            Name = l.Name.Trim(),
            Unit = l.Unit.Trim(),
            Location = l.Location.Trim(),
            Supplier = l.Supplier.Trim(),
            Stage = l.Stage.Trim(),
            Comment = l.Comment.Trim(),
            Suggested = l.Suggested && l.Process is not null,
        }).ToList();
        var ready = bill with { Name = bill.Name.Trim(), Unit = bill.Unit.Trim(), Comment = bill.Comment.Trim(), Lines = lines };
        var problems = Whole(ready).Concat(lines.SelectMany((l, at) => Wrong(l, at + 1))).Take(100).ToList();
        return problems.Count > 0 ? Outcome<BillDataset>.Refused(problems) : ready;
    }

    private static IEnumerable<Problem> Whole(BillDataset bill)
    {
        if (bill.Name.Length is 0 or > LongestName || bill.Name.Any(char.IsControl))
        {
            yield return new Problem("bill_name", Column: "name", Found: bill.Name, Args: [Text(LongestName)]);
        }

        if (!double.IsFinite(bill.Amount) || bill.Amount <= 0)
        {
            yield return new Problem("bill_amount", Column: "amount", Found: Text(bill.Amount));
        }

        if (bill.Unit.Length is 0 or > LongestPlace || bill.Unit.Any(char.IsControl))
        {
            yield return new Problem("bill_unit", Column: "unit", Found: bill.Unit);
        }

        if (bill.Comment.Length > LongestText || bill.Comment.Contains('\0', StringComparison.Ordinal))
        {
            yield return new Problem("text_too_long", Column: "comment", Found: bill.Comment, Args: [Text(LongestText)]);
        }

        if (bill.Lines.Count > MostLines)
        {
            yield return new Problem("bill_too_large", Column: "lines", Found: Text(bill.Lines.Count), Args: [Text(MostLines)]);
        }

        foreach (var number in bill.Lines.GroupBy(l => l.Number).Where(g => g.Count() > 1).Select(g => g.Key))
        {
            yield return new Problem("bill_number_twice", Column: "number", Found: Text(number));
        }
    }

    private static IEnumerable<Problem> Wrong(BillPart line, int row)
    {
        if (line.Name.Length is 0 or > LongestName || line.Name.Any(char.IsControl))
        {
            yield return new Problem("bill_line_name", row, "name", line.Name, Text(LongestName));
        }

        if (!double.IsFinite(line.Amount))
        {
            yield return new Problem("bill_line_amount", row, "amount", Text(line.Amount), line.Name);
        }

        if (line.Process is not null && line.Bill is not null)
        {
            yield return new Problem("bill_line_both", row, "process", line.Process, line.Name);
        }

        if (line.Matched && line.Unit.Length == 0)
        {
            yield return new Problem("bill_line_unit", row, "unit", "", line.Name);
        }

        foreach (var (field, text, most) in ((string, string, int)[])
            [
                ("position", line.Position, LongestWord), ("unit", line.Unit, LongestPlace), ("location", line.Location, LongestPlace), ("supplier", line.Supplier, LongestWord),
                ("stage", line.Stage, LongestWord), ("comment", line.Comment, LongestText), ("process", line.Process ?? "", LongestPlace), ("flow", line.Flow ?? "", LongestPlace),
            ])
        {
            if (text.Length > most || text.Contains('\0', StringComparison.Ordinal))
            {
                yield return new Problem("text_too_long", row, field, text, Text(most));
            }
        }
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
