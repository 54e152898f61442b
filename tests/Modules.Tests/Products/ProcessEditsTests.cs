using Tanlu.Exchange;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Numerics;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

public sealed class ProcessEditsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_copy_says_where_it_comes_from_and_is_complete_by_itself(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var source = await room.Keep(SamplePackage.Make(), DataRight.Licensed);
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var plant = await Find(room, "coal");
        var copy = (await room.Edits.Copy(room.System, plant.Id, null, own.Id, "our plant", Ct)).Value;

        Assert.Equal(("our plant", 1, true, DataRight.Licensed, own.Id), (copy.Row.Name, copy.Row.Version, copy.Row.Own, copy.Row.Rights, copy.Row.Library));
        Assert.NotEqual(plant.Uid, copy.Row.Uid);
        var from = (await room.Processes.Get(room.System, plant.Id, null, Ct)).Value;
        Assert.Equal(new ProcessOrigin(source.Id, plant.Uid, 1, from.Version.Sha256), copy.Row.From);
        Assert.Equal(from.Dataset.Exchanges, copy.Dataset.Exchanges);

        // The flows came along, with their units.
        var shown = (await room.Processes.Get(room.System, copy.Row.Id, null, Ct)).Value;
        Assert.Equal(3, shown.Flows.Count);
        Assert.Equal(["kWh", "MJ"], (await room.Db.Read(tx => LibraryParts.Units(tx, room.System.Tenant, own.Id), Ct)).Groups.Single(g => g.Name == "Energy").Units.Select(u => u.Name));
        var counted = (await room.Libraries.Get(room.System, own.Id, Ct)).Value;
        Assert.Equal((1, 3, 3L), (counted.Processes, counted.Flows, counted.Exchanges));

        // An imported process is no one's to change.
        Assert.Equal("library_read_only", (await room.Edits.Edit(room.System, plant.Id, 1, new ProcessInput(from.Dataset, []), Ct)).Problems[0].Code);
        Assert.Equal("library_read_only", (await room.Edits.Copy(room.System, plant.Id, null, source.Id, null, Ct)).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task An_edit_is_a_new_version_and_whoever_comes_second_is_told_both(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var (_, plant) = await Own(room);
        var cleaner = plant.Dataset with { Exchanges = [.. plant.Dataset.Exchanges.Select(e => e.Number == 3 ? e with { Amount = 0.45 } : e)], Location = "CN-GD" };
        var second = (await room.Edits.Edit(room.System, plant.Row.Id, 1, new ProcessInput(cleaner, [], "measured"), Ct)).Value;
        Assert.Equal((2, "measured", "CN-GD"), (second.Version.Number, second.Version.Reason, second.Row.Location));

        // What is as it was makes no version.
        Assert.Equal(2, (await room.Edits.Edit(room.System, plant.Row.Id, 2, new ProcessInput(cleaner, []), Ct)).Value.Version.Number);

        var late = (await room.Edits.Edit(room.System, plant.Row.Id, 1, new ProcessInput(plant.Dataset, []), Ct)).Problems[0];
        Assert.Equal(("process_changed", "1", "2"), (late.Code, late.Found, late.Args[0]));

        var diff = (await room.Processes.Compare(room.System, plant.Row.Id, 1, null, 2, Ct)).Value;
        Assert.Equal(new FieldChange("location", "CN", "CN-GD"), Assert.Single(diff.Fields));
        var change = Assert.Single(diff.Exchanges);
        Assert.Equal((DiffKind.Changed, 3, "Carbon dioxide, fossil", 0.5), (change.Kind, change.Number, change.Flow, change.Ratio));
        Assert.Equal(new FieldChange("amount", "0.9", "0.45"), Assert.Single(change.Fields));

        var back = (await room.Edits.Restore(room.System, plant.Row.Id, 1, 2, "measured wrongly", Ct)).Value;
        Assert.Equal((3, 1, plant.Version.Sha256, "CN"), (back.Version.Number, back.Version.Restores, back.Version.Sha256, back.Row.Location));
        Assert.Equal([3, 2, 1], (await room.Processes.History(room.System, plant.Row.Id, Ct)).Value.Select(v => v.Number));
        Assert.Equal(0.45, (await room.Processes.Get(room.System, plant.Row.Id, 2, Ct)).Value.Dataset.Exchanges[2].Amount);
    }

    [Theory, EngineData]
    public async Task The_content_of_a_library_is_the_same_after_an_undo(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var (own, plant) = await Own(room);
        var before = (await room.Libraries.Get(room.System, own.Id, Ct)).Value;
        await room.Edits.Edit(room.System, plant.Row.Id, 1, new ProcessInput(plant.Dataset with { Name = "x" }, []), Ct);
        var edited = (await room.Libraries.Get(room.System, own.Id, Ct)).Value;
        await room.Edits.Restore(room.System, plant.Row.Id, 1, 2, "", Ct);
        var after = (await room.Libraries.Get(room.System, own.Id, Ct)).Value;
        Assert.NotEqual(before.Content, edited.Content);
        Assert.Equal(before.Content, after.Content);
        Assert.True(after.Revision > edited.Revision);
        Assert.Equal("our plant", Assert.Single((await room.Processes.Search(room.System, new ProcessSearch(Library: own.Id), Ct)).Value.Processes).Name);
    }

    [Theory, EngineData]
    public async Task A_new_process_brings_flows_of_its_own(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        await room.Keep(SamplePackage.Make());
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var furnace = await Find(room, "furnace");
        var made = await room.Edits.Create(
            room.System, own.Id,
            new ProcessInput(
                new ProcessDataset
                {
                    Id = "", Name = "塔筒 wind tower", Location = "CN",
                    Exchanges =
                    [
                        new ProcessExchange { Number = 1, FlowId = "new", Amount = 1, Unit = "Item(s)", Reference = true },
                        new ProcessExchange { Number = 2, FlowId = SamplePackage.Steel, Input = true, Amount = 90, Unit = "kg", ProviderId = furnace.Uid, Uncertainty = new Distribution(DistributionKind.Lognormal, 90, 0.1) },
                    ],
                },
                [new FlowDataset { Id = "new", Name = "tower", Kind = FlowKind.Product, Unit = "Item(s)" }]),
            Ct);
        Assert.True(made.Ok, made.Ok ? "" : made.Problems[0].ToString());
        Assert.True(LibraryIds.IsUuid(made.Value.Dataset.Exchanges[0].FlowId));
        Assert.Equal("tower", made.Value.Row.ReferenceName);

        // Who uses steel, and whom the furnace serves.
        var users = (await room.Flows.Users(room.System, SamplePackage.Steel, true, 0, 10, Ct)).Value.Users;
        Assert.Equal([("electricity production, hard coal", true), ("塔筒 wind tower", true)], users.Select(u => (u.Process.Name, u.Names)));
        Assert.Equal(["electricity production, hard coal", "塔筒 wind tower"], (await room.Processes.Consumers(room.System, furnace.Id, 0, 10, Ct)).Value.Processes.Select(p => p.Name));
        Assert.Equal("steel, hot rolled", Assert.Single((await room.Flows.Search(room.System, new FlowQuery("钢"), Ct)).Value.Flows).Name);
        Assert.Equal("kg", (await room.Flows.Get(room.System, SamplePackage.Steel, null, Ct)).Value.Unit);

        // Retired, it is no consumer any more.
        Assert.True((await room.Edits.Retire(room.System, made.Value.Row.Id, 1, "", Ct)).Ok);
        Assert.Single((await room.Processes.Consumers(room.System, furnace.Id, 0, 10, Ct)).Value.Processes);
        Assert.Equal("library_read_only", (await room.Edits.Edit(room.System, made.Value.Row.Id, 1, new ProcessInput(made.Value.Dataset, []), Ct)).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task What_does_not_hold_is_named_by_exchange_and_field(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var (_, plant) = await Own(room);
        var furnace = await Find(room, "furnace");
        async Task<(string, int?, string?)[]> Edit(Func<ProcessDataset, ProcessDataset> edit) =>
            [.. (await room.Edits.Edit(room.System, plant.Row.Id, 1, new ProcessInput(edit(plant.Dataset), []), Ct)).Problems.Select(p => (p.Code, p.Row, p.Column))];
        ProcessDataset With(ProcessDataset d, int number, Func<ProcessExchange, ProcessExchange> edit) => d with { Exchanges = [.. d.Exchanges.Select(e => e.Number == number ? edit(e) : e)] };

        Assert.Equal([("exchange_uncertainty", 2, "uncertainty")], await Edit(d => With(d, 2, e => e with { Uncertainty = new Distribution(DistributionKind.Lognormal, 1, 0) })));
        Assert.Equal([("exchange_uncertainty", 3, "uncertainty")], await Edit(d => With(d, 3, e => e with { Uncertainty = new Distribution(DistributionKind.Triangular, 3, 2, 1) })));
        Assert.Equal([("library_exchange_amount", 2, "amount")], await Edit(d => With(d, 2, e => e with { Amount = double.PositiveInfinity })));
        Assert.Equal([("exchange_provider", 2, "provider")], await Edit(d => With(d, 2, e => e with { ProviderId = SamplePackage.Carbon })));
        Assert.Equal([("exchange_provider", 4, "provider")], await Edit(d => d with { Exchanges = [.. d.Exchanges, new ProcessExchange { Number = 4, FlowId = SamplePackage.Electricity, Input = true, Amount = 1, Unit = "kWh", ProviderId = furnace.Uid }] }));
        Assert.Equal([("exchange_provider_elementary", 3, "provider")], await Edit(d => With(d, 3, e => e with { ProviderId = furnace.Uid })));
        Assert.Equal([("process_flow_unknown", 9, "flow")], await Edit(d => d with { Exchanges = [.. d.Exchanges, new ProcessExchange { Number = 9, FlowId = "x", Unit = "kg" }] }));
        Assert.Equal([("exchange_number_twice", 3, "number")], await Edit(d => d with { Exchanges = [.. d.Exchanges, d.Exchanges[2]] }));
        Assert.Equal([("process_reference", null, "reference")], await Edit(d => With(d, 1, e => e with { Reference = false })));
        Assert.Equal([("exchange_reference_zero", 1, "amount")], await Edit(d => With(d, 1, e => e with { Amount = 0 })));
        Assert.Equal([("process_name", null, "name")], await Edit(d => d with { Name = " " }));
        Assert.Equal(
            [("allocation_shares", null, "allocation")],
            await Edit(d => d with { Allocation = [new(AllocationRule.Physical, SamplePackage.Electricity, null, 0.6), new(AllocationRule.Physical, SamplePackage.Steel, null, 0.3)] }));
        Assert.Equal([("parameter_name", null, "a")], await Edit(d => d with { Parameters = [new("a", 1), new("A", 2)] }));
        Assert.Equal("not_permitted", (await room.Edits.Edit(room.System with { Role = Role.Viewer }, plant.Row.Id, 1, new ProcessInput(plant.Dataset, []), Ct)).Problems[0].Code);
        Assert.Equal("not_found", (await room.Edits.Edit((await room.Installation.Estate("Other")).System, plant.Row.Id, 1, new ProcessInput(plant.Dataset, []), Ct)).Problems[0].Code);
    }

    [Fact]
    public void A_copy_takes_along_the_package_parameters_that_it_leans_on()
    {
        var process = new ProcessDataset { Id = "p", Name = "p", Parameters = [new("own", 1)], Exchanges = [new ProcessExchange { Number = 1, FlowId = "f", Unit = "kg", Formula = "own * yield_2 + Sum" }] };
        Assert.Equal(
            ["yield_2", "base", "sum"],
            PackageParameters.NeededBy(process, [new("own", 9), new("base", 2), new("yield_2", 3, "base/2"), new("sum", 1), new("other", 1)]).Select(p => p.Name).OrderBy(n => n == "yield_2" ? 0 : n == "base" ? 1 : 2));
    }

    private static async Task<(Library Own, StoredProcess Plant)> Own(LibraryRoom room)
    {
        await room.Keep(SamplePackage.Make());
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        return (own, (await room.Edits.Copy(room.System, (await Find(room, "coal")).Id, null, own.Id, "our plant", Ct)).Value);
    }

    private static async Task<ProcessRow> Find(LibraryRoom room, string text) => (await room.Processes.Search(room.System, new ProcessSearch(text), Ct)).Value.Processes[0];
}
