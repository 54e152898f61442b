using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class OrganisationTreeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task ATreeGrowsAndIsReadInOrder(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        Assert.Equal($"/{a.G.Id}/{a.C.Id}/{a.S1.Id}/{a.B1.Id}/{a.L1.Id}/", a.L1.Path);
        Assert.Equal("CN-GD", a.L1.Region);
        Assert.Equal(["G", "C", "S1", "B1", "L1", "S2", "D", "S3"], (await at.Tree.Subtree(a.System, null, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["S1", "B1", "L1"], (await at.Tree.Subtree(a.System, a.S1.Id, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["S1", "S2", "S3"], (await at.Tree.Sites(a.System, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal(a.L1, await at.Tree.Find(a.System, a.L1.Id, Ct).Done());
        Assert.Equal(a.S1, await at.Tree.FindByCode(a.System, " s1 ", Ct).Done());
        await at.Tree.Find(a.System, 12345, Ct).Refused("not_found");
    }

    [Theory, EngineData]
    public async Task EveryFieldComesBack(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var draft = new NewNode(a.C.Id, NodeKind.Site, "SZ-'1", "O'Brien's works", "深圳工厂 🏭", "cn-gd", "C3841", new(2021, 3, 1), new(2026, 1, 1), 33.3333m);
        var added = await at.Tree.Add(a.System, draft, Ct).Done();
        var found = await at.Tree.Find(a.System, added.Id, Ct).Done();
        Assert.Equal(added, found);
        Assert.Equal(("O'Brien's works", "深圳工厂 🏭", "CN-GD", "C3841", 33.3333m), (found.NameEn, found.NameZh, found.Region, found.Industry, found.EquityPercent!.Value));
        Assert.Equal((new DateOnly(2021, 3, 1), (DateOnly?)new DateOnly(2026, 1, 1)), (found.ValidFrom, found.ValidTo));
    }

    [Theory, EngineData]
    public async Task ACodeStandsOnceInATenant(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Tree.Add(a.System, new NewNode(a.D.Id, NodeKind.Site, "s1", "Again", "", "CN"), Ct).Refused("node_code_taken");
        var b = await at.Estate("B");
        Assert.NotEqual(a.S1.Id, b.S1.Id);
    }

    [Theory, EngineData]
    public async Task AMoveTakesTheSubtreeAndKeepsIdsAndHistory(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var moved = await at.Tree.Move(a.System, a.S1.Id, a.D.Id, Ct).Done();
        Assert.Equal(($"/{a.G.Id}/{a.D.Id}/{a.S1.Id}/", a.D.Id), (moved.Path, moved.Parent!.Value));
        var line = await at.Tree.Find(a.System, a.L1.Id, Ct).Done();
        Assert.Equal($"{moved.Path}{a.B1.Id}/{a.L1.Id}/", line.Path);
        Assert.Equal(["D", "S1", "B1", "L1", "S3"], (await at.Tree.Subtree(a.System, a.D.Id, null, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["C", "S2"], (await at.Tree.Subtree(a.System, a.C.Id, null, Ct).Done()).Select(n => n.Code));
        var entry = (await at.Audit.List(a.System, null, 1, Ct).Done()).Entries[0];
        Assert.Equal(("node.move", $"node/{a.S1.Id}"), (entry.Verb, entry.Subject));
        Assert.Contains(a.S1.Path, entry.Detail);
        Assert.Contains(moved.Path, entry.Detail);

        await at.Tree.Move(a.System, a.G.Id, a.C.Id, Ct).Refused("node_cycle");
        await at.Tree.Move(a.System, a.C.Id, a.C.Id, Ct).Refused("node_cycle");
        await at.Tree.Move(a.System, a.C.Id, a.S3.Id, Ct).Refused("node_kind_misplaced");
        var before = (await at.Audit.Check(a.System, Ct).Done()).Rows;
        Assert.Equal(moved, await at.Tree.Move(a.System, a.S1.Id, a.D.Id, Ct).Done());
        Assert.Equal(before, (await at.Audit.Check(a.System, Ct).Done()).Rows);
    }

    [Theory, EngineData]
    public async Task ARenameKeepsTheCodeAndABadNameChangesNothing(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Tree.Rename(a.System, a.S1.Id, " Shenzhen works ", "深圳工厂", Ct).Done();
        await at.Tree.Rename(a.System, a.S1.Id, "", " ", Ct).Refused("node_name_invalid");
        var found = await at.Tree.Find(a.System, a.S1.Id, Ct).Done();
        Assert.Equal(("S1", "Shenzhen works", "深圳工厂"), (found.Code, found.NameEn, found.NameZh));
        Assert.Contains("深圳工厂", (await at.Audit.List(a.System, null, 1, Ct).Done()).Entries[0].Detail);
    }

    [Theory, EngineData]
    public async Task AClosedPartIsGoneFromThatDayOn(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var day = new DateOnly(2024, 7, 1);
        await at.Tree.Close(a.System, a.C.Id, day, Ct).Done();
        Assert.Equal(["G", "C", "S1", "B1", "L1", "S2", "D", "S3"], (await at.Tree.Subtree(a.System, null, day.AddDays(-1), Ct).Done()).Select(n => n.Code));
        Assert.Equal(["G", "D", "S3"], (await at.Tree.Subtree(a.System, null, day, Ct).Done()).Select(n => n.Code));
        Assert.Equal(["S3"], (await at.Tree.Sites(a.System, DateInterval.OfYear(2025), Ct).Done()).Select(n => n.Code));
        Assert.Equal(["S1", "S2", "S3"], (await at.Tree.Sites(a.System, DateInterval.OfYear(2024), Ct).Done()).Select(n => n.Code));
        await at.Tree.Close(a.System, a.C.Id, day, Ct).Refused("node_close_outside_validity");
        await at.Tree.Add(a.System, new NewNode(a.C.Id, NodeKind.Site, "S9", "Late", "", "CN", ValidFrom: day, ValidTo: day.AddDays(9)), Ct).Refused("node_outside_parent");
        await at.Tree.Move(a.System, a.S3.Id, a.C.Id, Ct).Refused("node_outside_parent");
        var earlier = await at.Tree.Close(a.System, a.S1.Id, day.AddYears(-1), Ct).Done();
        Assert.Equal(day.AddYears(-1), earlier.ValidTo);
    }

    [Theory, EngineData]
    public async Task ManyAtOnceLeaveOneSoundTree(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var work = Enumerable.Range(0, 12).Select(i => (i % 3) switch
        {
            0 => at.Tree.Move(a.System, a.C.Id, a.D.Id, Ct),
            1 => at.Tree.Move(a.System, a.D.Id, a.C.Id, Ct),
            _ => at.Tree.Add(a.System, new NewNode(a.D.Id, NodeKind.Site, "NEW", "New", "", "CN"), Ct),
        });
        var outcomes = await Task.WhenAll(work);
        Assert.Single(outcomes.Where((o, i) => i % 3 == 2), o => o.Ok);
        var nodes = (await at.Tree.Subtree(a.System, null, null, Ct).Done()).ToDictionary(n => n.Id);
        Assert.Equal(9, nodes.Count);
        Assert.All(nodes.Values, n => Assert.Equal(n.Parent is { } parent ? $"{nodes[parent].Path}{n.Id}/" : $"/{n.Id}/", n.Path));
        Assert.True((await at.Audit.Check(a.System, Ct).Done()).Sound);
    }
}
