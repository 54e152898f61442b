using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>Everything of a node that can change, changed on its form; the tree stays sound.</summary>
public sealed class NodeEditTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task EveryFieldChangesAndStandsInTheLog(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        foreach (var part in new[] { a.L1, a.B1 })
        {
            await at.Tree.Edit(a.System, part.Id, NodeEdit.Of(part) with { ValidFrom = new DateOnly(2021, 2, 3) }, Ct).Done();
        }

        var edit = new NodeEdit(a.D.Id, "S1-new", "Plant one", "一厂", "cn-js", "C17", new DateOnly(2021, 2, 3), null, 51.25m);
        var edited = await at.Tree.Edit(a.System, a.S1.Id, edit, Ct).Done();
        Assert.Equal(
            a.S1 with
            {
                Parent = a.D.Id,
                Path = $"{a.D.Path}{a.S1.Id}/",
                Code = "S1-new",
                NameEn = "Plant one",
                NameZh = "一厂",
                Region = "CN-JS",
                Industry = "C17",
                ValidFrom = new DateOnly(2021, 2, 3),
                EquityPercent = 51.25m,
            },
            edited);
        Assert.Equal(edited, await at.Tree.FindByCode(a.System, "s1-NEW", Ct).Done());
        await at.Tree.FindByCode(a.System, "S1", Ct).Refused("not_found");
        Assert.Equal($"{edited.Path}{a.B1.Id}/{a.L1.Id}/", (await at.Tree.Find(a.System, a.L1.Id, Ct).Done()).Path);
        var row = (await at.Audit.List(a.System, null, 1, Ct).Done()).Entries[0];
        Assert.Equal(("node.edit", $"node/{a.S1.Id}"), (row.Verb, row.Subject));
        foreach (var part in new[] { "\"before_code\":\"S1\",\"after_code\":\"S1-new\"", "\"after_valid_from\":\"2021-02-03\"", "\"after_equity_percent\":\"51.25\"", $"\"after_path\":\"{edited.Path}\"", "\"before_region\":\"CN-GD\"" })
        {
            Assert.Contains(part, row.Detail, StringComparison.Ordinal);
        }

        // Emptied again; what does not differ leaves no row.
        var emptied = await at.Tree.Edit(a.System, a.S1.Id, edit with { Industry = "", EquityPercent = null }, Ct).Done();
        Assert.Equal(("", null), (emptied.Industry, emptied.EquityPercent));
        var before = (await at.Audit.Check(a.System, Ct).Done()).Rows;
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(emptied), Ct).Done();
        Assert.Equal(before, (await at.Audit.Check(a.System, Ct).Done()).Rows);
    }

    [Theory, EngineData]
    public async Task TheRulesOfTheTreeKeepHolding(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Tree.Edit(a.System, a.C.Id, NodeEdit.Of(a.C) with { ValidFrom = new DateOnly(2000, 1, 1) }, Ct).Refused("node_part_outside");
        await at.Tree.Edit(a.System, a.C.Id, NodeEdit.Of(a.C) with { ValidTo = new DateOnly(2030, 1, 1) }, Ct).Refused("node_part_outside");
        await at.Tree.Edit(a.System, a.S3.Id, NodeEdit.Of(a.S3) with { ValidFrom = new DateOnly(2020, 1, 1), ValidTo = new DateOnly(2030, 1, 1) }, Ct).Done();
        var d = await at.Tree.Edit(a.System, a.D.Id, NodeEdit.Of(a.D) with { ValidFrom = new DateOnly(2019, 1, 1), ValidTo = new DateOnly(2031, 1, 1) }, Ct).Done();
        await at.Tree.Edit(a.System, a.S3.Id, NodeEdit.Of(a.S3) with { ValidFrom = new DateOnly(2018, 1, 1), ValidTo = new DateOnly(2030, 1, 1) }, Ct).Refused("node_outside_parent");

        // No end below a parent that ends is an end outside it, and is not taken for the parent's.
        await at.Tree.Edit(a.System, a.S3.Id, NodeEdit.Of(a.S3) with { ValidFrom = new DateOnly(2020, 1, 1), ValidTo = null }, Ct).Refused("node_outside_parent");
        await at.Tree.Edit(a.System, d.Id, NodeEdit.Of(d) with { ValidTo = null }, Ct).Done();
        await at.Tree.Edit(a.System, a.S3.Id, NodeEdit.Of(a.S3) with { ValidFrom = new DateOnly(2020, 1, 1), ValidTo = null }, Ct).Done();

        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Code = "s2" }, Ct).Refused("node_code_taken");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Code = "s1" }, Ct).Done();
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Code = "a/b" }, Ct).Refused("node_code_invalid");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { NameEn = "", NameZh = " " }, Ct).Refused("node_name_invalid");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Region = "" }, Ct).Refused("node_region_missing");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { EquityPercent = 100.0001m }, Ct).Refused("node_equity_out_of_range");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Parent = a.B1.Id }, Ct).Refused("node_kind_misplaced");
        await at.Tree.Edit(a.System, a.G.Id, NodeEdit.Of(a.G) with { Parent = a.G.Id }, Ct).Refused("node_cycle");
        await at.Tree.Edit(a.System, a.S1.Id, NodeEdit.Of(a.S1) with { Parent = null }, Ct).Refused("node_kind_misplaced");
        Assert.Equal($"/{a.C.Id}/", (await at.Tree.Edit(a.System, a.C.Id, NodeEdit.Of(a.C) with { Parent = null }, Ct).Done()).Path);
        Assert.Equal($"/{a.C.Id}/{a.S1.Id}/", (await at.Tree.Find(a.System, a.S1.Id, Ct).Done()).Path);

        // Every reason at once, each at its field.
        var all = await at.Tree.Edit(a.System, a.S2.Id, new NodeEdit(a.C.Id, "", "", "", "?", "", new DateOnly(2020, 1, 1), new DateOnly(2019, 1, 1), 0), Ct);
        Assert.Equal(["code", "name", "region", "equity_percent", "valid_to"], all.Problems.Select(p => p.Column));
    }

    [Theory, EngineData]
    public async Task WhoSeesAPartChangesItsTopButNotItsPlaceAndLearnsNothingOfTheRest(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Tree.Edit(a.System, a.D.Id, NodeEdit.Of(a.D) with { NameEn = "Renamed" }, Ct).Done();
        var local = a.At(a.C, Role.CarbonManager);
        await at.Tree.Edit(local, a.C.Id, NodeEdit.Of(a.C) with { NameEn = "Ours", EquityPercent = 60 }, Ct).Done();
        await at.Tree.Edit(local, a.C.Id, NodeEdit.Of(a.C) with { Parent = a.D.Id }, Ct).Refused("not_found");
        await at.Tree.Edit(local, a.C.Id, NodeEdit.Of(a.C) with { Parent = null }, Ct).Refused("not_permitted");
        await at.Tree.Edit(local, a.S1.Id, NodeEdit.Of(a.S1) with { Parent = a.D.Id }, Ct).Refused("not_found");

        // The time of the part above is refused without being told.
        var outside = await at.Tree.Edit(local, a.C.Id, NodeEdit.Of(a.C) with { ValidFrom = new DateOnly(1850, 1, 1) }, Ct);
        Assert.Equal("node_outside_above", outside.Problems[0].Code);
        Assert.DoesNotContain(outside.Problems, p => p.Message(Language.English).Contains(a.G.Code + " ", StringComparison.Ordinal) || p.Args.Count > 0);
    }
}
