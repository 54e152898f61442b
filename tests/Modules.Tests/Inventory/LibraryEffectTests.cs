using System.Globalization;
using System.Text;
using Tanlu.Factors;
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

/// <summary>What an edition would move is what correcting the same activities does move; frozen months stay.</summary>
public sealed class LibraryEffectTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task The_effect_is_what_calculating_again_gives_and_frozen_months_stay(Dialect engine)
    {
        await using var inventory = await InventoryBook.Open(engine);
        var book = inventory.Book;
        await inventory.Import(
            Rows.Power("S1", 3, 100_000), Rows.Power("S1", 9, 250_000), Rows.Power("S2", 9, 1000, source: "Other"), Rows.Diesel("S2", 9, 12),
            "S3,Meter,electricity.grid,2023-06-16,2023-07-15,30000,kWh,CN-GD,measured,,,");
        await inventory.Editions.Freeze(
            book.Caller, new NewEdition("half", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2023, 7), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true), Ct).Done();
        var pack = (await book.Packs.Import(book.Caller, Grid("0.9"), "grid.csv", Ct).Done()).Pack;
        var before = (await inventory.Build(InventoryBook.Year())).Statement.AllScopes.Tonnes;
        var effect = await Effects(inventory).Of(book.Caller, pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Done();
        var known = (await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Find("cn-grid:grid.CN-GD@2023")!.Components[0].Value;

        // March and the June half of the long row are frozen; diesel is not concerned.
        Assert.Equal(2, effect.Frozen);
        Assert.Equal([(2023, 9, 250_000.0), (2023, 7, 15_000.0), (2023, 9, 1000.0)], effect.Rows.Select(r => (r.Month.Year, r.Month.Number % 12 + 1, Math.Round(r.AfterKg / 0.9, 6))));
        Assert.All(effect.Rows, r => Assert.Equal(r.AfterKg / 0.9 * known, r.PostedKg, 6));
        Assert.All(effect.Rows, r => Assert.Equal((0.9 - known) / known * 100, r.Percent!.Value, 9));
        Assert.Equal(before, (await inventory.Build(InventoryBook.Year())).Statement.AllScopes.Tonnes);

        // The same activities corrected with their own values move by exactly that.
        await book.Packs.Serve(book.Caller, pack.Id, "looked at", Ct).Done();
        foreach (var activity in (await book.Activities()).Where(a => a.Period.Start.Month == 9 && a.CorrectedBy is null && a.Code == "electricity.grid"))
        {
            await book.Journal.Correct(book.Caller, activity.Id, await book.Journal.Values(book.Caller, activity.Id, Ct).Done(), "new edition of the grid factors", Ct).Done();
        }

        var moved = (await inventory.Build(InventoryBook.Year())).Statement.AllScopes.Tonnes - before;
        Assert.Equal(effect.Rows.Where(r => r.Month == Month.Of(2023, 9)).Sum(r => r.ChangeKg) / 1000, moved, 8);

        // An edition that serves is looked at against the library without it: what was posted with it does not move any more.
        var again = await Effects(inventory).Of(book.Caller, pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Done();
        Assert.Equal(Month.Of(2023, 7), Assert.Single(again.Rows).Month);
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_caller_sees_the_effect_on_what_the_caller_sees(Dialect engine)
    {
        await using var inventory = await InventoryBook.Open(engine);
        var book = inventory.Book;
        await inventory.Import(Rows.Power("S1", 3, 100_000), Rows.Power("S3", 3, 100_000));
        var pack = (await book.Packs.Import(book.Caller, Grid("0.9"), "grid.csv", Ct).Done()).Pack;
        Assert.Equal(2, (await Effects(inventory).Of(book.Caller, pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Done()).Rows.Count);
        Assert.Single((await Effects(inventory).Of(book.Estate.At(book.Estate.C), pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Done()).Rows);
        var other = await book.Installation.Estate("other");
        await Effects(inventory).Of(other.System, pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Refused("not_found");
    }

    [Theory]
    [EngineData]
    public async Task Many_activities_are_looked_at_in_seconds(Dialect engine)
    {
        await using var inventory = await InventoryBook.Open(engine);
        var book = inventory.Book;
        var csv = new StringBuilder(Rows.Header);
        for (var row = 0; row < 60_000; row++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{(row % 2 == 0 ? "S1" : "S2")},M{row % 200},electricity.grid,2023-{(row % 12) + 1:00}-01,2023-{(row % 12) + 1:00}-28,{row + 1},kWh,CN-GD,measured,,,\n");
        }

        await book.Import(csv.ToString()).Done();
        var pack = (await book.Packs.Import(book.Caller, Grid("0.9"), "grid.csv", Ct).Done()).Pack;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var effect = await Effects(inventory).Of(book.Caller, pack.Id, GwpSet.Ar6, Route.GhgProtocol, Ct).Done();
        var seconds = System.Diagnostics.Stopwatch.GetElapsedTime(started).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage($"60 000 activities on {engine}: {seconds:F2} s");
        Assert.Equal(0.9 * 60_000 * 60_001 / 2, effect.AfterKg, 1.0);
        Assert.True(seconds < 20, $"{seconds:F1} s");
    }

    private static LibraryEffects Effects(InventoryBook inventory) => new(
        inventory.Book.Db, inventory.Book.Packs, new ActivityQuantities(inventory.Book.Db), inventory.Pinned, inventory.Book.Installation.Tree, inventory.Book.Journal);

    private static MemoryStream Grid(string value) => new(Encoding.UTF8.GetBytes($"""
        # pack: cn-grid
        # version: 2023.2
        # name_en: Grid, corrected
        # publisher: Test
        # licence: CC0-1.0
        series,version,valid_from,valid_to,activity,role,geography,name_en,name_zh,components,source,mark
        grid.CN-GD,2023,2023-01-01,2024-01-01,electricity.grid,main,CN-GD,Guangdong,广东,co2={value} kg/kWh,Test,V

        """));
}

/// <summary>Licence and attribution of every pack stand beside the figures that rest on it.</summary>
public sealed class PackUseTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task A_statement_names_its_packs_and_says_what_rests_on_share_alike_data(Dialect engine)
    {
        await using var inventory = await InventoryBook.Open(engine);
        var book = inventory.Book;
        await inventory.Import(Rows.Power("S1", 3, 100_000));
        await book.Packs.Import(book.Caller, new MemoryStream(Encoding.UTF8.GetBytes("""
            # pack: open
            # version: 1
            # name_en: Open data
            # name_zh: 开放数据
            # publisher: Somebody
            # licence: CC-BY-SA-4.0
            # licence_url: https://creativecommons.org/licenses/by-sa/4.0/
            # attribution: Somebody, 2023
            # share_alike: 1
            series,version,valid_from,activity,role,geography,name_en,components,source,mark
            van,2023,2023-01-01,,named,CN,Van,co2=0.2 kg/km,Test,V

            """)), "open.csv", Ct, serve: true).Done();
        await book.Import("site,source,activity,start,end,quantity,unit,region,factor,scope\nS2,Vans,,2023-05-01,2023-05-31,1000,km,CN,open:van,1\n").Done();
        var statement = (await inventory.Build(InventoryBook.Year())).Statement;
        var uses = await inventory.Statements.Packs(book.Caller, statement, Ct).Done();
        Assert.Equal(["cn-grid", "open"], uses.Select(u => u.Pack.Code));
        Assert.Equal(1, uses.Sum(u => u.Share), 9);
        Assert.Equal(200, PackUse.ShareAlike(uses).Kilograms, 6);
        Assert.Equal("开放数据 (open 1) · Somebody · CC-BY-SA-4.0 https://creativecommons.org/licenses/by-sa/4.0/ · Somebody, 2023", uses[1].Line(Language.Chinese));
        Assert.True(uses[1].Pack.Redistributable);

        // Switched off, it finds nothing any more; the figures stay and go on naming it.
        await book.Packs.Switch(book.Caller, "open", on: false, "the report is not share-alike", Ct).Done();
        Assert.False((await book.Import("site,source,activity,start,end,quantity,unit,region,factor,scope\nS2,Vans,,2023-06-01,2023-06-30,1000,km,CN,open:van,1\n")).Ok);
        Assert.Equal(2, (await inventory.Statements.Packs(book.Caller, (await inventory.Build(InventoryBook.Year())).Statement, Ct).Done()).Count);
        await inventory.Statements.Packs(book.Caller with { Role = Role.Device }, statement, Ct).Refused("not_permitted");
    }
}
