using System.Diagnostics;
using Tanlu.Exchange;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Own processes on a prepared background give what the whole system gives.</summary>
public sealed class ForegroundTests(ITestOutputHelper output)
{
    private const string Tower = "3f6a1c52-0c0b-4d0e-9f2f-0000000000f1";
    private const string TowerFlow = "3f6a1c52-0c0b-4d0e-9f2f-0000000000f2";
    private const string Weld = "3f6a1c52-0c0b-4d0e-9f2f-0000000000f3";
    private const string WeldFlow = "3f6a1c52-0c0b-4d0e-9f2f-0000000000f4";
    private const string Methane = "3f6a1c52-0c0b-4d0e-9f2f-0000000000f5";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void A_foreground_with_a_loop_of_its_own_gives_what_the_whole_system_gives()
    {
        var (background, own) = (SamplePackage.Make(), Own());
        var behind = Prepared(background, DataRight.Open).Characterise(Climate).Value;
        var system = ForegroundSystem.Of(BackgroundOf(background, DataRight.Open), behind, [own], new LinkRules()).Value;
        var result = system.Impacts(system.System.Demand(system.System.Find(Tower)!.Value, 3).Value).Value;

        var whole = SystemLinker.Link([own, background], new LinkRules()).Value.Prepare().Value;
        var expected = whole.Inventory(whole.System.Demand(whole.System.Find(Tower)!.Value, 3).Value).Value
            .Impacts(MethodMatcher.Match(Climate, [.. whole.System.Flows.Select(f => f.Flow)])).Value;
        Assert.Equal(expected.Values[0], result.Values[0], expected.Values[0] * 1e-12);
        Assert.True(result.Certificate.BackwardError <= 1e-10);

        // What is bought goes on in the background.
        var bought = system.Bought(result.Inventory);
        Assert.Equal([SamplePackage.Electricity, SamplePackage.Steel], bought.Select(b => system.Background.System.Processes[b.Process].FlowId).Order(StringComparer.Ordinal));
        Assert.Equal(expected.Inventory.Supply[whole.System.Find(Tower)!.Value], result.Inventory.Supply[system.System.Find(Tower)!.Value], 1e-12);
        Assert.Null(system.BackgroundOf(system.System.Find(Weld)!.Value));
    }

    [Fact]
    public void A_result_has_the_strictest_right_of_what_it_leans_on()
    {
        var sealedSteel = SamplePackage.Make() with { Processes = [SamplePackage.Make().Processes[1] with { Documentation = new ProcessDocumentation { Restricted = true } }] };
        var open = SamplePackage.Make() with { Processes = [SamplePackage.Make().Processes[0]] };
        var background = Background.Of(
            [new LoadedLibrary(Row(1, DataRight.Open), open, new Dictionary<string, DataRight>()), new LoadedLibrary(Row(2, DataRight.Sealed), sealedSteel, new Dictionary<string, DataRight>())], new LinkRules()).Value;

        // Electricity is open, and leans on sealed steel.
        Assert.Equal(DataRight.Sealed, background.RightOf([background.System.Find(SamplePackage.PowerPlant)!.Value]));
        Assert.Equal(DataRight.Open, background.RightOf([]));
    }

