using System.Text;
using Tanlu.Tables;
using static Tanlu.Modules.Tests.Tables.Workbooks;

namespace Tanlu.Modules.Tests.Tables;

public sealed class WorkbookTests
{
    private static readonly string Header = Row(1, "site", "quantity", "unit");

    [Fact]
    public void ReadsCellsOfEveryType()
    {
        const string Cells = """
            <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3"><v>0.28306999999999999</v></c><c r="C3" s="1"><v>45296</v></c></row>
            <row r="7"><c r="A7" t="b"><v>1</v></c><c r="B7" s="2"><v>7.0000000000000007E-2</v></c><c r="C7" s="3"><v>45296.5</v></c></row>
            <row><c t="str"><f>"a"&amp;"b"</f><v>ab</v></c><c><f>1+1</f><v>2</v></c><c t="d"><v>2024-01-05</v></c></row>
            """;
        using var file = TableText.Open(Of(Header + Cells, shared: "<si><r><t>Plant </t></r><rPh sb=\"0\"><t>x</t></rPh><r><t>_x0031_</t></r></si>")).Value;
        Assert.Equal(TableKind.Xlsx, file.Kind);
        Assert.Equal(["3:Plant 1|0.28307|2024-01-05", "7:TRUE|7%|2024-01-05 12:00:00", "8:ab|2|2024-01-05"], TableText.Lines(file));
        var rows = file.Rows().ToList();
        Assert.Equal(0.28307, rows[0][1].Number);
        Assert.Equal(new DateOnly(2024, 1, 5), rows[0][2].Date);
        Assert.Equal(CellMark.Percent, rows[1][1].Mark);
        Assert.Equal(CellMark.Formula, rows[2][1].Mark);
        Assert.Equal(7, CellNumber.Parse(rows[1][1], percent: true).Value);
        Assert.Equal(new DateOnly(2024, 1, 5), CellDate.Parse(rows[0][2]).Value);
        Assert.Empty(file.Problems);
    }

    [Fact]
    public void AMergedValueIsReportedAtItsPlace()
    {
        var rows = Header + Row(2, "A", "1", "t") + Row(3, "", "2", "t") + Row(4, "B", "3", "t");
        using var file = TableText.Open(Of(rows, "<mergeCells count=\"2\"><mergeCell ref=\"A2:A3\"/><mergeCell ref=\"E1:E4\"/></mergeCells>")).Value;
        var read = file.Rows().ToList();
        Assert.Equal(CellMark.Merged, read[1][0].Mark);
        var problem = Assert.Single(file.Problems);
        Assert.Equal(("merged_cell", 2, "site", "A", "A2:A3"), (problem.Code, problem.Row, problem.Column, problem.Found, problem.Args[0]));
    }

    [Fact]
    public void OnlyJudgedColumnsAreReported()
    {
        using var file = TableText.Open(Of(Header + "<row r=\"2\"><c r=\"A2\" t=\"e\"><v>#N/A</v></c><c r=\"B2\"><f>X</f></c></row>")).Value;
        Assert.Single(file.Rows(columns: [2]));
        Assert.Empty(file.Problems);
        Assert.Single(file.Rows(columns: [0, 1]));
        Assert.Equal(["formula_without_value", "cell_error"], file.Problems.Select(p => p.Code).OrderDescending());
    }

    [Theory]
    [InlineData("<c r=\"B2\"><f>SUM(A1)</f></c>", "formula_without_value")]
    [InlineData("<c r=\"B2\"><f>SUM(A1)</f><v></v></c>", "formula_without_value")]
    [InlineData("<c r=\"B2\"><f>SUM(A1)</f><v/></c>", "formula_without_value")]
    [InlineData("<c r=\"B2\" t=\"e\"><f>A0</f><v>#REF!</v></c>", "cell_error")]
    [InlineData("<c r=\"B2\" t=\"e\"><v>#DIV/0!</v></c>", "cell_error")]
    [InlineData("<c r=\"B2\"><v>abc</v></c>", "workbook_broken")]
    [InlineData("<c r=\"B2\" t=\"s\"><v>99</v></c>", "workbook_broken")]
    public void ReportsACellWithoutAValue(string cell, string code)
    {
        using var file = TableText.Open(Of(Header + Row(2, "A") + $"<row r=\"3\">{Text("A3", "x")}{cell.Replace("B2", "B3")}</row>")).Value;
        Assert.True(file.Rows().Any());
        _ = file.Rows().Count();
        Assert.Equal((code, 3, "quantity"), (file.Problems[0].Code, file.Problems[0].Row, file.Problems[0].Column));
    }

