using System.Text;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

public sealed class CsvTableTests
{
    [Theory]
    [InlineData("a,b\n1,2\n", (byte)',')]
    [InlineData("a;b\n1,5;2,5\n", (byte)';')]
    [InlineData("a\tb\n1,5\t2;5\n", (byte)'\t')]
    [InlineData("a,b\n\"x;y;z\",2\n\"p;q;r\",3\n", (byte)',')]
    [InlineData("sep=;\na;b\n1;2\n", (byte)';')]
    [InlineData("# a; comment; line\n\nName (t, dry);Unit\nx;y\n", (byte)';')]
    [InlineData("a;b\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n1,5;2,5\n", (byte)';')]
    [InlineData("site,2022,2023\nA,1,2\n", (byte)',')]
    [InlineData("a\n1\n", (byte)',')]
    public void FindsTheSeparator(string text, byte separator) => Assert.Equal(separator, TableText.Open(text).Value.Separator);

    [Theory]
    [InlineData("utf-8", "utf-8")]
    [InlineData("utf-16", "utf-16")]
    [InlineData("utf-16BE", "utf-16")]
    [InlineData("GBK", "gb18030")]
    [InlineData("GB18030", "gb18030")]
    public void FindsTheEncoding(string encoding, string name)
    {
        var bytes = Encoding.GetEncoding(encoding).GetBytes("\uFEFF站点,数量\n一号厂区，东侧,1\n二号厂区,2\n");
        var text = bytes.AsSpan(encoding is "GBK" or "GB18030" ? Encoding.GetEncoding(encoding).GetByteCount("\uFEFF") : 0);
        using var file = TableText.Open(text.ToArray()).Value;
        Assert.Equal(name, file.Encoding);
        Assert.Equal(["站点", "数量"], file.Header);
        Assert.Equal(["2:一号厂区，东侧|1", "3:二号厂区|2"], TableText.Lines(file));
        Assert.Empty(file.Problems);
    }

    [Fact]
    public void ReadsLatin1()
    {
        using var file = TableText.Open("Länge;Größe m³;Ort\n1,5;°C, µg;Côte d’Ivoire\n", "windows-1252").Value;
        Assert.Equal(["2:1,5|°C, µg|Côte d’Ivoire"], TableText.Lines(file));
        Assert.Equal("windows-1252", file.Encoding);
    }

