using System.Text.Json;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

public sealed class EditionsTests
{
    private static readonly NewEdition Draft = new(
        "2023 inventory", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), Route.GhgProtocol, GwpSet.Ar6, [new Exclusion("Company cars", "under 1 %, not metered")]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_missing_is_named_field_by_field()
    {
        await using var book = await InventoryBook.Open(Dialect.Sqlite);
        var nothing = await book.Editions.Freeze(book.Book.Caller, new NewEdition("", null, null, null, null, null, null, []), Ct);
        Assert.Equal(
            ["edition_needs_title", "edition_needs_entity", "edition_needs_approach", "edition_needs_from", "edition_needs_to", "edition_needs_route", "edition_needs_gwp", "exclusions_needed"],
            nothing.Problems.Select(p => p.Code));
        foreach (var problem in nothing.Problems)
        {
            Assert.DoesNotContain("[", problem.Message(Language.Chinese) + problem.Expected(Language.English), StringComparison.Ordinal);
        }

        await book.Editions.Freeze(book.Book.Caller, Draft with { Exclusions = [new Exclusion("Cars", " ")] }, Ct).Refused("exclusion_needs_reason");
        await book.Editions.Freeze(book.Book.Caller, Draft with { NoExclusions = true }, Ct).Refused("exclusions_contradict");
        await book.Editions.Freeze(book.Book.Caller, Draft with { Exclusions = [], NoExclusions = true }, Ct).Done();
        await book.Editions.Freeze(book.Book.Caller with { Role = Role.Viewer }, Draft, Ct).Refused("not_permitted");
        await book.Editions.Freeze(book.Book.Estate.At(book.Book.Estate.C), Draft, Ct).Refused("not_found");
    }

    [Theory, EngineData]
    public async Task A_later_correction_does_not_move_an_edition_and_the_next_one_shows_the_difference(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        await book.Import(Rows.Power("S1", 1, 1000), Rows.Power("S2", 2, 2000), Rows.Diesel("S3", 3, 5), Rows.Row("S1", "Chiller", "refrigerant.HCFC-22", 4, 3, "kg"));
        var caller = book.Book.Caller;
        var before = await book.Build(InventoryBook.Year());
        var first = await book.Editions.Freeze(caller, Draft, Ct).Done();
        Assert.Equal((1, (long?)null), (first.Number, first.Previous));
        var frozen = await book.Editions.Get(caller, 1, Ct).Done();
        Same(before.Statement, frozen.Statement);

        var power = (await book.Book.Activities(new ActivityQuery(Activity: "electricity.grid"))).First(a => a.SiteCode == "S2");
        await book.Book.Journal.Correct(caller, power.Id, null, "billed twice", Ct).Done();
        Assert.NotEqual(before.Statement.AllScopes, (await book.Build(InventoryBook.Year())).Statement.AllScopes);
        var still = await book.Editions.Get(caller, 1, Ct).Done();
        Assert.Equal(frozen.Content, still.Content);
        Same(before.Statement, still.Statement);

        var second = await book.Editions.Freeze(caller, Draft with { Title = "2023 restated" }, Ct).Done();
        Assert.Equal((2, (long?)1), (second.Number, second.Previous));
        Assert.True(second.Book.Seq > first.Book.Seq);
        var difference = (await book.Editions.CompareToPrevious(caller, 2, Ct).Done())!;
        Assert.True(difference.SameBasis);
        Assert.Equal(["site/S2"], difference.Sites.Select(d => d.Key));
        Assert.Equal(["source/S2/Meter"], difference.Sources.Select(d => d.Key));
        var now = (await book.Build(InventoryBook.Year())).Statement;
        Assert.Equal(now.Scope2Location.Scaled - before.Statement.Scope2Location.Scaled, difference.Scopes[1].Change.Scaled);
        Assert.Equal(Int128.Zero, difference.Scopes[0].Change.Scaled);

        // A new name does not reach into an edition either.
        Assert.True((await book.Book.Installation.Tree.Rename(caller, book.Book.Estate.S1.Id, "Renamed", "改名", Ct)).Ok);
        Assert.Equal("Node S1", (await book.Editions.Get(caller, 1, Ct).Done()).Sites[book.Book.Estate.S1.Id].En);
        Assert.Equal([2, 1], (await book.Editions.List(caller, Ct).Done()).Select(e => e.Number));
    }