    [Fact]
    public void ChoosesTheSheetThatMatchesAndTheOneThatIsNamed()
    {
        var bytes = OfSheets(("Cover", Row(1, "Report") + Row(2, "of 2024"), ""), ("数据", Row(2, "说明") + Row(4, "厂区", "用量", "单位") + Row(5, "A", "1", "t"), ""));
        using var found = TableText.Open(bytes, new TableOptions { Wanted = ["site", "quantity", "unit"] }).Value;
        Assert.Equal(("数据", 4), (found.Sheet, found.HeaderRow));
        using var named = TableText.Open(bytes, new TableOptions { Sheet = "cover" }).Value;
        Assert.Equal("Cover", named.Sheet);
        var problem = Assert.Single(TableText.Open(bytes, new TableOptions { Sheet = "Data" }).Problems);
        Assert.Equal(("sheet_not_found", "Cover, 数据"), (problem.Code, problem.Args[0]));
    }

    [Fact]
    public void AZipBombIsRefusedFromItsDirectory()
    {
        var bomb = Of(Header + Row(2, "A"), more: ("xl/media/x.bin", new byte[20 << 20]));
        Assert.Equal(("workbook_bomb", "xl/media/x.bin"), (TableText.Open(bomb).Problems[0].Code, TableText.Open(bomb).Problems[0].Found));
    }

    [Fact]
    public void AZipBombWhoseDirectoryLiesIsRefusedWhileReading()
    {
        var rows = Header + string.Concat(Enumerable.Repeat("<row><c t=\"str\"><v>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</v></c></row>", 400_000));
        var bytes = Of(rows);

        // The directory entry of the sheet: its unpacked size is 20 bytes before its name, which is 46 bytes into the entry.
        var name = "xl/worksheets/sheet1.xml"u8;
        var at = bytes.AsSpan().LastIndexOf(name) - 46 + 24;
        BitConverter.TryWriteBytes(bytes.AsSpan(at), 1000);
        var local = bytes.AsSpan().IndexOf(name) - 30 + 22;
        BitConverter.TryWriteBytes(bytes.AsSpan(local), 1000);
        var outcome = TableText.Open(bytes);
        if (outcome.Ok)
        {
            Assert.True(outcome.Value.Rows().Count() < 400_000);
            Assert.Contains(outcome.Value.Problems, p => p.Code is "workbook_bomb" or "workbook_broken");
        }
        else
        {
            Assert.Contains(outcome.Problems[0].Code, new[] { "workbook_bomb", "workbook_broken" });
        }
    }

    [Fact]
    public void TooManyPartsBehindALargeDirectoryAreRefused()
    {
        // The end record says one part and points to a record of 64 bits, which says 5 000.
        var plain = Of(Header + Row(2, "A"), more: [.. Enumerable.Range(0, 5000).Select(i => ($"xl/p{i}", Array.Empty<byte>()))]);
        var end = plain.AsSpan().LastIndexOf("PK\x05\x06"u8);
        var (entries, size, start) = (BitConverter.ToUInt16(plain, end + 10), BitConverter.ToUInt32(plain, end + 12), BitConverter.ToUInt32(plain, end + 16));
        using var bytes = new MemoryStream();
        using (var to = new BinaryWriter(bytes, System.Text.Encoding.Latin1, leaveOpen: true))
        {
            to.Write(plain.AsSpan(0, end));
            to.Write(0x06064b50);
            to.Write(44L);
            to.Write((short)45);
            to.Write((short)45);
            to.Write(0L);
            to.Write((long)entries);
            to.Write((long)entries);
            to.Write((long)size);
            to.Write((long)start);
            to.Write(0x07064b50);
            to.Write(0);
            to.Write((long)end);
            to.Write(1);
            to.Write(0x06054b50);
            to.Write(0);
            to.Write((short)1);
            to.Write((short)1);
            to.Write(size);
            to.Write(uint.MaxValue);
            to.Write((short)0);
        }

        Assert.Equal("workbook_bomb", TableText.Open(bytes.ToArray()).Problems[0].Code);
    }

