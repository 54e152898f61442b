using System.Text;
using Tanlu.Cli;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Cli;

public sealed class LcaMethodsTests : IAsyncDisposable
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private readonly string _folder = Directory.CreateTempSubdirectory("tanlu-methods-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_method_is_imported_listed_and_its_coverage_told()
    {
        await using var store = await TestStore.Open(Dialect.Sqlite, LocalBook.Migrations);
        await new Tenants(store.Db, store.Clock, new Audit(store.Db, store.Clock)).Add("A", "甲", Ct);
        var method = await Written("own.csv", "Method,Indicator,Indicator unit,Flow name,Compartment,Flow unit,CF\nOwn,GWP,kg CO2 eq,Methane,air,kg,28\nOwn,GWP,kg CO2 eq,Methane,air,kg,30\n");
        var mapping = await Written("map.csv", "SourceFlowName,SourceFlowContext,TargetFlowName,TargetFlowContext,ConversionFactor\nGrubengas,air,\"Methane, fossil\",air,1\n");
        var library = await Written(
            "bill.csv", "Indicator,Unit,Flow name,Compartment,CF\nx,kg,Grubengas,air,1\nx,kg,Dust,air,1\n");

        var refused = await Tanlu(store, "lca", "methods", "import", method, "--twice", "refuse");
        Assert.Equal(Terminal.Refused, refused.Code);
        Assert.Contains("Methane (air) has two factors", refused.Error, StringComparison.Ordinal);

        var imported = await Tanlu(store, "lca", "methods", "import", method, "--rights", "licensed");
        Assert.True(imported.Code == Terminal.Done, imported.Error);
        Assert.Contains("1 pairs of flow and indicator are listed more than once with different values; the first value serves.", imported.Out, StringComparison.Ordinal);
        var list = await Tanlu(store, "lca", "methods", "list");
        Assert.Contains("ipcc_ar6_zero", list.Out, StringComparison.Ordinal);
        Assert.Contains("licensed Own", list.Out, StringComparison.Ordinal);

        // A table of factors is a library of flows too.
        var kept = await Tanlu(store, "lca", "import", library);
        Assert.True(kept.Code == Terminal.Done, kept.Error);
        Assert.True((await Tanlu(store, "lca", "methods", "map", mapping, "--name", "mine gas")).Code == Terminal.Done);
        Assert.Contains("mine gas", (await Tanlu(store, "lca", "methods", "mappings")).Out, StringComparison.Ordinal);
        var covered = await Tanlu(store, "lca", "methods", "coverage", "ipcc_ar6_zero", "--library", "1", "--mapping", "1");
        Assert.True(covered.Code == Terminal.Done, covered.Error);
        Assert.Contains("knows 1 of 2 elementary flows", covered.Out, StringComparison.Ordinal);
        Assert.Contains("Without the mapping mine gas it knows 0.", covered.Out, StringComparison.Ordinal);
        Assert.Contains("Dust [air]", covered.Out, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu(store, "lca", "methods", "coverage", "none", "--library", "1")).Code);
    }

    private static async Task<(int Code, string Out, string Error)> Tanlu(TestStore store, params string[] args)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run([.. args, "--data", store.Settings.DataFolder, "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        return (code, output.ToString(), error.ToString());
    }

    private async Task<string> Written(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(path, text, Ct);
        return path;
    }
}
