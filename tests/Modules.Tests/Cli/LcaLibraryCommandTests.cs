using System.Text;
using Tanlu.Cli;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Products;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Cli;

/// <summary><c>tanlu lca import|libraries|processes|show|export</c> over a book, for one tenant of two.</summary>
public sealed class LcaLibraryCommandTests
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_database_comes_in_is_searched_shown_and_exported_and_the_other_tenant_sees_nothing(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, LocalBook.Migrations);
        var tenants = new Tenants(store.Db, store.Clock, new Audit(store.Db, store.Clock));
        var ours = (await tenants.Add("A", "甲", Ct)).Value.Id;
        var theirs = (await tenants.Add("B", "乙", Ct)).Value.Id;
        var file = Path.Combine(store.Settings.DataFolder, "sample.zip");
        await using (var content = File.Create(file))
        {
            OpenLcaWriter.Write(SamplePackage.Make("QZSAMPLE"), content);
        }

        var imported = await Run(store, ours, "lca", "import", file, "--library", "QZOURS", "--rights", "licensed");
        Assert.True(imported.Code == Terminal.Done, imported.Error);
        Assert.Contains("2 processes", imported.Out, StringComparison.Ordinal);
        Assert.Equal(Terminal.Usage, (await Run(store, ours, "lca", "import", file, "--rights", "none")).Code);
        Assert.Equal(Terminal.Refused, (await Run(store, ours, "lca", "import", file)).Code);

        Assert.Contains("QZOURS", (await Run(store, ours, "lca", "libraries")).Out, StringComparison.Ordinal);
        var found = (await Run(store, ours, "lca", "processes", "--text", "电力")).Out;
        Assert.Contains("electricity production", found, StringComparison.Ordinal);
        var id = found.Trim().Split(' ')[0];
        Assert.Contains("Carbon dioxide, fossil (air)", (await Run(store, ours, "lca", "show", id)).Out, StringComparison.Ordinal);

        var to = Path.Combine(store.Settings.DataFolder, "out.zip");
        var library = (await Run(store, ours, "lca", "libraries")).Out.Trim().Split(' ')[0];
        Assert.Contains("0 processes written, 2 left out", (await Run(store, ours, "lca", "export", library, "--out", to)).Out, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Run(store, ours, "lca", "export", library, "--out", to)).Code);

        foreach (var command in (string[][])[["libraries"], ["processes"], ["processes", "--library", library], ["show", id], ["export", library, "--out", to + "2"]])
        {
            var (_, output, error) = await Run(store, theirs, ["lca", .. command]);
            Assert.DoesNotContain("QZ", output + error, StringComparison.Ordinal);
            Assert.DoesNotContain("electricity", output + error, StringComparison.Ordinal);
        }
    }

    private static async Task<(int Code, string Out, string Error)> Run(TestStore store, long tenant, params string[] args)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run(
            [.. args, "--tenant", $"{tenant}", "--data", store.Settings.DataFolder, "--postgres", store.Settings.Postgres ?? "", "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
