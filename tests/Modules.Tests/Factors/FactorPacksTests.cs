using System.Text;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Factors;

/// <summary>A pack that was imported serves after a restart, for its tenant alone, and every edition that a figure rests on stays.</summary>
public sealed class FactorPacksTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task An_edition_serves_after_a_restart_and_the_one_it_replaces_still_explains(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Packs.KeepBuiltIn(Ct);
        await book.Packs.KeepBuiltIn(Ct);
        await Import(book, "1", "0.5").Done();
        var form = new NewActivity(new Dictionary<ActivityField, string>(Rows.Form("S1", "", "1000", "kg", source: "Stove").Values) { [ActivityField.Factor] = "own:peat", [ActivityField.Scope] = "1" });
        var old = await book.Journal.Record(book.Caller, form, "", null, Ct).Done();
        await Import(book, "1", "0.5").Refused("pack_known");
        await Import(book, "2", "0.7").Done();
        var renewed = await book.Journal.Record(book.Caller, form, "", null, Ct).Done();

        var restarted = new FactorPacks(book.Db, book.Installation.Store.Blobs, book.Installation.Audit, book.Installation.Store.Clock);
        var journal = new Journal(book.Db, restarted, book.Installation.Tree, book.Installation.Audit, book.Installation.Store.Clock);
        Assert.Equal(500, (await journal.Explain(book.Caller, old, GwpSet.Ar6, Route.Both, Ct).Done()).Tree.Value, 9);
        Assert.Equal(700, (await journal.Explain(book.Caller, renewed, GwpSet.Ar6, Route.Both, Ct).Done()).Tree.Value, 9);
        var packs = await restarted.List(book.Caller, Ct).Done();
        Assert.Equal(["2", "1"], packs.Where(p => p.Code == "own").Select(p => p.Version));
        Assert.Equal(FactorLibrary.BuiltIn.Packs.Count(), packs.Count(p => p.Tenant == 0));
    }

    [Theory]
    [EngineData]
    public async Task A_pack_is_its_tenants_alone_and_needs_the_right(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var other = await book.Installation.Estate("other");
        await Import(book, "1", "0.5").Done();
        Assert.NotNull((await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Find("own:peat@2023"));
        Assert.Null((await book.Packs.LibraryFor(other.Tenant.Id, Ct)).Find("own:peat@2023"));
        var pins = (await book.Packs.LibraryFor(book.Caller.Tenant, Ct)).Packs.Select(p => new PackPin(p.Code, p.Hash)).ToList();
        Assert.True((await book.Packs.LibraryOf(book.Caller.Tenant, pins, Ct)).Ok);
        await book.Packs.LibraryOf(other.Tenant.Id, pins, Ct).Refused("pack_not_kept");
        Assert.DoesNotContain(await book.Packs.List(other.System, Ct).Done(), p => p.Code == "own");
        foreach (var caller in (Caller[])[book.Estate.At(book.Estate.C), book.Caller with { Role = Role.DataSteward }, book.Caller with { Role = Role.Viewer }])
        {
            await book.Packs.Import(caller, Pack("3", "1"), "p.csv", Ct).Refused("not_permitted");
        }
    }

    [Theory]
    [EngineData]
    public async Task Refused_rows_stay_with_their_reason(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var bad = Encoding.UTF8.GetString(Pack("1", "0.5").ToArray()) + "coal,2023,2023-01-01,,named,CN-XX,Coal,煤,co2=1 kg/kg,Test,V\n";
        var import = await book.Packs.Import(book.Caller, new MemoryStream(Encoding.UTF8.GetBytes(bad)), "own.csv", Ct).Done();
        Assert.Equal(1, import.Pack.Versions);
        var kept = Assert.Single(await book.Packs.Quarantine(book.Caller, import.Pack.Id, Ct).Done());
        Assert.Equal((import.Quarantine[0].Code, import.Quarantine[0].Row, "CN-XX"), (kept.Code, kept.Row, kept.Found));
        Assert.False((await book.Packs.Import(book.Caller, new MemoryStream("nothing"u8.ToArray()), "x.csv", Ct)).Ok);
    }

    private static Task<Outcome<PackImport>> Import(Book book, string version, string co2) => book.Packs.Import(book.Caller, Pack(version, co2), "own.csv", Ct, serve: true);

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