    [Fact]
    public void Us_lci_as_a_background_gives_what_the_whole_system_gives()
    {
        using var file = File.OpenRead(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"));
        var whole = new LibraryIds("us lci").In(DatasetReader.Read(file, "uslci.zip", null, Ct).Value);
        var rules = new LinkRules { StoredAmounts = true };
        var background = Background.Of([new LoadedLibrary(Row(1, DataRight.Open), whole, new Dictionary<string, DataRight>())], rules).Value;
        var behind = background.Characterise(Climate).Value;

        // A bill over every seventh product.
        var bill = Bill(background, 7);
        var system = ForegroundSystem.Of(background, behind, [bill], rules).Value;
        var result = system.Impacts(new ProductDemand(system.System.Find(Tower)!.Value, 1)).Value;
        var linked = SystemLinker.Link([bill, whole], rules).Value.Prepare().Value;
        var expected = linked.Inventory(new ProductDemand(linked.System.Find(Tower)!.Value, 1)).Value.Impacts(MethodMatcher.Match(Climate, [.. linked.System.Flows.Select(f => f.Flow)])).Value;
        Assert.True(bill.Processes[0].Exchanges.Count > 50);
        Assert.Equal(expected.Values[0], result.Values[0], Math.Abs(expected.Values[0]) * 1e-10);
    }

    [Theory, EngineData]
    public async Task What_was_prepared_is_used_again_until_a_library_changes(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make());
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var systems = new PreparedSystems(room.Libraries);
        var first = (await systems.Background(room.System, [library.Id], new LinkRules(), Ct)).Value;
        Assert.Same(first, (await systems.Background(room.System, [library.Id], new LinkRules(), Ct)).Value);
        Assert.NotSame(first, (await systems.Background(room.System, [library.Id], new LinkRules { Markets = false }, Ct)).Value);
        Assert.Same(first.Characterise(Climate).Value, first.Characterise(Climate).Value);

        // An edit of one's own leaves the background as it is.
        await room.Edits.Copy(room.System, (await room.Processes.Search(room.System, new ProcessSearch("coal"), Ct)).Value.Processes[0].Id, null, own.Id, "ours", Ct);
        Assert.Same(first, (await systems.Background(room.System, [library.Id], new LinkRules(), Ct)).Value);
        await room.Libraries.SetRights(room.System, library.Id, DataRight.Sealed, "contract", Ct);
        var after = (await systems.Background(room.System, [library.Id], new LinkRules(), Ct)).Value;
        Assert.NotSame(first, after);
        Assert.Equal(DataRight.Sealed, after.RightOf([0]));
        Assert.Equal("not_found", (await systems.Background((await room.Installation.Estate("Other")).System, [library.Id], new LinkRules(), Ct)).Problems[0].Code);
    }

    /// <summary>The figures of a large library, printed; how fast the machine is at that moment is nobody's fault.</summary>
    [Fact]
    public async Task Twenty_thousand_processes_load_search_and_answer_an_edit()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TANLU_LARGE") == "1", "TANLU_LARGE=1 is not set: this test writes 700 000 exchanges.");
        await using var room = await LibraryRoom.Open(Dialect.Sqlite);
        var watch = Stopwatch.StartNew();
        var library = await room.Keep(Large(20_000, 35));
        output.WriteLine($"import {watch.ElapsedMilliseconds} ms, {library.Exchanges} exchanges, {library.Link}");
        var spent = Process.GetCurrentProcess().TotalProcessorTime;
        watch.Restart();
        var loaded = (await room.Libraries.Load(room.System, [library.Id], Ct)).Value;
        output.WriteLine($"load {watch.ElapsedMilliseconds} ms, of processors {(Process.GetCurrentProcess().TotalProcessorTime - spent).TotalMilliseconds:0} ms");
        foreach (var text in new[] { "", "process 777", "电力", "steel 12", "nothing at all" })
        {
            watch.Restart();
            var found = (await room.Processes.Search(room.System, new ProcessSearch(text), Ct)).Value.Total;
            output.WriteLine($"search “{text}” {watch.ElapsedMilliseconds} ms, {found}");
        }

