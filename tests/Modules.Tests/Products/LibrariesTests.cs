using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

public sealed class LibrariesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_package_becomes_a_library_that_is_found_again(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make());
        Assert.Equal((2, 3, 6L, LibraryState.Ready, "Sample", "CC0-1.0"), (library.Processes, library.Flows, library.Exchanges, library.State, library.Name, library.Licence));
        Assert.Equal(library, Assert.Single((await room.Libraries.List(room.System, Ct)).Value));
        Assert.Equal(library, (await room.Libraries.Get(room.System, library.Id, Ct)).Value);

        var found = (await room.Processes.Search(room.System, new ProcessSearch("furnace ELECTRIC"), Ct)).Value;
        var row = Assert.Single(found.Processes);
        Assert.Equal((SamplePackage.Furnace, 1, "RER", "steel, hot rolled", "kg", 1.0, 3), (row.Uid, row.Version, row.Location, row.ReferenceName, row.Unit, row.Amount, row.Exchanges));

        var process = (await room.Processes.Get(room.System, row.Id, null, Ct)).Value;
        Assert.Equivalent(SamplePackage.Make().Processes[1], process.Dataset, strict: true);
        Assert.Equal("Carbon dioxide, fossil", process.Flows[SamplePackage.Carbon].Name);
        Assert.Equal(process.Version, Assert.Single((await room.Processes.History(room.System, row.Id, Ct)).Value));
    }

    [Theory, EngineData]
    public async Task Search_goes_by_words_of_both_languages_place_category_and_kind_and_pages(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var sample = SamplePackage.Make();
        await room.Keep(sample with { Processes = [.. Enumerable.Range(0, 7).Select(i => sample.Processes[i % 2] with { Id = $"{i:x8}-0c0b-4d0e-9f2f-000000000011", Name = $"{sample.Processes[i % 2].Name} {i}" })] });
        async Task<string[]> Names(ProcessSearch search) => [.. (await room.Processes.Search(room.System, search, Ct)).Value.Processes.Select(p => p.Name[^1..])];

        Assert.Equal(["0", "2", "4", "6"], await Names(new ProcessSearch("电力 hard")));
        Assert.Equal(["1", "3", "5"], await Names(new ProcessSearch("钢 arc")));
        Assert.Equal(["1", "3", "5"], await Names(new ProcessSearch(Location: "rer")));
        Assert.Equal(["0", "2", "4", "6"], await Names(new ProcessSearch(Category: "energy")));
        Assert.Empty(await Names(new ProcessSearch(Kind: ProcessKind.SystemProcess)));
        Assert.Equal("not_found", (await room.Processes.Search(room.System, new ProcessSearch(Library: 424242), Ct)).Problems[0].Code);

        var pages = new List<string>();
        for (long? after = null; ;)
        {
            var page = (await room.Processes.Search(room.System, new ProcessSearch(After: after, Take: 3), Ct)).Value;
            Assert.Equal(7, page.Total);
            pages.AddRange(page.Processes.Select(p => p.Name[^1..]));
            if ((after = page.Next) is null)
            {
                break;
            }
        }

        Assert.Equal(["0", "2", "4", "6", "1", "3", "5"], pages);
    }

    [Theory, EngineData]
    public async Task Ids_of_a_file_become_the_same_uuids_whenever_it_comes(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var sample = SamplePackage.Make();
        var local = sample with
        {
            Flows = [.. sample.Flows.Select((f, i) => f with { Id = $"F{i}" })],
            Processes = [.. sample.Processes.Select((p, i) => p with { Id = $"P{i}", Exchanges = [.. p.Exchanges.Select(e => e with { FlowId = "F" + sample.Flows.ToList().FindIndex(f => f.Id == e.FlowId), ProviderId = e.ProviderId is null ? null : "P1" })] })],
        };
        await room.Keep(local);
        await room.Keep(local with { Version = "2" });
        await room.Keep(local with { Name = "Another" });
        var rows = (await room.Processes.Search(room.System, new ProcessSearch("furnace"), Ct)).Value.Processes;
        Assert.Equal(["P1", "P1", "P1"], rows.Select(r => r.SourceId));
        Assert.All(rows, r => Assert.True(LibraryIds.IsUuid(r.Uid)));
        Assert.Equal(2, rows.Select(r => r.Uid).Distinct().Count());
        var plant = (await room.Processes.Search(room.System, new ProcessSearch("coal"), Ct)).Value.Processes[0];
        var dataset = (await room.Processes.Get(room.System, plant.Id, null, Ct)).Value;
        Assert.Contains(dataset.Dataset.Exchanges[1].ProviderId, rows.Select(r => r.Uid));
        Assert.Equal(3, dataset.Flows.Count);
    }

    [Theory, EngineData]
    public async Task What_can_not_be_kept_is_refused_by_dataset_and_exchange_and_leaves_nothing(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var sample = SamplePackage.Make();
        var broken = sample with
        {
            Processes = [sample.Processes[0] with { Exchanges = [.. sample.Processes[0].Exchanges, new ProcessExchange { Number = 9, FlowId = "nowhere", Unit = "kg", Amount = double.NaN }] }],
        };
        var refused = await room.Libraries.Keep(room.System, broken, "x.zip", null, new LibraryOptions(), null, Ct);
        Assert.Equal(["library_exchange_flow", "library_exchange_amount"], refused.Problems.Select(p => p.Code));
        Assert.All(refused.Problems, p => Assert.Equal((9, "electricity production, hard coal"), (p.Row, p.Args[0])));
        Assert.Empty((await room.Libraries.List(room.System, Ct)).Value);

        var twice = sample with { Processes = [.. sample.Processes, sample.Processes[0], sample.Processes[1] with { Name = "other" }] };
        var kept = (await room.Libraries.Keep(room.System, twice, "x.zip", null, new LibraryOptions(), null, Ct)).Value;
        Assert.Equal((2, "library_dataset_twice"), (kept.Library.Processes, Assert.Single(kept.Notes).Code));
        Assert.Equal("library_dataset_twice", Assert.Single((await room.Libraries.Notes(room.System, kept.Library.Id, 0, 10, Ct)).Value.Notes).Code);
    }

    [Theory, EngineData]
    public async Task An_import_that_does_not_end_is_seen_by_nobody_and_taken_back(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        using var stop = new CancellationTokenSource();
        var sample = SamplePackage.Make();
        var many = sample with { Processes = [.. Enumerable.Range(0, 600).Select(i => sample.Processes[0] with { Id = $"{i:x8}-0c0b-4d0e-9f2f-000000000011" })] };
        var progress = new Stop(() => stop.Cancel());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => room.Libraries.Keep(room.System, many, "x.zip", null, new LibraryOptions(), progress, stop.Token));
        Assert.Empty((await room.Libraries.List(room.System, Ct)).Value);
        foreach (var table in new[] { "lca_process", "lca_process_version", "lca_flow", "lca_use", "lca_note", "lca_part" })
        {
            Assert.Equal(0, await room.Db.Read(tx => tx.Scalar(Sql.Raw($"SELECT count(*) FROM {table}")), Ct));
        }

        // One that a crash left is found by its age.
        await room.Db.Write(tx => LibraryStore.Insert(tx, room.System.Tenant, new Library(0, "k", "n", "", "", "", null, "", DataRight.Open, false, LibraryState.Importing, 1, "", 0, 0, 0, 0, 0, room.Installation.Store.Clock.GetUtcNow(), 0, ""), null), Ct);
        Assert.Equal(0, await room.Libraries.DropUnfinished(Ct));
        room.Installation.Store.Clock.Now += TimeSpan.FromHours(1);
        Assert.Equal(1, await room.Libraries.DropUnfinished(Ct));
    }

    [Theory, EngineData]
    public async Task Another_tenant_sees_nothing_of_it(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make("QZTHEIRS"));
        var row = (await room.Processes.Search(room.System, new ProcessSearch(), Ct)).Value.Processes[0];
        var other = (await room.Installation.Estate("Other")).System;
        Assert.Empty((await room.Libraries.List(other, Ct)).Value);
        Assert.Empty((await room.Processes.Search(other, new ProcessSearch(), Ct)).Value.Processes);
        Assert.Equal("not_found", (await room.Libraries.Get(other, library.Id, Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Libraries.Notes(other, library.Id, 0, 1, Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Libraries.Retire(other, library.Id, "x", Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Processes.Search(other, new ProcessSearch(Library: library.Id), Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Processes.Get(other, row.Id, null, Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Processes.History(other, row.Id, Ct)).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task A_library_is_taken_out_of_use_and_its_rights_are_said_anew(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make());
        Assert.Equal("library_reason_needed", (await room.Libraries.Retire(room.System, library.Id, " ", Ct)).Problems[0].Code);
        Assert.Equal(DataRight.Sealed, (await room.Libraries.SetRights(room.System, library.Id, DataRight.Sealed, "contract", Ct)).Value.Rights);
        Assert.All((await room.Processes.Search(room.System, new ProcessSearch(), Ct)).Value.Processes, p => Assert.Equal(DataRight.Sealed, p.Rights));
        Assert.Equal(LibraryState.Retired, (await room.Libraries.Retire(room.System, library.Id, "old", Ct)).Value.State);
        Assert.Empty((await room.Processes.Search(room.System, new ProcessSearch(), Ct)).Value.Processes);
        Assert.Equal(2, (await room.Processes.Search(room.System, new ProcessSearch(Library: library.Id), Ct)).Value.Total);
        var verbs = (await room.Installation.Audit.List(room.System, null, 10, Ct)).Value.Entries.Select(e => e.Verb).ToList();
        Assert.Equal(["library.retire", "library.rights", "library.import"], verbs.Take(3));
    }

    private sealed class Stop(Action stop) : IProgress<LibraryProgress>
    {
        public void Report(LibraryProgress value) => stop();
    }
}
