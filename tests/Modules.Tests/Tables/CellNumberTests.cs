using System.Text;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

public sealed class CellNumberTests
{
    [Theory]
    [InlineData("1234.5", 1234.5)]
    [InlineData("-0.5", -0.5)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1e-5", 1e-5)]
    [InlineData("1E+05", 1e5)]
    [InlineData("0.1", 0.1)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("1,234.5", 1234.5)]
    [InlineData("1.234,5", 1234.5)]
    [InlineData("1 234,5", 1234.5)]
    [InlineData("1\u00A0234\u202F567,5", 1234567.5)]
    [InlineData("1'234.5", 1234.5)]
    [InlineData("1,5", 1.5)]
    [InlineData("0,123", 0.123)]
    [InlineData("1,2345", 1.2345)]
    [InlineData("1234,567", 1234.567)]
    [InlineData("1,234,567", 1234567)]
    [InlineData("12,34,567", 1234567)]
    [InlineData("1 234", 1234)]
    [InlineData("１２３．５", 123.5)]
    [InlineData("−12", -12)]
    [InlineData("'12.5", 12.5)]
    [InlineData("  0,01402", 0.01402)]
    [InlineData("1.234", 1.234)]
    public void Reads(string text, double value) => Assert.Equal(value, CellNumber.Parse(Encoding.UTF8.GetBytes(text)).Value);

    [Theory]
    [InlineData("", "number_missing")]
    [InlineData("   ", "number_missing")]
    [InlineData("n/a", "not_a_number")]
    [InlineData("(no data)", "not_a_number")]
    [InlineData("-", "not_a_number")]
    [InlineData("—", "not_a_number")]
    [InlineData("Not Reported", "not_a_number")]
    [InlineData("约12", "not_a_number")]
    [InlineData("<5", "not_a_number")]
    [InlineData("1,23,4", "not_a_number")]
    [InlineData("1 23", "not_a_number")]
    [InlineData("1.2.3", "not_a_number")]
    [InlineData("NaN", "number_not_finite")]
    [InlineData("Infinity", "number_not_finite")]
    [InlineData("-inf", "number_not_finite")]
    [InlineData("1e999", "number_not_finite")]
    [InlineData("1,234", "number_ambiguous")]
    [InlineData("-12,345", "number_ambiguous")]
    [InlineData("12.5*", "number_footnote")]
    [InlineData("12.5 a)", "number_footnote")]
    [InlineData("12.5[1]", "number_footnote")]
    [InlineData("12.5 (note 2)", "number_footnote")]
    [InlineData("12.5¹", "number_footnote")]
    [InlineData("12.5 ²", "number_footnote")]
    [InlineData("12.5 kg", "number_with_text")]
    [InlineData("1.5万", "number_with_text")]
    [InlineData("`12", "number_with_text")]
    [InlineData("12 %", "number_percent")]
    [InlineData("12％", "number_percent")]
    [InlineData("#REF!", "not_a_number")]
    [InlineData("0x10", "number_with_text")]
    public void Refuses(string text, string code)
    {
        var outcome = CellNumber.Parse(text, row: 7, column: "数量");
        var problem = Assert.Single(outcome.Problems);
        Assert.Equal((code, 7, "数量"), (problem.Code, problem.Row, problem.Column));
    }

    [Fact]
    public void NamesTheFootnoteAndTheNumber()
    {
        var problem = Assert.Single(CellNumber.Parse("12.5[1]").Problems);
        Assert.Equal(["[1]", "12.5"], problem.Args);
    }

    [Fact]
    public void TheColumnDecidesWhatOneNumberCannot()
    {
        Assert.Equal(DecimalMark.Comma, Mark("1,234", "0,5"));
        Assert.Equal(DecimalMark.Point, Mark("1,234", "12.5"));
        Assert.Equal(DecimalMark.Point, Mark("1,234", "1,234,567"));
        Assert.Equal(DecimalMark.Comma, Mark("1,234", "1 234,5"));
        Assert.Equal(DecimalMark.Mixed, Mark("1,5", "1.5"));
        Assert.Equal(DecimalMark.Unknown, Mark("1,234", "12", "n/a", ""));
        Assert.Equal(1234, CellNumber.Parse("1,234", DecimalMark.Point).Value);
        Assert.Equal(1.234, CellNumber.Parse("1,234", DecimalMark.Comma).Value);
        Assert.Equal("number_ambiguous", CellNumber.Parse("1,234", DecimalMark.Mixed).Problems[0].Code);
        Assert.Equal("number_ambiguous", CellNumber.Parse("1.234"u8, DecimalMark.Comma).Problems[0].Code);
        Assert.Equal(1.5, CellNumber.Parse("1.5"u8, DecimalMark.Comma).Value);
    }

    [Fact]
    public void PercentOnlyWhereAllowed() => Assert.Equal(98, CellNumber.Parse("98 %", percent: true).Value);

    [Fact]
    public void RoundTripsEveryDouble()
    {
        var random = new Random(5);
        for (var i = 0; i < 100_000; i++)
        {
            var value = BitConverter.Int64BitsToDouble(random.NextInt64());
            if (double.IsFinite(value))
            {
                Assert.Equal(value, CellNumber.Parse(Encoding.UTF8.GetBytes(value.ToString("R"))).Value);
            }
        }
    }

    [Fact]
    public void NeverThrows()
    {
        var random = new Random(6);
        const string Letters = "0123456789,.'  -+eE%*[](a)１，．¹²`~年月/日:TZ";
        for (var i = 0; i < 50_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => Letters[random.Next(Letters.Length)])]);
            foreach (var mark in Enum.GetValues<DecimalMark>())
            {
                _ = CellNumber.Parse(text, mark).Ok;
            }

            new DecimalVote().Add(text);
            _ = CellDate.Parse(text).Ok;
        }
    }

    private static DecimalMark Mark(params string[] texts)
    {
        var vote = new DecimalVote();
        foreach (var text in texts)
        {
            vote.Add(Encoding.UTF8.GetBytes(text));
        }

        return vote.Mark;
    }
}