        watch.Restart();
        var background = Background.Of(loaded, new LinkRules()).Value;
        output.WriteLine($"link and prepare {watch.ElapsedMilliseconds} ms");
        watch.Restart();
        var behind = background.Characterise(Climate).Value;
        output.WriteLine($"characterise {watch.ElapsedMilliseconds} ms");
        var bill = Bill(background, 100);
        for (var run = 0; run < 5; run++)
        {
            watch.Restart();
            var edited = bill with { Processes = [bill.Processes[0] with { Exchanges = [.. bill.Processes[0].Exchanges.Select(e => e.Number == 3 ? e with { Amount = run } : e)] }] };
            var system = ForegroundSystem.Of(background, behind, [edited], new LinkRules()).Value;
            var value = system.Impacts(new ProductDemand(system.System.Find(Tower)!.Value, 1)).Value.Values[0];
            output.WriteLine($"edit of {bill.Processes[0].Exchanges.Count} lines {watch.Elapsed.TotalMilliseconds:0.0} ms, {value}");
        }
    }

    private static Background BackgroundOf(DatasetPackage package, DataRight right) =>
        Background.Of([new LoadedLibrary(Row(1, right), package, new Dictionary<string, DataRight>())], new LinkRules()).Value;

    private static Background Prepared(DatasetPackage package, DataRight right) => BackgroundOf(package, right);

    private static Library Row(long id, DataRight right) => new(id, "k", "n", "", "", "", null, "", right, false, LibraryState.Ready, 1, "", 1, 1, 1, 0, 0, DateTimeOffset.UnixEpoch, 0, "");

    private static MethodDataset Climate { get; } = ClimateMethods.All.First();

    private static DatasetPackage Own() => new()
    {
        Format = "", Name = "own",
        Flows =
        [
            new FlowDataset { Id = TowerFlow, Name = "tower", Kind = FlowKind.Product, Unit = "Item(s)" }, new FlowDataset { Id = WeldFlow, Name = "weld", Kind = FlowKind.Product, Unit = "m" },
            new FlowDataset { Id = Methane, Name = "Methane, fossil", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air", Cas = "74-82-8" },
            .. SamplePackage.Make().Flows,
        ],
        Processes =
        [
            new ProcessDataset
            {
                Id = Tower, Name = "tower",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = TowerFlow, Amount = 1, Unit = "Item(s)", Reference = true },
                    new ProcessExchange { Number = 2, FlowId = SamplePackage.Steel, Input = true, Amount = 0.09, Unit = "t" },
                    new ProcessExchange { Number = 3, FlowId = WeldFlow, Input = true, Amount = 40, Unit = "m" },
                    new ProcessExchange { Number = 4, FlowId = SamplePackage.Carbon, Amount = 2, Unit = "kg" },
                ],
            },
            new ProcessDataset
            {
                Id = Weld, Name = "welding",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = WeldFlow, Amount = 1, Unit = "m", Reference = true },
                    new ProcessExchange { Number = 2, FlowId = SamplePackage.Electricity, Input = true, Amount = 3, Unit = "kWh" },
                    new ProcessExchange { Number = 3, FlowId = TowerFlow, Input = true, Amount = 0.001, Unit = "Item(s)" },
                    new ProcessExchange { Number = 4, FlowId = Methane, Amount = 0.01, Unit = "kg" },
                ],
            },
        ],
    };

    private static DatasetPackage Bill(Background background, int every) => new()
    {
        Format = "", Name = "bill", Flows = [new FlowDataset { Id = TowerFlow, Name = "tower", Kind = FlowKind.Product, Unit = "Item(s)" }],
        Processes =
        [
            new ProcessDataset
            {
                Id = Tower, Name = "tower",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = TowerFlow, Amount = 1, Unit = "Item(s)", Reference = true },
                    .. background.System.Processes.Where(p => p.Index % every == 0 && !p.Treats).Select(
                        (p, at) => new ProcessExchange { Number = at + 2, FlowId = p.FlowId, Input = true, Amount = 1 + at, Unit = p.Unit, ProviderId = p.Id }),
                ],
            },
        ],
    };

    internal static DatasetPackage Large(int processes, int exchanges)
    {
        var draws = new Random(1);
        string Id(int kind, int number) => $"{kind:x8}-0000-4000-8000-{number:x12}";
        var words = new[] { "steel", "electricity", "transport", "cement", "paper", "aluminium" };
        return new DatasetPackage
        {
            Format = "test", Name = "Large",
            Flows =
            [
                .. Enumerable.Range(0, processes).Select(i => new FlowDataset { Id = Id(1, i), Name = $"{words[i % 6]} {i}", Kind = FlowKind.Product, Unit = "kg" }),
                .. Enumerable.Range(0, 2000).Select(i => new FlowDataset { Id = Id(2, i), Name = i == 0 ? "Carbon dioxide, fossil" : $"emission {i}", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air" }),
            ],
            Processes =
            [
                .. Enumerable.Range(0, processes).Select(i => new ProcessDataset
                {
                    Id = Id(3, i), Name = $"{words[i % 6]} process {i}", Location = i % 3 == 0 ? "CN" : "RER", Category = $"sector {i % 50}",
                    Exchanges =
                    [
                        new ProcessExchange { Number = 1, FlowId = Id(1, i), Amount = 1, Unit = "kg", Reference = true },
                        .. Enumerable.Range(2, 10).Select(n => draws.Next(processes) is var other && other == i ? (i + 1) % processes : other).Distinct().Select(
                            (other, n) => new ProcessExchange { Number = n + 2, FlowId = Id(1, other), Input = true, Amount = 0.07 * draws.NextDouble(), Unit = "kg", ProviderId = Id(3, other) }),
                        .. Enumerable.Range(20, exchanges - 11).Select(n => new ProcessExchange { Number = n, FlowId = Id(2, (i * 7 + n * 13) % 2000), Amount = draws.NextDouble(), Unit = "kg" }),
                    ],
                }),
            ],
        };
    }
}