    [Fact]
    public void TooManyPartsAreRefused()
    {
        var parts = Enumerable.Range(0, 5000).Select(i => ($"xl/p{i}", Array.Empty<byte>())).ToArray();
        Assert.Equal("workbook_bomb", TableText.Open(Of(Header + Row(2, "A"), more: parts)).Problems[0].Code);
    }

    [Theory]
    [InlineData("../../etc/cron.d/x")]
    [InlineData("/etc/passwd")]
    [InlineData(@"xl\..\..\x")]
    [InlineData("C:/windows/x")]
    [InlineData("xl/workbook.xml")]
    public void PathTricksAreRefused(string name) =>
        Assert.Equal("workbook_unsafe_path", TableText.Open(Of(Header + Row(2, "A"), more: (name, "x"u8.ToArray()))).Problems[0].Code);

    [Fact]
    public void ADocumentTypeIsRefusedAndNothingIsResolved()
    {
        const string Dtd = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>";
        var bytes = Zip(Parts([("S", Header + Row(2, "&a;"), "")], "", head: Dtd));
        Assert.Equal("workbook_dtd", TableText.Open(bytes).Problems[0].Code);
    }

    [Fact]
    public void AnExternalSheetIsNotFollowed()
    {
        var parts = Parts([("S", Header + Row(2, "A"), "")], "");
        var bytes = Zip([.. parts.Select(p => p.Item1.EndsWith(".rels", StringComparison.Ordinal) ? (p.Item1, Bytes(Encoding.UTF8.GetString(p.Item2).Replace("Target=\"", "TargetMode=\"External\" Target=\"file:///"))) : p)]);
        Assert.Equal("workbook_no_sheet", TableText.Open(bytes).Problems[0].Code);
    }

    [Fact]
    public void AnEncryptedWorkbookIsNamedSo()
    {
        var bytes = new byte[8192];
        byte[] head = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
        head.CopyTo(bytes, 0);
        Encoding.Unicode.GetBytes("EncryptedPackage").CopyTo(bytes, 1024);
        Assert.Equal("workbook_encrypted", TableText.Open(bytes).Problems[0].Code);
    }

    [Fact]
    public void ATruncatedWorkbookIsBroken()
    {
        var bytes = Of(Header + Row(2, "A"));
        foreach (var length in new[] { 4, 22, 100, bytes.Length / 2, bytes.Length - 1 })
        {
            Assert.Equal("workbook_broken", TableText.Open(bytes[..length]).Problems[0].Code);
        }
    }

    [Fact]
    public void AZipThatIsNoWorkbookIsRefused()
    {
        Assert.Equal("table_unknown_format", TableText.Open(Zip(("a.txt", "x"u8.ToArray()))).Problems[0].Code);
        Assert.Equal("workbook_other_kind", TableText.Open(Zip(("content.xml", "x"u8.ToArray()))).Problems[0].Code);
    }

    [Fact]
    public void EmptyAndHeaderOnlySheets()
    {
        Assert.Equal("table_empty", TableText.Open(Of("")).Problems[0].Code);
        Assert.Equal("table_no_rows", TableText.Open(Of(Header)).Problems[0].Code);
    }

    [Fact]
    public void OldCalendars()
    {
        Assert.Equal(new DateTime(1900, 1, 1), WorkbookNumber.SerialMoment(1, from1904: false));
        Assert.Equal(new DateTime(1900, 2, 28), WorkbookNumber.SerialMoment(59, from1904: false));
        Assert.Null(WorkbookNumber.SerialMoment(60, from1904: false));
        Assert.Equal(new DateTime(1900, 3, 1), WorkbookNumber.SerialMoment(61, from1904: false));
        Assert.Equal(new DateTime(1904, 1, 2), WorkbookNumber.SerialMoment(1, from1904: true));
        Assert.Equal(new DateTime(9999, 12, 31), WorkbookNumber.SerialMoment(2958465, from1904: false));
    }
}
