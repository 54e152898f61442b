using Tanlu.Exchange;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

/// <summary>The verbs over libraries on a fresh database of one engine, with one tenant.</summary>
internal sealed class LibraryRoom : IAsyncDisposable
{
    private LibraryRoom(Installation installation, Estate estate)
    {
        Installation = installation;
        Estate = estate;
        Shelf = new LibraryShelf(Db);
        Libraries = new Libraries(Db, installation.Store.Blobs, Shelf, installation.Audit, installation.Store.Clock);
        Processes = new Processes(Db, Shelf);
        Edits = new ProcessEdits(Db, installation.Audit, installation.Store.Clock);
        Flows = new LibraryFlows(Db, Shelf);
    }

    public Installation Installation { get; }

    public Estate Estate { get; }

    public Db Db => Installation.Store.Db;

    public Caller System => Estate.System;

    public LibraryShelf Shelf { get; }

    public Libraries Libraries { get; }

    public Processes Processes { get; }

    public ProcessEdits Edits { get; }

    public LibraryFlows Flows { get; }

    public static async Task<LibraryRoom> Open(Dialect engine)
    {
        var installation = await Installation.Start(engine);
        await Migrator.Run(installation.Store.Db, [OrganisationModule.Migrations, ProductsModule.Migrations]);
        return new LibraryRoom(installation, await installation.Estate("Tenant"));
    }

    /// <summary>Keeps a package for the tenant, or for another caller.</summary>
    public async Task<Library> Keep(DatasetPackage package, DataRight rights = DataRight.Open, Caller? caller = null, string? name = null)
    {
        var kept = await Libraries.Keep(caller ?? System, package, "sample.zip", null, new LibraryOptions(name, rights), null, TestContext.Current.CancellationToken);
        Assert.True(kept.Ok, kept.Ok ? "" : kept.Problems[0].ToString());
        return kept.Value.Library;
    }

    public ValueTask DisposeAsync() => Installation.DisposeAsync();
}

/// <summary>A small database: electricity, steel and a loop between them, with emissions.</summary>
internal static class SamplePackage
{
    public const string Electricity = "3f6a1c52-0c0b-4d0e-9f2f-000000000001";
    public const string Steel = "3f6a1c52-0c0b-4d0e-9f2f-000000000002";
    public const string Carbon = "3f6a1c52-0c0b-4d0e-9f2f-000000000003";
    public const string PowerPlant = "3f6a1c52-0c0b-4d0e-9f2f-000000000011";
    public const string Furnace = "3f6a1c52-0c0b-4d0e-9f2f-000000000012";

    public static DatasetPackage Make(string name = "Sample", double steelPerKwh = 0.001) => new()
    {
        Format = "test",
        Name = name,
        Version = "1.0",
        Licence = "CC0-1.0",
        UnitGroups = [new("ug-mass", "Mass", "kg", [new("kg", 1), new("t", 1000)]), new("ug-energy", "Energy", "kWh", [new("kWh", 1), new("MJ", 1 / 3.6)])],
        FlowProperties = [new("fp-mass", "Mass", "ug-mass"), new("fp-energy", "Energy", "ug-energy")],
        Flows =
        [
            new FlowDataset { Id = Electricity, Name = "electricity, medium voltage", Kind = FlowKind.Product, Unit = "kWh", PropertyId = "fp-energy" },
            new FlowDataset { Id = Steel, Name = "steel, hot rolled", Kind = FlowKind.Product, Unit = "kg", PropertyId = "fp-mass" },
            new FlowDataset
            {
                Id = Carbon, Name = "Carbon dioxide, fossil", Kind = FlowKind.Elementary, Unit = "kg", Compartment = "air", Cas = "124-38-9", Category = "air/unspecified", PropertyId = "fp-mass",
            },
        ],
        Processes =
        [
            new ProcessDataset
            {
                Id = PowerPlant, Name = "electricity production, hard coal", Location = "CN", Category = "energy/electricity",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = Electricity, Amount = 1, Unit = "kWh", Reference = true },
                    new ProcessExchange { Number = 2, FlowId = Steel, Input = true, Amount = steelPerKwh, Unit = "kg", ProviderId = Furnace },
                    new ProcessExchange { Number = 3, FlowId = Carbon, Amount = 0.9, Unit = "kg", Comment = "排放" },
                ],
            },
            new ProcessDataset
            {
                Id = Furnace, Name = "steel production, electric arc furnace", Location = "RER", Category = "metals/steel",
                Exchanges =
                [
                    new ProcessExchange { Number = 1, FlowId = Steel, Amount = 1, Unit = "kg", Reference = true },
                    new ProcessExchange { Number = 2, FlowId = Electricity, Input = true, Amount = 0.5, Unit = "kWh" },
                    new ProcessExchange { Number = 3, FlowId = Carbon, Amount = 0.2, Unit = "kg" },
                ],
            },
        ],
    };
}
