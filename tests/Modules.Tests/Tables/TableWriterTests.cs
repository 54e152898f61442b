using System.Text;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Validation;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

public sealed class TableWriterTests
{
    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+cmd", "'+cmd")]
    [InlineData("-x", "'-x")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData(" =1", "' =1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("-5", "-5")]
    [InlineData("+1.5e3", "+1.5e3")]
    [InlineData("5-3", "5-3")]
    [InlineData("", "")]
    public void GuardsAgainstFormulas(string text, string written) => Assert.Equal(written, CsvTableWriter.Guarded(text));

    [Fact]
    public void CsvComesBackAsItWasWritten()
    {
        var stream = new MemoryStream();
        Write(new CsvTableWriter(stream));
        Assert.Equal("\uFEFF"u8.ToArray(), stream.ToArray()[..3]);
        using var file = TableText.Open(stream.ToArray()).Value;
        Assert.Equal(["2:Plant \"A\", east|1234.5|2024-01-05|9007199254740993", "3:two\nlines|-0.1||-3"], TableText.Lines(file));
    }

    [Fact]
    public void XlsxComesBackAsItWasWrittenAndIsValid()
    {
        var stream = new MemoryStream();
        Write(new XlsxTableWriter(stream, "结果/2024"));
        using var file = TableText.Open(stream.ToArray()).Value;
        Assert.Equal("结果2024", file.Sheet);
        Assert.Equal(["2:Plant \"A\", east|1234.5|2024-01-05|9007199254740993", "3:two\nlines|-0.1||-3"], TableText.Lines(file));
        var row = file.Rows().First();
        Assert.Equal((1234.5, new DateOnly(2024, 1, 5)), (row[1].Number, row[2].Date));
        stream.Position = 0;
        using var document = SpreadsheetDocument.Open(stream, isEditable: false);
        Assert.Empty(new OpenXmlValidator().Validate(document, TestContext.Current.CancellationToken).Select(e => e.Description));
    }

    [Fact]
    public void FormulasAreLiveAndTheWorkbookStaysValid()
    {
        using var bytes = new MemoryStream();
        using (var writer = new XlsxTableWriter(bytes, "Sums"))
        {
            writer.Row("amount", "=1+1");
            writer.Number(2L);
            Assert.Equal(2, writer.RowNumber);
            writer.EndRow();
            Assert.Equal(3, writer.RowNumber);
            writer.Formula("SUM(A2:A2)*1", 2);
            writer.Formula("IF(A3<3,\"a & b\",\"\")", "a & b");
            writer.EndRow();
        }

        bytes.Position = 0;
        using var document = SpreadsheetDocument.Open(bytes, false);
        Assert.Empty(new OpenXmlValidator().Validate(document, TestContext.Current.CancellationToken).Select(e => e.Description));
        var cells = document.WorkbookPart!.WorksheetParts.Single().Worksheet.Descendants<DocumentFormat.OpenXml.Spreadsheet.Cell>().ToDictionary(c => c.CellReference!.Value!);
        Assert.Equal("SUM(A2:A2)*1", cells["A3"].CellFormula!.Text);
        Assert.Equal("IF(A3<3,\"a & b\",\"\")", cells["B3"].CellFormula!.Text);
        Assert.Equal("a & b", cells["B3"].CellValue!.Text);

        // A text that looks like a formula stays a text.
        Assert.Null(cells["B1"].CellFormula);
    }

    [Fact]
    public void XlsxNeedsNoSeekableStreamAndSurvivesAnyText()
    {
        using var inner = new MemoryStream();
        using (var writer = new XlsxTableWriter(new OneWay(inner), "a"))
        {
            writer.Row("h");
            writer.Row("\u0001<&\uD800>=1");
            writer.Row("😀");
        }

        using var file = TableText.Open(inner.ToArray()).Value;
        Assert.Equal(["2:\uFFFD<&\uFFFD>=1", "3:😀"], file.Rows().Select(r => $"{r.Row}:{r[0].Text}"));
    }

    private static void Write(TableWriter writer)
    {
        using (writer)
        {
            writer.Row("name", "数量", "date", "id");
            writer.Text("Plant \"A\", east");
            writer.Number(1234.5);
            writer.Date(new DateOnly(2024, 1, 5));
            writer.Number(9007199254740993L);
            writer.EndRow();
            writer.Text("two\nlines");
            writer.Number(-0.1);
            writer.Blank();
            writer.Number(-3L);
            writer.EndRow();
        }
    }

    private sealed class OneWay(Stream inner) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() => inner.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);
    }
}
