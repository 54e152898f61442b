using System.Globalization;
using System.Text;
using Tanlu.Tables;

namespace Tanlu.Server.Flows.Demo;

/// <summary>Generated documents behind generated rows. Each says on its face what it is.</summary>
internal static class DemoDocuments
{
    private const string Label = "GENERATED DATA - NOT A REAL DOCUMENT";

    /// <summary>A year of a source's bills as a small file: for half of the sources a PDF, for the others a CSV.</summary>
    public static (string Name, byte[] Content) Of(DemoSite site, DemoSource source, int year, IReadOnlyList<DemoRow> rows)
    {
        var name = $"generated-{site.Code}-{source.Activity}-{year}".ToLowerInvariant();
        return source.Activity.Length % 2 == 0 ? (name + ".pdf", Pdf(site, source, year, rows)) : (name + ".csv", Csv(site, source, rows));
    }

    private static byte[] Csv(DemoSite site, DemoSource source, IReadOnlyList<DemoRow> rows)
    {
        using var stream = new MemoryStream();
        using (var table = new CsvTableWriter(stream))
        {
            table.Row("note", "site", "supplier", "from", "to", "quantity", "unit");
            foreach (var row in rows)
            {
                table.Row("生成数据，非真实单据 generated, not a real document", site.Code, source.Supplier, Day(row.Days.Start), Day(row.Days.LastDay), Number(row.Quantity), source.Unit);
            }
        }

        return stream.ToArray();
    }

    /// <summary>One page in a font that every reader has; its text is therefore Latin.</summary>
    private static byte[] Pdf(DemoSite site, DemoSource source, int year, IReadOnlyList<DemoRow> rows)
    {
        var text = new StringBuilder("BT /F1 16 Tf 56 780 Td (").Append(Label).Append(") Tj /F1 11 Tf 0 -30 Td (")
            .Append(Escaped($"Bills of {year}: {site.En}, {source.Activity}")).Append(") Tj");
        foreach (var row in rows)
        {
            text.Append(" 0 -18 Td (").Append(Escaped($"{Day(row.Days.Start)} to {Day(row.Days.LastDay)}     {Number(row.Quantity)} {source.Unit}")).Append(") Tj");
        }

        text.Append(" ET");
        var pdf = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        foreach (var body in (string[])
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            $"<< /Length {text.Length} >>\nstream\n{text}\nendstream",
        ])
        {
            places.Add(pdf.Length);
            pdf.Append(CultureInfo.InvariantCulture, $"{places.Count} 0 obj\n{body}\nendobj\n");
        }

        var table = pdf.Length;
        pdf.Append(CultureInfo.InvariantCulture, $"xref\n0 {places.Count + 1}\n0000000000 65535 f \n");
        foreach (var place in places)
        {
            pdf.Append(CultureInfo.InvariantCulture, $"{place:D10} 00000 n \n");
        }

        pdf.Append(CultureInfo.InvariantCulture, $"trailer << /Size {places.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(pdf.ToString());
    }

    private static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Number(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
