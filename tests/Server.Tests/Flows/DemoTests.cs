using Microsoft.Extensions.DependencyInjection;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Flows.Demo;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Flows;

public sealed class DemoTests
{
    private static readonly DateOnly Today = new(2026, 7, 14);

    [Fact]
    public void The_same_day_gives_the_same_rows()
    {
        foreach (var site in DemoGroup.Sites)
        {
            Assert.Equal(DemoRows.Of(site, Today), DemoRows.Of(site, Today));
        }
    }

    [Fact]
    public void The_data_ends_with_the_month_before_and_spans_two_and_a_half_years()
    {
        var days = DemoGroup.Sites.SelectMany(s => DemoRows.Of(s, Today)).Select(r => r.Days).ToList();

        Assert.Equal(new DateOnly(2024, 1, 1), days.Min(d => d.Start));
        Assert.Equal(new DateOnly(2026, 6, 30), days.Max(d => d.LastDay));
        Assert.Contains(days, d => d.Days > 80);
    }

    [Fact]
    public void Photovoltaics_lower_what_is_bought()
    {
        var park = DemoGroup.Sites.Single(s => s.Code == "WX-PARK");
        double Bought(DemoSite site, int year) => DemoRows.Of(site, Today).Where(r => r.Source.OnPv && r.Days.Start.Year == year).Sum(r => r.Quantity);

        Assert.True(Bought(park, 2025) < Bought(park, 2024));
        Assert.True(Bought(park with { PvStart = 0, PvEnd = 0 }, 2025) > Bought(park, 2025));
    }

    [Fact]
    public async Task Seeds_the_group_through_the_verbs()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var server = new TestServer();
        var services = server.Services;
        var tenant = services.GetRequiredService<Book>().First!.Tenant;
        var seed = services.GetRequiredService<DemoSeed>();
        Assert.True(await seed.Empty(tenant, ct));

        await seed.Run(tenant, ct);

        Assert.False(await seed.Empty(tenant, ct));
        var caller = Caller.System(tenant);
        var nodes = (await services.GetRequiredService<OrganisationTree>().Subtree(caller, null, null, ct)).Value;
        Assert.All(nodes, n => Assert.EndsWith(DemoLabels.En, n.NameEn));
        var journal = services.GetRequiredService<Journal>();
        Assert.All((await journal.Batches(caller, null, 500, ct)).Value.Batches.Where(b => b.Kind == BatchKind.Seed), b => Assert.Contains("generated", b.Reason, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(4, (await journal.Corrections(caller, null, 50, ct)).Value.Count);
        Assert.True((await journal.CheckBalances(caller, ct)).Value.Sound);

        // Every source found a factor, so all of them are in the book.
        var sources = (await journal.Sources(caller, null, ct)).Value;
        Assert.Equal(DemoGroup.Sites.Sum(s => s.Sources.Count), sources.Count);
        var year = Month.Of(DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().Date)).Year - 1;
        var statement = (await services.GetRequiredService<Statements>().Build(caller, new StatementQuery(null, Month.Of(year, 1), Month.Of(year + 1, 1)), ct)).Value.Statement;
        Assert.InRange(statement.Scope1.Tonnes, 50_000, 300_000);
        Assert.InRange(statement.Scope2Location.Tonnes, 50_000, 300_000);
        Assert.InRange(statement.Scope3.Tonnes, 20_000, 300_000);

        // An edition of it leaves as a package that holds on its own.
        var draft = new NewEdition(
            "Demo", 0, Consolidation.OperationalControl, Month.Of(year, 1), Month.Of(year + 1, 1), Tanlu.Factors.Methods.Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true);
        var head = (await services.GetRequiredService<Editions>().Freeze(caller, draft, ct)).Value;
        var package = (await services.GetRequiredService<Packages>().Export(caller, head.Number, enclose: true, ct)).Value;
        await using var content = package.Content;
        var report = PackageVerify.Of(content, new PackageHead(Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain), head.Number)).Value;
        Assert.True(report.Same, string.Join('\n', report.Differences.Take(5).Select(d => d.Text(Language.English))));
        Assert.Equal((1.0, 0, report.Postings), (report.Recomputed, report.HiddenBatches, report.PostingsRecomputed));
        Assert.True(report.EvidenceEnclosed > 10 && report.EvidenceEnclosed == report.EvidenceNamed, $"{report.EvidenceEnclosed} of {report.EvidenceNamed}");
    }
}