    [Theory, EngineData]
    public async Task An_edition_carries_everything_and_its_hash_finds_what_was_altered(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        await book.Import(Rows.Power("S1", 1, 1000, quality: "estimated"), Rows.Diesel("S3", 3, 5));
        var head = await book.Editions.Freeze(book.Book.Caller, Draft with { Approach = Consolidation.EquityShare }, Ct).Done();
        var edition = await book.Editions.Get(book.Book.Caller, head.Number, Ct).Done();
        using var json = JsonDocument.Parse(edition.Content);
        foreach (var name in (string[])["number", "node", "approach", "from", "to", "route", "gwp", "exclusions", "caveats", "cells", "origins", "totals_mg_co2e_x1000", "book_root", "book_chain"])
        {
            Assert.True(json.RootElement.TryGetProperty(name, out _), name);
        }

        Assert.Equal("equity_share", json.RootElement.GetProperty("approach").GetString());
        Assert.Equal(edition.Statement.Scope1.Scaled.ToString(), json.RootElement.GetProperty("totals_mg_co2e_x1000").GetProperty("scope1").GetString());
        Assert.Equal(head.Hash, edition.Head.Hash);
        var batch = (await book.Book.Journal.Batches(book.Book.Caller, null, 1, Ct).Done()).Batches[0];
        Assert.Equal((batch.Seq, Convert.ToHexString(batch.Root!)), (head.Book.Seq, Convert.ToHexString(head.Book.Root)));

        await book.Book.Db.Write(tx => tx.Execute($"UPDATE edition SET content = replace(content, 'equity_share', 'financial_control')"), Ct);
        await book.Editions.Get(book.Book.Caller, head.Number, Ct).Refused("edition_altered");
    }

    [Theory, EngineData]
    public async Task Editions_are_numbered_per_tenant_and_seen_by_who_sees_their_boundary(Dialect engine)
    {
        await using var book = await InventoryBook.Open(engine);
        var estate = book.Book.Estate;
        var other = await book.Book.Installation.Estate("另一家");
        var whole = await book.Editions.Freeze(book.Book.Caller, Draft, Ct).Done();
        var site = await book.Editions.Freeze(book.Book.Caller, Draft with { Entity = estate.S3.Id }, Ct).Done();
        var theirs = await book.Editions.Freeze(other.System, Draft, Ct).Done();
        Assert.Equal((1, 2, 1), (whole.Number, site.Number, theirs.Number));
        Assert.Null(site.Previous);
        var limited = estate.At(estate.D, Role.Viewer);
        Assert.Equal([2], (await book.Editions.List(limited, Ct).Done()).Select(e => e.Number));
        await book.Editions.Get(limited, 1, Ct).Refused("not_found");
        await book.Editions.Get(other.System, 2, Ct).Refused("not_found");
        await book.Editions.Freeze(other.System, Draft with { Entity = estate.S3.Id }, Ct).Refused("not_found");

        // Many at once get one number each.
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => book.Editions.Freeze(book.Book.Caller, Draft, Ct)));
        Assert.Equal([3, 4, 5, 6, 7, 8], made.Select(m => m.Value.Number).Order());
    }

    private static void Same(Statement a, Statement b)
    {
        Assert.Equal(a.AllScopes, b.AllScopes);
        Assert.Equal((a.Scope1, a.Scope2Location, a.Scope3, a.Apart, a.BiogenicCo2Mg, a.EnergyWh), (b.Scope1, b.Scope2Location, b.Scope3, b.Apart, b.BiogenicCo2Mg, b.EnergyWh));
        Assert.Equal(a.Caveats.Select(c => c.Text(Language.Chinese)), b.Caveats.Select(c => c.Text(Language.Chinese)));
        Assert.Equal(a.By(e => (e.Site, e.Source, e.Month, e.Key)).OrderBy(x => x.Key.ToString()), b.By(e => (e.Site, e.Source, e.Month, e.Key)).OrderBy(x => x.Key.ToString()));
    }
}
