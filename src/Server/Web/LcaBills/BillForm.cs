using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Server.Web.LcaBills;

/// <summary>The form of a bill as it was sent: what it does not show (process, comment, part number) stays as the stored line has it.</summary>
internal static class BillForm
{
    /// <summary>The fields of a line, as the names of its inputs begin.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["name", "amount", "unit", "stage", "supplier", "location"];

    public static string Input(int line, string field) => string.Create(CultureInfo.InvariantCulture, $"{field}-{line}");

    /// <summary>The stored bill with what was typed; a line of the number 0 is new and left out where it is empty. Amounts that are no numbers are named by the line's place.</summary>
    public static Outcome<BillDataset> Read(Ui ui, BillDataset stored)
    {
        var problems = new List<Problem>();
        var lines = new List<BillPart>();
        foreach (var line in stored.Lines)
        {
            lines.Add(Typed(ui, line, lines.Count + 1, problems));
        }

        if (Fields.Any(f => ui.Posted(Input(0, f)).Length > 0))
        {
            lines.Add(Typed(ui, new BillPart { Name = "" }, lines.Count + 1, problems));
        }

        var action = ui.Posted("action");
        if (Number(action, "remove-") is { } removed)
        {
            lines.RemoveAll(l => l.Number == removed);
        }
        else if (Number(action, "confirm-") is { } confirmed)
        {
            lines = lines.ConvertAll(l => l.Number == confirmed ? l with { Suggested = false } : l);
        }

        var amount = Amount(ui.Posted("bill-amount"), null, "amount", problems);
        return problems.Count > 0
            ? Outcome<BillDataset>.Refused(problems)
            : stored with { Name = ui.Posted("bill-name"), Amount = amount, Unit = ui.Posted("bill-unit"), Lines = lines };
    }

    /// <summary>A number as it is typed in either language; full-width digits count too.</summary>
    public static double Amount(string text, int? row, string column, List<Problem> problems)
    {
        var plain = text.Normalize(System.Text.NormalizationForm.FormKC).Replace(",", "", StringComparison.Ordinal);
        if (double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value))
        {
            return value;
        }

        problems.Add(new Problem("bill_line_amount", row, column, text, text));
        return 0;
    }

    private static BillPart Typed(Ui ui, BillPart line, int place, List<Problem> problems)
    {
        string Field(string name, string stored) => line.Number == 0 || ui.Posted(Input(line.Number, "there")).Length > 0 ? ui.Posted(Input(line.Number, name)) : stored;
        var amount = Field("amount", line.Amount.ToString("R", CultureInfo.InvariantCulture));
        return line with
        {
            Name = Field("name", line.Name),
            Amount = Amount(amount, place, "amount", problems),
            Unit = Field("unit", line.Unit),
            Stage = Field("stage", line.Stage),
            Supplier = Field("supplier", line.Supplier),
            Location = Field("location", line.Location),
        };
    }

    private static int? Number(string action, string prefix) =>
        action.StartsWith(prefix, StringComparison.Ordinal) && int.TryParse(action.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
