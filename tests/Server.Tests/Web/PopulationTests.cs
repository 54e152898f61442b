using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Tests.Web;

/// <summary>The population of a figure as a workbook: read back and calculated again, it adds up to the figure to the last digit.</summary>
public sealed class PopulationTests(MeasuredBook book) : IClassFixture<MeasuredBook>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("")]
    [InlineData("&scope=1")]
    [InlineData("&account=200&month=2024-03")]
    [InlineData("&gas=co2")]
    [InlineData("&gas=n2o&scope=1")]
    [InlineData("&of=energy")]
    [InlineData("&of=biogenic")]
    [InlineData("&of=apart")]
    [InlineData("&month=2024-01")]
    public async Task The_formulas_of_a_population_give_the_figure_exactly(string cut)
    {
        var sheet = await Sheet(cut);
        var figure = FigureCut.Parse(Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(cut) is var query ? new Microsoft.AspNetCore.Http.QueryCollection(query) : null!).AmountOf(await book.Statement());
        var row = sheet.RowOf("Sum with all digits");
        Assert.Equal(figure.Padded, sheet.Value($"B{row}"));
        Assert.Equal("same", sheet.Value($"B{row + 2}"));
        Assert.Equal(figure.Value, (double)sheet.Value($"B{row + 3}"), 1e-9 * Math.Max(1, Math.Abs(figure.Value)));
        foreach (var (cell, calculated, stored) in sheet.All())
        {
            // What was stored for readers that do not calculate is what the formula gives; only the control by quantity may round half-way cases otherwise.
            Assert.True(Equals(calculated, stored) || (cell[0] is 'S' or 'B' && Math.Abs((double)calculated - (double)stored) <= Math.Max(1, Math.Abs((double)stored) * 1e-12)), $"{cell}: {calculated} {stored}");
        }

        // The control column rebuilds each mass from quantity × coefficient within a milligram.
        for (var at = 2; at < row - 4; at++)
        {
            if (sheet.Stored($"S{at}") is double && sheet.Stored($"M{at}") is not null)
            {
                Assert.Equal(((double)sheet.Value($"T{at}") * 1e6) + (double)sheet.Value($"U{at}"), (double)sheet.Value($"S{at}"), 1.0);
            }
        }
    }

    [Fact]
    public async Task A_population_names_factor_and_quantity_and_stands_in_the_audit_log()
    {
        var sheet = await Sheet("&scope=2");
        Assert.StartsWith("cn-grid:", (string)sheet.Stored("M2")!, StringComparison.Ordinal);
        Assert.Equal("kWh", sheet.Stored("J2"));
        Assert.True(sheet.Formulas > 50);
        Assert.Contains((await book.Get<Audit>().List(Caller.System(1), null, 50, Stop)).Value.Entries, e => e.Verb == "population.export");
        using var theirs = await book.Client.GetAsync($"/explain/population?{MeasuredBook.Scope}&node={book.TheirNode}", Stop);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, theirs.StatusCode);
    }

    [Fact]
    public void Masses_beyond_a_spreadsheets_digits_are_cut_into_pieces_that_add_up()
    {
        foreach (var mass in (long[])[0, 1, -1, 999_999_999_999_999, long.MaxValue, -long.MaxValue])
        {
            foreach (var scaled in (long[])[1, 1000, 29_800, 25_200_000])
            {
                var pieces = PopulationFile.Pieces(mass, scaled).ToList();
                Assert.Equal(mass, (long)pieces.Aggregate(Int128.Zero, (sum, p) => sum + p));
                Assert.All(pieces, p => Assert.True(Math.Abs((double)p / 1e6 * scaled) < 9e15));
            }
        }
    }

    private async Task<SheetFormulas> Sheet(string cut)
    {
        using var answer = await book.Client.GetAsync($"/explain/population?{MeasuredBook.Scope}&lang=en{cut}", Stop);
        Assert.True(answer.IsSuccessStatusCode, answer.StatusCode.ToString());
        return new SheetFormulas(await answer.Content.ReadAsByteArrayAsync(Stop));
    }
}
