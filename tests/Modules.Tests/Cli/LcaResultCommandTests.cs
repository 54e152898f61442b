using System.Text;
using System.Text.Json;
using Tanlu.Cli;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Products;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Numerics;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Cli;

/// <summary><c>tanlu lca result</c> over a book.</summary>
public sealed class LcaResultCommandTests
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_process_is_calculated_in_words_and_json_and_sealed_data_is_marked()
    {
        await using var store = await TestStore.Open(Dialect.Sqlite, LocalBook.Migrations);
        await new Tenants(store.Db, store.Clock, new Audit(store.Db, store.Clock)).Add("A", "甲", Ct);
        var file = Path.Combine(store.Settings.DataFolder, "sample.zip");
        var package = SamplePackage.Make();
        var drawn = package.Processes[0].Exchanges[2] with { Uncertainty = new Distribution(DistributionKind.Lognormal, 0.9, 0.3) };
        package = package with { Processes = [package.Processes[0] with { Exchanges = [.. package.Processes[0].Exchanges.Take(2), drawn] }, package.Processes[1]] };
        await using (var content = File.Create(file))
        {
            OpenLcaWriter.Write(package, content);
        }

        Assert.Equal(Terminal.Done, (await Run(store, "lca", "import", file, "--rights", "sealed")).Code);
        var id = (await Run(store, "lca", "processes", "--text", "furnace")).Out.Trim().Split(' ')[0];
        var words = await Run(store, "lca", "result", id, "--amount", "2", "--unit", "t");
        Assert.True(words.Code == Terminal.Done, words.Error);
        Assert.Contains("sealed: may not leave", words.Out, StringComparison.Ordinal);
        Assert.Contains("electricity production, hard coal", words.Out, StringComparison.Ordinal);
        Assert.Contains("Backward error", words.Out, StringComparison.Ordinal);

        var json = await Run(store, "lca", "result", id, "--samples", "200", "--seed", "3", "--json");
        Assert.True(json.Code == Terminal.Done, json.Error);
        using var document = JsonDocument.Parse(json.Out);
        var impact = document.RootElement.GetProperty("impacts")[0].GetProperty("value").GetDouble();
        Assert.Equal((0.2 + (0.5 * 0.9)) / 0.9995, impact, 1e-9);
        var figures = document.RootElement.GetProperty("uncertainty").GetProperty("indicators")[0];
        Assert.Equal(impact, figures.GetProperty("static").GetDouble(), 1e-9);
        Assert.True(figures.GetProperty("p2_5").GetDouble() < impact && impact < figures.GetProperty("p97_5").GetDouble());
        Assert.Equal("electricity production, hard coal", figures.GetProperty("variance")[0].GetProperty("process").GetString());
        Assert.Equal("sealed", document.RootElement.GetProperty("rights").GetString());

        Assert.Contains("20000", (await Run(store, "lca", "result", id, "--samples", "20000")).Error, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Run(store, "lca", "result", "1")).Code);
    }

    private static async Task<(int Code, string Out, string Error)> Run(TestStore store, params string[] args)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run(
            [.. args, "--data", store.Settings.DataFolder, "--postgres", store.Settings.Postgres ?? "", "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
