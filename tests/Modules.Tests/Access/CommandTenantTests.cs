using System.Text;
using Tanlu.Cli;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Access;

/// <summary>A command works for one tenant: nothing of the other stands in what it prints or writes, whichever names of the other it is given.</summary>
public sealed class CommandTenantTests
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_command_prints_nothing_of_another_tenant(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, LocalBook.Migrations);
        var ours = await Plant(store, "QZOURS", 7_318_462);
        var theirs = await Plant(store, "QZTHEIRS", 6_429_173);

        // Two tenants: whoever names neither works for neither.
        var (code, _, why) = await Run(store, "statement", "--from", "2023", "--to", "2023");
        Assert.Equal((Terminal.Refused, true), (code, why.Contains("tenant", StringComparison.OrdinalIgnoreCase)));
        Assert.Equal(Terminal.Refused, (await Run(store, "statement", "--from", "2023", "--to", "2023", "--tenant", "424242")).Code);

        var package = Path.Combine(store.Settings.DataFolder, "edition.zip");
        string[][] commands =
        [
            ["statement", "--from", "2023", "--to", "2023"], ["statement", "--from", "2023", "--to", "2023", "--json"], ["statement", "--from", "2023", "--to", "2023", "--node", "QZTHEIRS-S"],
            ["factors", "packs"], ["factors", "search", "QZTHEIRS"], ["factors", "search", "freight"], ["factors", "show", "qztheirs:road@2023"], ["factors", "diff", "qztheirs"],
            ["factors", "approve", "qztheirs", "--reason", "x"], ["factors", "reject", "qztheirs", "--reason", "x"], ["audit", "check"], ["package", "export", "--edition", "1", "--out", package],
        ];
        var seen = false;
        foreach (var command in commands)
        {
            var (_, text, error) = await Run(store, [.. command, "--tenant", $"{ours}"]);
            var printed = text + error;
            seen |= printed.Contains("QZOURS", StringComparison.Ordinal);
            foreach (var given in command)
            {
                printed = printed.Replace(given, "", StringComparison.OrdinalIgnoreCase);
            }

            Assert.DoesNotContain("QZTHEIRS", printed, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("6429173", printed, StringComparison.Ordinal);
        }

        Assert.True(seen);
        using var zip = System.IO.Compression.ZipFile.OpenRead(package);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            var text = await reader.ReadToEndAsync(Ct);
            Assert.DoesNotContain("QZTHEIRS", entry.FullName + text, StringComparison.OrdinalIgnoreCase);
        }

        // The other tenant's own command finds it all.
        Assert.Contains("qztheirs", (await Run(store, "factors", "packs", "--tenant", $"{theirs}")).Out, StringComparison.OrdinalIgnoreCase);
    }

    private static async Task<long> Plant(TestStore store, string mark, double number)
    {
        var audit = new Audit(store.Db, store.Clock);
        var tenant = (await new Tenants(store.Db, store.Clock, audit).Add(mark + " tenant", mark + "租户", Ct)).Value.Id;
        var system = Caller.System(tenant);
        await using var book = await LocalBook.Open(store.Settings, store.Clock, Ct);
        var company = (await book.Tree.Add(system, new NewNode(null, NodeKind.Company, mark + "-C", mark + " Company", mark + "公司"), Ct)).Value;
        Assert.True((await book.Tree.Add(system, new NewNode(company.Id, NodeKind.Site, mark + "-S", mark + " Plant", mark + "工厂", "CN-GD"), Ct)).Ok);
        using var pack = new MemoryStream(Encoding.UTF8.GetBytes(
            $"# pack: {mark.ToLowerInvariant()}\n# version: 1\n# name_en: {mark}\n# name_zh: {mark}\n# publisher: {mark}\n# licence: CC0-1.0\n# attribution: {mark}\n# share_alike: 0\n" +
            "series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note\n" +
            $"road,2023,2023-01-01,2024-01-01,freight.road,named,CN,,{mark} freight,{mark}货运,co2e=0.1 kg/tonne.km,,AR6,1,measured,1,V,,,\n"));
        Assert.True((await book.Packs.Import(system, pack, mark + ".csv", Ct)).Ok);
        using var file = new MemoryStream(Encoding.UTF8.GetBytes(Rows.Csv(Rows.Power(mark + "-S", 1, number, source: mark + " Meter", note: mark + " note"))));
        Assert.True((await book.Journal.Import(system, file, mark + ".csv", new ImportOptions(Reason: mark), null, Ct)).Ok);
        var draft = new NewEdition(mark + " 2023", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true);
        Assert.True((await book.Editions.Freeze(system, draft, Ct)).Ok);
        return tenant;
    }

    private static async Task<(int Code, string Out, string Error)> Run(TestStore store, params string[] args)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run(
            [.. args, "--data", store.Settings.DataFolder, "--postgres", store.Settings.Postgres ?? "", "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
