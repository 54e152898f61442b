using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Numerics;
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
        var result = (await Of(room).Of(room.System, new ResultRequest(furnace.Id), Ct)).Value;
        Assert.Equal(DataRight.Sealed, result.Rights);
        Assert.Equal([SamplePackage.PowerPlant, SamplePackage.Furnace], result.SealedProcesses());
    }

    [Theory, EngineData]
    public async Task The_uncertainty_of_a_process_is_that_of_its_emission_and_one_s_own_copy_has_the_same_samples(Dialect engine)
    {
        // Steel needs electricity; only the power plant's emission is uncertain, so the deviation is the electricity times that of the emission.
        await using var room = await LibraryRoom.Open(engine);
        var calculations = Of(room);
        var library = await room.Keep(Uncertain(new Distribution(DistributionKind.Normal, 0.9, 0.09)));
        var furnace = await Furnace(room, library);
        var drawn = (await calculations.Uncertainty(room.System, new ResultRequest(furnace.Id), 4000, 7, Ct)).Value;
        var summary = drawn.Figures[0].Summary;
        var electricity = 0.5 / (1 - (0.5 * 0.001));
        Assert.Equal(0.09 * electricity, summary.StandardDeviation, 0.05 * 0.09 * electricity);
        Assert.Equal(drawn.Result.Impacts.Values[0], summary.Certain, 1e-12);
        Assert.Equal(MeanShift.None, summary.Reason);
        Assert.InRange((summary.Upper - summary.Lower) / summary.StandardDeviation, 3.7, 4.15);
        Assert.Equal((UncertainScope.Whole, 1, 0), (drawn.Scope, drawn.Sources, drawn.NotConverged));
        var share = Assert.Single(drawn.Largest(0).Value);
        Assert.Equal(("electricity production, hard coal", 3, "Carbon dioxide, fossil"), (share.Source.Process, share.Source.Exchange!.Value, share.Source.Name));
        Assert.Equal(1, share.Share, 1e-12);
        var again = (await calculations.Uncertainty(room.System, new ResultRequest(furnace.Id), 4000, 7, Ct)).Value;
        Assert.Equal(drawn.Samples.Of(0, 0).ToArray(), again.Samples.Of(0, 0).ToArray());

        // The background behind a copy in one's own library is drawn from the same streams.
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var copy = (await room.Edits.Copy(room.System, furnace.Id, null, own.Id, "our steel", Ct)).Value;
        var ours = (await calculations.Uncertainty(room.System, new ResultRequest(copy.Row.Id), 4000, 7, Ct)).Value;
        Assert.NotNull(ours.Result.Foreground);
        Assert.Equal(UncertainScope.Whole, ours.Scope);
        Assert.Equal(summary.StandardDeviation, ours.Figures[0].Summary.StandardDeviation, 1e-9);
        Assert.Equal(summary.Mean, ours.Figures[0].Summary.Mean, 1e-9);
    }

    [Theory, EngineData]
    public async Task A_skewed_amount_moves_the_mean_and_a_certain_process_is_refused_with_what_is_missing(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var calculations = Of(room);
        var skewed = await Furnace(room, await room.Keep(Uncertain(new Distribution(DistributionKind.Lognormal, 0.9, 0.5))));
        var summary = (await calculations.Uncertainty(room.System, new ResultRequest(skewed.Id), 4000, 1, Ct)).Value.Figures[0].Summary;
        Assert.Equal(MeanShift.SkewedInputs, summary.Reason);
        Assert.Equal(summary.Certain + (0.5 / 0.9995 * 0.9 * (Math.Exp(0.125) - 1)), summary.Mean, 4 * summary.StandardError);

        var other = (await room.Installation.Estate("Certain")).System;
        var certain = (await room.Processes.Search(other, new ProcessSearch(Library: (await room.Keep(SamplePackage.Make(), caller: other)).Id), Ct)).Value.Processes.First(p => p.Uid == SamplePackage.Furnace);
        var missing = (await calculations.Uncertainty(other, new ResultRequest(certain.Id), 100, 1, Ct)).Problems[0];
        Assert.Equal(("nothing_uncertain", "2 6 0"), (missing.Code, string.Join(' ', missing.Args)));
        Assert.Equal("samples_range", (await calculations.Uncertainty(other, new ResultRequest(certain.Id), 10_001, 1, Ct)).Problems[0].Code);
        Assert.Equal("pedigree_set_unknown", (await calculations.Uncertainty(other, new ResultRequest(certain.Id), 100, 1, Ct, "x")).Problems[0].Code);
        Assert.Equal("not_found", (await calculations.Uncertainty(other, new ResultRequest(skewed.Id), 100, 1, Ct)).Problems[0].Code);
    }

    private static async Task<ProcessRow> Furnace(LibraryRoom room, Library library) =>
        (await room.Processes.Search(room.System, new ProcessSearch(Library: library.Id), Ct)).Value.Processes.First(p => p.Uid == SamplePackage.Furnace);

    private static DatasetPackage Uncertain(Distribution emission)
    {
        var package = SamplePackage.Make();
        return package with
        {
            Processes =
            [
                .. package.Processes.Select(p => p.Id != SamplePackage.PowerPlant ? p : p with { Exchanges = [.. p.Exchanges.Select(e => e.Number == 3 ? e with { Uncertainty = emission } : e)] }),
            ],
        };
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
