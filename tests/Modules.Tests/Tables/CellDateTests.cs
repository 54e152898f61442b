using System.Text;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

public sealed class CellDateTests
{
    [Theory]
    [InlineData("2024-01-05")]
    [InlineData("2024/1/5")]
    [InlineData("2024.1.5")]
    [InlineData("2024年1月5日")]
    [InlineData("2024年01月05号")]
    [InlineData("20240105")]
    [InlineData("2024-01-05 00:00:00")]
    [InlineData("2024-01-05T00:00:00Z")]
    [InlineData("2024/1/5 0:00")]
    [InlineData("5 Jan 2024")]
    [InlineData("5-January-2024")]
    [InlineData("Jan 5, 2024")]
    [InlineData("45296")]
    [InlineData("２０２４－０１－０５")]
    public void Reads(string text) => Assert.Equal(new DateOnly(2024, 1, 5), CellDate.Parse(Encoding.UTF8.GetBytes(text)).Value);

    [Fact]
    public void ReadsWhatHasOneReading()
    {
        Assert.Equal(new DateOnly(2024, 12, 25), CellDate.Parse("25/12/2024").Value);
        Assert.Equal(new DateOnly(2024, 12, 25), CellDate.Parse("12/25/2024").Value);
        Assert.Equal(new DateOnly(2024, 2, 2), CellDate.Parse("02/02/2024").Value);
    }

    [Theory]
    [InlineData("", "date_missing")]
    [InlineData("01/02/2024", "date_ambiguous")]
    [InlineData("1.2.24", "date_ambiguous")]
    [InlineData("2024-02-30", "date_impossible")]
    [InlineData("2023年2月29日", "date_impossible")]
    [InlineData("20241301", "date_impossible")]
    [InlineData("2024-00-10", "date_impossible")]
    [InlineData("1024-01-05", "date_out_of_range")]
    [InlineData("2024-01", "date_month_only")]
    [InlineData("2024年1月", "date_month_only")]
    [InlineData("202401", "date_month_only")]
    [InlineData("Jan 2024", "date_month_only")]
    [InlineData("Q1 2024", "not_a_date")]
    [InlineData("2024-01-05 13:00", "not_a_date")]
    [InlineData("yesterday", "not_a_date")]
    [InlineData("12345", "not_a_date")]
    public void Refuses(string text, string code) => Assert.Equal(code, CellDate.Parse(text).Problems[0].Code);

    [Fact]
    public void ReadsEveryDayOfTwoCenturies()
    {
        for (var day = new DateOnly(1900, 1, 1); day < new DateOnly(2200, 1, 1); day = day.AddDays(1))
        {
            Assert.True(CellDate.TryIso(Encoding.UTF8.GetBytes(day.ToString("yyyy-MM-dd")), out var read));
            Assert.Equal(day, read);
        }
    }
}
