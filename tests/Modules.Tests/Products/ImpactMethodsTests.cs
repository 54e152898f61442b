using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

public sealed class ImpactMethodsTests
{
    private const string Table =
        """
        Method,Indicator,Indicator unit,Flow name,Compartment,Flow unit,CF
        Own GWP,GWP,kg CO2 eq,Methane,air,kg,28
        Own GWP,GWP,kg CO2 eq,"Carbon dioxide, fossil",air,kg,1
        Own GWP,GWP,kg CO2 eq,Methane,air,kg,30
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_file_becomes_a_method_whose_versions_never_change(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var imported = await room.Import(Table).Done();
        var row = Assert.Single(imported.Methods);
        Assert.Equal(("Own GWP", 1, 1, 2, 1, false), (row.Name, row.Version, row.Indicators, row.Factors, row.Repeated, row.Own));
        var first = await room.Methods.Get(room.System, row.Key, null, Ct).Done();
        Assert.Equal([28.0, 1], first.Method.Indicators[0].Factors.Select(f => f.Value));
        Assert.Equal(new RepeatedFactor("GWP", "Methane (air)", "", 28, 30), Assert.Single(first.Repeated));
        await room.Import(Table).Refused("method_known");

        var again = Assert.Single((await room.Import(Table.Replace(",28", ",27", StringComparison.Ordinal)).Done()).Methods);
        Assert.Equal((row.Id, 2), (again.Id, again.Version));
        Assert.NotEqual(row.Hash, again.Hash);
        Assert.Equal(first.Method.Indicators[0].Factors[0].Value, (await room.Methods.Get(room.System, row.Key, 1, Ct).Done()).Method.Indicators[0].Factors[0].Value);
        Assert.Equal([2, 1], (await room.Methods.History(room.System, row.Key, Ct).Done()).Select(v => v.Version));
        Assert.Equal(again, Assert.Single(await room.Methods.List(room.System, Ct).Done(), m => !m.BuiltIn));
        await room.Methods.Edit(room.System, row.Id!.Value, 2, first.Method, "", Ct).Refused("method_read_only");
    }

    [Theory, EngineData]
    public async Task What_is_listed_twice_is_decided_at_the_door(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        await room.Import(Table, new MethodOptions(Repeats: RepeatRule.Refuse)).Refused("method_factor_twice");
        Assert.DoesNotContain(await room.Methods.List(room.System, Ct).Done(), m => !m.BuiltIn);
        var last = Assert.Single((await room.Import(Table, new MethodOptions(Repeats: RepeatRule.Last)).Done()).Methods);
        Assert.Equal(30, (await room.Methods.Get(room.System, last.Key, null, Ct).Done()).Method.Indicators[0].Factors[0].Value);
    }

    [Theory, EngineData]
    public async Task A_copy_is_edited_version_by_version(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var copy = await room.Methods.Copy(room.System, "ipcc_ar6_zero", null, "GWP of our own", "to try", Ct).Done();
        Assert.Equal(("GWP of our own", true, ("ipcc_ar6_zero", 1), 4), (copy.Row.Name, copy.Row.Own, copy.Row.From, copy.Row.Indicators));
        Assert.Equal((await room.Methods.Get(room.System, "ipcc_ar6_zero", null, Ct).Done()).Method.Indicators[0].Factors.Select(f => f.Value), copy.Method.Indicators[0].Factors.Select(f => f.Value));

        var changed = copy.Method with { Indicators = [.. copy.Method.Indicators.Take(1)], Sets = [new NormalisationWeighting("own", "Own", "Pt", [new IndicatorWeight(copy.Method.Indicators[0].Id, 7550, 1)])] };
        var edited = await room.Methods.Edit(room.System, copy.Row.Id!.Value, 1, changed, "only the total", Ct).Done();
        Assert.Equal((2, 1, 1, copy.Row.From), (edited.Row.Version, edited.Row.Indicators, edited.Row.Sets, edited.Row.From));
        Assert.Equal("own", Assert.Single(edited.Method.Sets).Id);
        await room.Methods.Edit(room.System, copy.Row.Id!.Value, 1, changed, "", Ct).Refused("method_changed");
        Assert.Equal(2, (await room.Methods.Edit(room.System, copy.Row.Id!.Value, 2, changed, "nothing", Ct).Done()).Row.Version);

        await room.Methods.Edit(room.System, copy.Row.Id!.Value, 2, changed with { Indicators = [] }, "", Ct).Refused("method_indicators");
        await room.Methods.Edit(room.System, copy.Row.Id!.Value, 2, changed with { Sets = [new NormalisationWeighting("s", "s", "Pt", [new IndicatorWeight("none", 1, 1)])] }, "", Ct).Refused("method_set_indicator");
        Assert.True((await room.Methods.Retire(room.System, copy.Row.Id!.Value, "no longer needed", Ct).Done()).Retired);
        await room.Methods.Edit(room.System, copy.Row.Id!.Value, 2, changed, "", Ct).Refused("method_read_only");
        Assert.Equal(4, (await room.Methods.Get(room.System, copy.Row.Key, 1, Ct).Done()).Method.Indicators.Count);

        var log = (await room.Inner.Installation.Audit.List(room.System, null, 50, Ct).Done()).Entries.Select(e => e.Verb).Where(v => v.StartsWith("method.", StringComparison.Ordinal));
        Assert.Equal(["method.retire", "method.edit", "method.copy"], log);
    }

    [Theory, EngineData]
    public async Task Nobody_sees_the_methods_of_another_tenant(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var row = Assert.Single((await room.Import(Table).Done()).Methods);
        var mapping = await room.ImportMapping().Done();
        var other = (await room.Inner.Installation.Estate("Other")).System;

        await room.Methods.Get(other, row.Key, null, Ct).Refused("not_found");
        await room.Methods.Get(other, row.Key, 1, Ct).Refused("not_found");
        await room.Methods.History(other, row.Key, Ct).Refused("not_found");
        await room.Methods.Factors(other, row.Key, null, null, null, DataWay.Work, 0, 10, Ct).Refused("not_found");
        await room.Methods.Copy(other, row.Key, null, null, "", Ct).Refused("not_found");
        await room.Methods.Edit(other, row.Id!.Value, 1, ClimateMethods.Of(GwpSet.Ar6, BiogenicConvention.Zero), "", Ct).Refused("not_found");
        await room.Methods.Retire(other, row.Id!.Value, "x", Ct).Refused("not_found");
        await room.Mappings.Get(other, mapping.Id, Ct).Refused("not_found");
        Assert.Empty((await room.Mappings.List(other, Ct).Done()));
        Assert.All(await room.Methods.List(other, Ct).Done(), m => Assert.True(m.BuiltIn));

        // The same file is theirs as well, once they have imported it.
        Assert.NotEqual(row.Id, Assert.Single((await room.Methods.Import(other, new MemoryStream(Encoding.UTF8.GetBytes(Table)), "own.csv", new MethodOptions(), Ct).Done()).Methods).Id);
    }

    [Theory, EngineData]
    public async Task Factors_of_a_licensed_method_are_for_work_only(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var row = Assert.Single((await room.Import(Table, new MethodOptions(DataRight.Licensed)).Done()).Methods);

        Assert.Equal(2, (await room.Methods.Factors(room.System, row.Key, null, null, null, DataWay.Work, 0, 10, Ct).Done()).Total);
        await room.Methods.Factors(room.System, row.Key, null, null, null, DataWay.Leave, 0, 10, Ct).Refused("method_sealed");
        var copy = await room.Methods.Copy(room.System, row.Key, null, null, "", Ct).Done();
        Assert.Equal(DataRight.Licensed, copy.Row.Rights);
        await room.Methods.Factors(room.System, copy.Row.Key, null, null, null, DataWay.Leave, 0, 10, Ct).Refused("method_sealed");
    }

    [Fact]
    public async Task Factors_are_found_by_indicator_and_words_and_paged()
    {
        await using var room = await MethodRoom.Open(Dialect.Sqlite);
        var all = await room.Methods.Factors(room.System, "ipcc_ar6_zero", null, "GWP-fossil", null, DataWay.Leave, 0, 5, Ct).Done();
        Assert.Equal((5, 5), (all.Factors.Count, all.Next));
        var methane = await room.Methods.Factors(room.System, "ipcc_ar6_zero", 1, "GWP-total", "METHANE, fossil", DataWay.Leave, 0, 5, Ct).Done();
        Assert.Equal([29.8, 27], methane.Factors.Select(f => f.Value));
        await room.Methods.Factors(room.System, "ipcc_ar6_zero", 2, null, null, DataWay.Leave, 0, 5, Ct).Refused("not_found");
    }

    [Theory, EngineData]
    public async Task Coverage_of_a_library_shows_what_a_mapping_gains(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var sample = SamplePackage.Make();
        var library = await room.Inner.Keep(sample with
        {
            Flows = [.. sample.Flows, new FlowDataset { Id = "3f6a1c52-0c0b-4d0e-9f2f-0000000000aa", Name = "Grubengas", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air" }],
        });
        var mapping = await room.ImportMapping().Done();

        var before = await room.Methods.Coverage(room.System, "ipcc_ar6_zero", null, library.Id, null, 10, Ct).Done();
        Assert.Equal((2, 1, 1), (before.Flows, before.Known, before.BeforeMapping));
        Assert.Equal(("Grubengas", FlowGap.NotInMethod, 0), (before.Missing[0].Name, before.Missing[0].Gap, before.Missing[0].Uses));

        var after = await room.Methods.Coverage(room.System, "ipcc_ar6_zero", null, library.Id, mapping.Id, 10, Ct).Done();
        Assert.Equal((2, 2, 1), (after.Flows, after.Known, after.BeforeMapping));
        Assert.Equal((1, 0), (after.Steps[FlowMatch.Mapping], after.StepsBeforeMapping.GetValueOrDefault(FlowMatch.Mapping)));
        Assert.Empty(after.Missing);
        await room.Methods.Coverage(room.System, "ipcc_ar6_zero", null, 424242, null, 10, Ct).Refused("not_found");
        await room.Methods.Coverage(room.System, "ipcc_ar6_zero", null, library.Id, 424242, 10, Ct).Refused("not_found");
    }

    [Theory, EngineData]
    public async Task A_mapping_table_is_versioned(Dialect engine)
    {
        await using var room = await MethodRoom.Open(engine);
        var first = await room.ImportMapping().Done();
        Assert.Equal(("map", 1, 1, "ours", "ipcc"), (first.Name, first.Version, first.Flows, first.Sources, first.Targets));
        await room.ImportMapping().Refused("mapping_known");
        var second = await room.ImportMapping("2").Done();
        Assert.Equal(2, second.Version);
        Assert.Equal(2, (await room.Mappings.Get(room.System, second.Id, Ct).Done()).Mappings[0].Factor);
        Assert.Equal(1, (await room.Mappings.Get(room.System, first.Id, Ct).Done()).Mappings[0].Factor);
        Assert.Equal([second.Id, first.Id], (await room.Mappings.List(room.System, Ct).Done()).Select(m => m.Id));
        await room.Mappings.Import(room.System, new MemoryStream(Encoding.UTF8.GetBytes(Table)), "x.csv", null, DataRight.Open, Ct).Refused("mapping_none");
        await room.Methods.Import(room.System, new MemoryStream(Encoding.UTF8.GetBytes(MethodRoom.Mapping("1"))), "x.csv", new MethodOptions(), Ct).Refused("method_none");
    }

    [Fact]
    public void The_hash_is_of_what_decides_results()
    {
        var method = ClimateMethods.Of(GwpSet.Ar6, BiogenicConvention.Zero);
        var reordered = method with { Indicators = [.. method.Indicators.Select(i => i with { Factors = [.. i.Factors.Reverse()] })] };
        Assert.Equal(MethodHash.Of(method), MethodHash.Of(reordered));
        Assert.Equal(MethodHash.Of(method), MethodHash.Of(MethodDocument.Of(method, []).Method()));
        Assert.Equal(8, ClimateMethods.All.Select(m => MethodHash.Of(m)).Distinct().Count());
        var weighted = method with { Sets = [new NormalisationWeighting("s", "s", "Pt", [new IndicatorWeight(method.Indicators[0].Id, 1, 1)])] };
        Assert.NotEqual(MethodHash.Of(method), MethodHash.Of(weighted));
        Assert.NotEqual(MethodHash.Of(weighted), MethodHash.Of(weighted with { Sets = [weighted.Sets[0] with { Indicators = [new IndicatorWeight(method.Indicators[0].Id, 2, 1)] }] }));
    }
}

/// <summary>The verbs over methods beside those over libraries.</summary>
internal sealed class MethodRoom : IAsyncDisposable
{
    private MethodRoom(LibraryRoom inner)
    {
        Inner = inner;
        var shelf = new MethodShelf(inner.Db);
        Methods = new ImpactMethods(inner.Db, inner.Installation.Store.Blobs, inner.Installation.Audit, shelf, inner.Installation.Store.Clock);
        Mappings = new FlowMappings(inner.Db, inner.Installation.Store.Blobs, inner.Installation.Audit, shelf, inner.Installation.Store.Clock);
    }

    public LibraryRoom Inner { get; }

    public ImpactMethods Methods { get; }

    public FlowMappings Mappings { get; }

    public Caller System => Inner.System;

    public static async Task<MethodRoom> Open(Dialect engine) => new(await LibraryRoom.Open(engine));

    public static string Mapping(string factor) =>
        $"SourceListName,SourceFlowName,SourceFlowContext,SourceUnit,ConversionFactor,TargetListName,TargetFlowName,TargetFlowContext,TargetUnit\nours,Grubengas,air,kg,{factor},ipcc,\"Methane, fossil\",air,kg\n";

    public Task<Outcome<ImportedMethods>> Import(string table, MethodOptions? options = null) =>
        Methods.Import(System, new MemoryStream(Encoding.UTF8.GetBytes(table)), "own.csv", options ?? new MethodOptions(), TestContext.Current.CancellationToken);

    public Task<Outcome<MappingRow>> ImportMapping(string factor = "1") =>
        Mappings.Import(System, new MemoryStream(Encoding.UTF8.GetBytes(Mapping(factor))), "map.csv", null, DataRight.Open, TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
