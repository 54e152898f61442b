using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Tanlu.Kernel;
using Tanlu.Server.Web;

namespace Tanlu.Server.Tests.Web;

public sealed class ScopeTests
{
    private static readonly DateOnly Today = new(2026, 3, 9);

    [Theory]
    [InlineData("", "from=2025-01&to=2025-12&gwp=AR6&route=ghg")]
    [InlineData("from=2024", "from=2024-01&to=2024-12&gwp=AR6&route=ghg")]
    [InlineData("from=2025-06&to=2025-03", "from=2025-03&to=2025-06&gwp=AR6&route=ghg")]
    [InlineData("to=2024-06&gwp=ar5&route=cn&node=7", "node=7&from=2024-01&to=2024-06&gwp=AR5&route=cn")]
    [InlineData("from=yesterday&gwp=AR9&node=-1&route=x", "from=2025-01&to=2025-12&gwp=AR6&route=ghg")]
    [InlineData("from=1960-01&to=2025-01", "from=2025-01&to=2025-12&gwp=AR6&route=ghg")]
    public void A_query_is_read_and_written_back(string query, string written) => Assert.Equal(written, Read(query).Written);

    [Fact]
    public void What_is_written_reads_the_same()
    {
        var scope = Read("from=2024-02&to=2025-01&gwp=SAR&route=cn&node=12");
        Assert.Equal(scope, Read(scope.Written));
        Assert.Equal(new DateInterval(new DateOnly(2024, 2, 1), new DateOnly(2025, 2, 1)), scope.Period);
    }

    [Fact]
    public void Only_a_named_scope_is_pinned_to_links()
    {
        Assert.Empty(Read("page=2").Query);
        Assert.NotEmpty(Read("gwp=AR5").Query);
    }

    private static Scope Read(string query) => Scope.Parse(new QueryCollection(QueryHelpers.ParseQuery(query)), Today);
}