    [Fact]
    public void FindsTheEncodingFarBehindAscii()
    {
        var text = "a,b\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},plain text\n")) + "x,中文站点\n";
        using var file = TableText.Open(text, "GBK").Value;
        Assert.Equal("100002:x|中文站点", TableText.Lines(file)[^1]);
    }

    [Fact]
    public void OneDamagedByteIsReportedAtItsRowAndSpoilsNothingElse()
    {
        byte[] bytes = [.. "a,b\n中文,1\n文"u8, 0xE4, .. "x,2\n厂区站点中文数据,3\n"u8];
        using var file = TableText.Open(bytes).Value;
        Assert.Equal("utf-8", file.Encoding);
        Assert.Equal(3, TableText.Lines(file).Length);
        Assert.Equal([("encoding_broken", 3)], file.Problems.Select(p => (p.Code, p.Row!.Value)));
    }

    [Fact]
    public void RowNumbersAreThoseOfTheFile()
    {
        using var file = TableText.Open("# made by hand\n\na,b\r\n\r\n\"two\r\nlines\",1\r\n,,\n#3 boiler,\"say \"\"hi\"\"\"\rlast, 2 ").Value;
        Assert.Equal(3, file.HeaderRow);
        Assert.Equal(["5:two\r\nlines|1", "7:#3 boiler|say \"hi\"", "8:last|2"], TableText.Lines(file));
    }

    [Fact]
    public void FindsTheHeaderBelowATitle()
    {
        var options = new TableOptions { Wanted = ["site", "quantity", "unit"] };
        using var file = TableText.Open("能源报表,,\n2024年,,\n厂区,用量,单位\nA,1,t\n", options: options).Value;
        Assert.Equal(3, file.HeaderRow);
        Assert.Equal(["4:A|1|t"], TableText.Lines(file));
    }

    [Theory]
    [InlineData("", "table_empty")]
    [InlineData("\n \n\r\n", "table_empty")]
    [InlineData("# only a comment\n", "table_empty")]
    [InlineData("a,b\n", "table_no_rows")]
    [InlineData("a,b\n\n,\n", "table_no_rows")]
    [InlineData("%PDF-1.7\n", "table_unknown_format")]
    [InlineData("\n<html><table><tr><td>1</td></tr></table>", "table_unknown_format")]
    [InlineData("<?xml version=\"1.0\"?><a/>", "table_unknown_format")]
    [InlineData("a\0b\0c\0d\0e\0f\0", "table_unknown_format")]
    public void RefusesWhatIsNoTable(string text, string code) => Assert.Equal(code, Assert.Single(TableText.Open(text).Problems).Code);

    [Fact]
    public void NulBytesAreReportedAtTheirRow()
    {
        using var file = TableText.Open($"a,b\n{string.Concat(Enumerable.Repeat("plain,row\n", 50))}x\0y,1\n").Value;
        Assert.Equal(51, TableText.Lines(file).Length);
        Assert.Equal([("nul_byte", 52)], file.Problems.Select(p => (p.Code, p.Row!.Value)));
    }

    [Fact]
    public void AnOpenQuoteIsReportedWhereItOpens()
    {
        using var file = TableText.Open("a,b\n1,2\n3,\"open\n4,5\n6,7\n").Value;
        Assert.Equal(["2:1|2"], TableText.Lines(file));
        Assert.Equal([("quote_unclosed", 3)], file.Problems.Select(p => (p.Code, p.Row!.Value)));
    }

    [Fact]
    public void AnOpenQuoteInALongFileStopsAtTheLimit()
    {
        var options = new TableOptions { Limits = new TableLimits { RecordBytes = 100_000 } };
        using var file = TableText.Open("a,b\n1,2\n3,\"open\n" + string.Concat(Enumerable.Repeat("4,5\n", 1_000_000)), options: options).Value;
        Assert.Equal("2:1|2", file.Rows().Select(r => $"{r.Row}:{r[0].Text}|{r[1].Text}").Single());
        Assert.Equal("quote_unclosed", Assert.Single(file.Problems).Code);
    }

    [Fact]
    public void AVeryLongLineIsRefused()
    {
        using var file = TableText.Open("a,b\n1,2\n3," + new string('x', 9_000_000) + "\n").Value;
        Assert.Single(file.Rows());
        Assert.Equal([("record_too_long", 3)], file.Problems.Select(p => (p.Code, p.Row!.Value)));
    }

    [Fact]
    public void ALongLineWithinTheLimitIsRead()
    {
        using var file = TableText.Open("a,b\n1,2\n3," + new string('x', 3_000_000) + "\n4,5\n").Value;
        Assert.Equal(3, TableText.Lines(file).Length);
        Assert.Empty(file.Problems);
    }

    [Fact]
    public void ThreeHundredColumnsAreRead()
    {
        var header = string.Join(',', Enumerable.Range(0, 300).Select(i => "c" + i));
        using var file = TableText.Open($"{header}\n{string.Join(',', Enumerable.Range(0, 300))}\n").Value;
        Assert.Equal("299", file.Rows().Single()[299].Text);
        Assert.Single(TableText.Lines(file));
    }

    [Fact]
    public void RaggedRows()
    {
        using var file = TableText.Open("a,b,c\n1\n1,2,3,,,\n1,2,3,4\n").Value;
        Assert.Equal(["2:1", "3:1|2|3", "4:1|2|3|4"], TableText.Lines(file));
        var problem = Assert.Single(file.Problems);
        Assert.Equal(("too_many_cells", 4, "4"), (problem.Code, problem.Row, problem.Found));
    }

    [Fact]
    public void TooLargeAFileIsRefused() =>
        Assert.Equal("table_too_large", TableText.Open(new string('x', 3_000_000), options: new TableOptions { Limits = new TableLimits { FileBytes = 2 << 20 } }).Problems[0].Code);

    [Fact]
    public void AMissingFileIsRefusedWithItsName() => Assert.Equal("no.csv", TableFile.Open("/nowhere/no.csv").Problems[0].Found);

    [Theory]
    [InlineData("../../etc/passwd.csv", "passwd.csv")]
    [InlineData(@"C:\temp\x.csv", "x.csv")]
    [InlineData("/", "table")]
    public void TheNameIsOnlyAName(string given, string name) => Assert.Equal(name, TableText.Open("a\n1\n"u8.ToArray(), name: given).Value.Name);

    [Fact]
    public void TheColumnTellsItsDecimalMark()
    {
        using var file = TableText.Open("a;b\n1,234;x\n2,5;y\n").Value;
        Assert.Equal(DecimalMark.Comma, file.DecimalMarkOf(0));
        Assert.Equal(DecimalMark.Unknown, file.DecimalMarkOf(1));
    }

    [Fact]
    public void EveryTextExistsInBothLanguages()
    {
        foreach (var key in Texts.Keys.Where(k => k.StartsWith("problem.", StringComparison.Ordinal)))
        {
            Assert.True(Texts.Has("expected." + key["problem.".Length..]), key);
        }
    }
}
