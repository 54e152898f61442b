using System.Text;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Inventory;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>An edition waits until somebody who may has looked at it; serving it moves no figure.</summary>
public sealed class PackStateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task An_edition_waits_serves_is_replaced_and_comes_back(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var first = (await Import(book, "1", "0.5").Done()).Pack;
        Assert.Equal(PackState.Waiting, first.State);
        Assert.Null((await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Find("own:peat@2023"));
        Assert.Equal(PackState.Serving, (await book.Packs.Serve(book.Caller, first.Id, "", Ct).Done()).State);
        Assert.Equal(0.5, await Value(book));

        var second = (await Import(book, "2", "0.7").Done()).Pack;
        Assert.Equal(0.5, await Value(book));
        var diff = (await book.Packs.Review(book.Caller, second.Id, Ct).Done()).Diff;
        Assert.Equal("1", Assert.Single(diff.Replaces).Version);
        Assert.Equal(40, Assert.Single(diff.Changes).Percent!.Value, 9);
        await book.Packs.Serve(book.Caller, second.Id, "", Ct).Done();
        Assert.Equal(0.7, await Value(book));
        Assert.Equal([PackState.Serving, PackState.Replaced], await States(book));

        await book.Packs.Reject(book.Caller, second.Id, " ", Ct).Refused("pack_reason_needed");
        await book.Packs.Reject(book.Caller, second.Id, "the unit is wrong", Ct).Done();
        Assert.Equal(0.5, await Value(book));
        Assert.Equal([PackState.Rejected, PackState.Serving], await States(book));
        await book.Packs.Reject(book.Caller, second.Id, "again", Ct).Refused("pack_rejected");

        // An earlier edition that is served again is the later decision.
        await book.Packs.Serve(book.Caller, second.Id, "", Ct).Done();
        await book.Packs.Serve(book.Caller, first.Id, "back", Ct).Done();
        Assert.Equal(0.5, await Value(book));
        Assert.Equal("back", (await book.Packs.List(book.Caller, Ct).Done()).Single(p => p.Id == first.Id).Decision!.Reason);
        var restarted = new FactorPacks(book.Db, book.Installation.Store.Blobs, book.Installation.Audit, book.Installation.Store.Clock);
        Assert.Equal(0.5, (await restarted.LibraryFor(book.Caller.Tenant, Ct)).Find("own:peat@2023")!.Components[0].Value);
    }

    [Theory]
    [EngineData]
    public async Task Deciding_needs_the_right_and_with_four_eyes_another_person(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var manager = book.Caller with { Person = 7, Name = "Manager", Role = Role.CarbonManager };
        var approver = book.Caller with { Person = 8, Name = "Approver", Role = Role.Approver };
        var pack = (await book.Packs.Import(manager, Pack("1", "0.5"), "own.csv", Ct).Done()).Pack;
        foreach (var caller in (Caller[])[book.Caller with { Role = Role.Viewer }, book.Caller with { Role = Role.DataSteward }, book.Estate.At(book.Estate.C)])
        {
            await book.Packs.Serve(caller, pack.Id, "", Ct).Refused("not_permitted");
            await book.Packs.Reject(caller, pack.Id, "x", Ct).Refused("not_permitted");
            await book.Packs.Switch(caller, "cn-grid", on: false, "x", Ct).Refused("not_permitted");
            await book.Packs.SetFourEyes(caller, on: true, Ct).Refused("not_permitted");
        }

        var other = await book.Installation.Estate("other");
        await book.Packs.Serve(other.System, pack.Id, "", Ct).Refused("not_found");
        await book.Packs.Review(other.System, pack.Id, Ct).Refused("not_found");
        await book.Packs.Export(other.System, pack.Id, Ct).Refused("not_found");
        await book.Packs.SetFourEyes(book.Caller, on: true, Ct).Done();
        await book.Packs.Serve(manager, pack.Id, "", Ct).Refused("pack_four_eyes");
        await book.Packs.Import(manager, Pack("2", "0.6"), "own.csv", Ct, serve: true).Refused("pack_four_eyes");
        Assert.Equal("Approver", (await book.Packs.Serve(approver, pack.Id, "", Ct).Done()).Decision!.ByName);
        var verbs = (await book.Installation.Audit.List(book.Caller, null, 50, Ct).Done()).Entries.Select(e => e.Verb).ToList();
        Assert.Contains("factors.serve", verbs);
        Assert.Contains("factors.four_eyes", verbs);
    }

    [Theory]
    [EngineData]
    public async Task A_pack_switched_off_finds_nothing_and_is_there_again(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Packs.Switch(book.Caller, "cn-grid", on: false, "", Ct).Refused("pack_reason_needed");
        await book.Packs.Switch(book.Caller, "none", on: false, "x", Ct).Refused("not_found");
        await book.Packs.Switch(book.Caller, "cn-grid", on: false, "a test", Ct).Done();
        Assert.False((await book.Import(Rows.Csv(Rows.Power("S1", 3, 1000)))).Ok);
        await book.Packs.Switch(book.Caller, "cn-grid", on: true, "", Ct).Done();
        Assert.True((await book.Import(Rows.Csv(Rows.Power("S1", 3, 1000)))).Ok);
    }

    [Theory]
    [EngineData]
    public async Task Serving_an_edition_moves_no_figure_and_no_byte_of_an_edition(Dialect engine)
    {
        await using var inventory = await InventoryBook.Open(engine);
        var book = inventory.Book;
        await inventory.Import(Rows.Power("S1", 3, 100_000), Rows.Diesel("S2", 4, 12));
        var query = InventoryBook.Year();
        var frozen = (await inventory.Editions.Freeze(book.Caller, Draft, Ct).Done()).Number;
        var before = await Bytes();

        var pack = new MemoryStream(Encoding.UTF8.GetBytes("""
            # pack: cn-grid
            # version: 2023.2
            # name_en: Grid, corrected
            # publisher: Test
            # licence: CC0-1.0
            series,version,valid_from,valid_to,activity,role,geography,name_en,name_zh,components,source,mark
            grid.CN-GD,2023,2023-01-01,2024-01-01,electricity.grid,main,CN-GD,Guangdong,广东,co2=0.9 kg/kWh,Test,V

            """));
        await book.Packs.Import(book.Caller, pack, "grid.csv", Ct, serve: true).Done();
        Assert.Equal(before, await Bytes());
        Assert.Equal(0.9, (await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Find("cn-grid:grid.CN-GD@2023")!.Components[0].Value);

        async Task<string> Bytes()
        {
            var statement = (await inventory.Build(query)).Statement;
            var edition = await inventory.Editions.Get(book.Caller, frozen, Ct).Done();
            return string.Join('\n', statement.Entries.Select(e => $"{e.Site} {e.Source} {e.Month.Number} {e.Key} {e.Amounts} {e.Origin.FactorId} {e.Origin.Licence}").Order(StringComparer.Ordinal))
                + statement.AllScopes.Scaled + edition.Content + string.Join('\n', await book.Balances());
        }
    }

    private static NewEdition Draft => new(
        "2023", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true);

    private static async Task<double> Value(Book book) => (await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Find("own:peat@2023")!.Components[0].Value;

    private static async Task<IEnumerable<PackState>> States(Book book) => (await book.Packs.List(book.Caller, Ct).Done()).Where(p => p.Code == "own").Select(p => p.State);

    private static Task<Outcome<PackImport>> Import(Book book, string version, string co2) => book.Packs.Import(book.Caller, Pack(version, co2), "own.csv", Ct);

    private static MemoryStream Pack(string version, string co2) => new(Encoding.UTF8.GetBytes($"""
        # pack: own
        # version: {version}
        # name_en: Own factors
        # publisher: The works
        # licence: CC0-1.0
        series,version,valid_from,activity,role,geography,name_en,name_zh,components,source,mark
        peat,2023,2000-01-01,,named,CN,Peat,泥炭,co2={co2} kg/kg,Test,V

        """));
}
