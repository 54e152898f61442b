using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Tests.Web;

public sealed class FigureCutTests
{
    [Theory]
    [InlineData("")]
    [InlineData("of=energy&scope=2&site=4&month=2024-03&source=7")]
    [InlineData("account=303&gas=n2o")]
    [InlineData("account=301&gas=fixed-ar5")]
    [InlineData("gas=fixed-none")]
    public void A_cut_is_read_and_written_back(string query) =>
        Assert.Equal(query, string.Join("&", Read(query).Query.Where(q => q.Value is not null).Select(q => $"{q.Name}={q.Value}")));

    [Theory]
    [InlineData("account=999&scope=9&month=March&gas=xyz&site=-1&of=money")]
    public void What_is_not_understood_cuts_nothing(string query) => Assert.Equal(FigureCut.Whole, Read(query));

    [Theory]
    [InlineData("0", 3, "0")]
    [InlineData("1234500", 3, "1,234.5")]
    [InlineData("-7", 3, "-0.007")]
    [InlineData("123456789012345678901234567", 12, "123,456,789,012,345.678901234567")]
    public void Every_digit_is_kept(string parts, int decimals, string text) => Assert.Equal(text, ExactText.Of(Int128.Parse(parts, System.Globalization.CultureInfo.InvariantCulture), decimals, grouped: true));

    private static FigureCut Read(string query) => FigureCut.Parse(new QueryCollection(QueryHelpers.ParseQuery(query)));
}
