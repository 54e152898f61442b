using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

/// <summary>From a stored process to its impacts, with what they rest on.</summary>
public sealed class CalculationsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_process_of_us_lci_has_the_impacts_of_its_system_and_a_copy_of_it_the_same(Dialect engine)
    {
        var path = OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip");
        await using var room = await LibraryRoom.Open(engine);
        await using (var file = File.OpenRead(path))
        {
            Assert.True((await room.Libraries.Import(room.System, file, "uslci.zip", new LibraryOptions("US LCI"), null, Ct)).Ok);
        }

        var calculations = Of(room);
        var cement = (await room.Processes.Search(room.System, new ProcessSearch("portland cement"), Ct)).Value.Processes.First(p => p.Name.StartsWith("Portland cement", StringComparison.Ordinal));
        var result = (await calculations.Of(room.System, new ResultRequest(cement.Id, 2, "t"), Ct)).Value;

        var loaded = (await room.Libraries.Load(room.System, [cement.Library], Ct)).Value[0];
        var prepared = SystemLinker.Link([loaded.Package], new LinkRules { StoredAmounts = true }).Value.Prepare().Value;
        var method = MethodMatcher.Match(result.Method.Method, [.. prepared.System.Flows.Select(f => f.Flow)]);
        var direct = prepared.Inventory(new ProductDemand(prepared.System.Find(cement.Uid, cement.ReferenceFlow)!.Value, 2000)).Value.Impacts(method).Value;
        Assert.Equal(direct.Values, result.Impacts.Values);
        Assert.Equal(direct.System.Hash, result.Certificate.SystemHash);
        Assert.InRange(result.Certificate.Solver.PrimalDual, 0, 1e-10);
        Assert.True(result.Impacts.Values[0] > 1000, "Two tonnes of cement cause more than a tonne of carbon dioxide.");
        Assert.Equal(cement.Id, result.NumberOf(cement.Uid));

        // A copy stands in the tenant's own library, on the same database as its background.
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var copy = (await room.Edits.Copy(room.System, cement.Id, null, own.Id, "our cement", Ct)).Value;
        var ours = (await calculations.Of(room.System, new ResultRequest(copy.Row.Id, 2, "t"), Ct)).Value;
        Assert.NotNull(ours.Foreground);
        Assert.All(result.Impacts.Values.Zip(ours.Impacts.Values), v => Assert.Equal(v.First, v.Second, Math.Abs(v.First) * 1e-10));
    }

    [Theory, EngineData]
    public async Task What_cannot_be_calculated_is_refused_in_words(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var calculations = Of(room);
        var library = await room.Keep(SamplePackage.Make());
        var furnace = (await room.Processes.Search(room.System, new ProcessSearch(Library: library.Id), Ct)).Value.Processes.First(p => p.Uid == SamplePackage.Furnace);
        Assert.Equal("demand_unit", await Refused(new ResultRequest(furnace.Id, 1, "kWh")));
        Assert.Equal("demand_not_finite", await Refused(new ResultRequest(furnace.Id, double.NaN)));
        Assert.Equal("not_found", await Refused(new ResultRequest(furnace.Id + 999)));
        Assert.Equal("not_found", await Refused(new ResultRequest(furnace.Id, Method: "999999")));
        Assert.Equal("not_found", await Refused(new ResultRequest(furnace.Id, Mapping: 999999)));
        Assert.Equal("not_found", await Refused(new ResultRequest(furnace.Id, Libraries: [999999])));

        var stranger = (await room.Installation.Estate("Other")).System;
        Assert.Equal("not_found", (await calculations.Of(stranger, new ResultRequest(furnace.Id), Ct)).Problems[0].Code);
        Assert.Equal("not_permitted", (await calculations.Of(room.System with { Role = Role.Device }, new ResultRequest(furnace.Id), Ct)).Problems[0].Code);

        async Task<string> Refused(ResultRequest request) => (await calculations.Of(room.System, request, Ct)).Problems[0].Code;
    }

    [Theory, EngineData]
    public async Task A_result_of_sealed_data_says_so(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make(), DataRight.Sealed);
        var furnace = (await room.Processes.Search(room.System, new ProcessSearch(Library: library.Id), Ct)).Value.Processes.First(p => p.Uid == SamplePackage.Furnace);
        Assert.Equal(DataRight.Sealed, (await Of(room).Of(room.System, new ResultRequest(furnace.Id), Ct)).Value.Rights);
    }

    private static Calculations Of(LibraryRoom room)
    {
        var (db, blobs, clock) = (room.Db, room.Installation.Store.Blobs, room.Installation.Store.Clock);
        var shelf = new MethodShelf(db);
        return new Calculations(
            room.Libraries, room.Processes, new PreparedSystems(room.Libraries), new ImpactMethods(db, blobs, room.Installation.Audit, shelf, clock),
            new FlowMappings(db, blobs, room.Installation.Audit, shelf, clock));
    }
}
