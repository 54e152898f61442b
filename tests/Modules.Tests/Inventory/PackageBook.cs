using System.Text;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Organisation;
using Tanlu.Storage;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>A book with every kind of row that a package must carry: all methods, measured values, named factors, an imported pack, corrections, months across the period.</summary>
internal sealed class PackageBook : IAsyncDisposable
{
    private PackageBook(InventoryBook book, EvidenceFiles evidence)
    {
        Book = book;
        Evidence = evidence;
        Packages = new Packages(book.Book.Db, book.Book.Installation.Tree, book.Editions, book.Pinned, evidence, book.Book.Installation.Audit);
    }

    public InventoryBook Book { get; }

    public EvidenceFiles Evidence { get; }

    public Packages Packages { get; }

    public Caller Caller => Book.Book.Caller;

    public Estate Estate => Book.Book.Estate;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<PackageBook> Open(Dialect engine)
    {
        var book = await InventoryBook.Open(engine);
        var installation = book.Book.Installation;
        return new PackageBook(book, new EvidenceFiles(book.Book.Db, installation.Store.Blobs, installation.Store.Clock, installation.Audit));
    }

    /// <summary>The same book on every call, but for the power of the first site.</summary>
    public async Task Fill(double kwh = 123456.7)
    {
        using var bill = new MemoryStream(Encoding.UTF8.GetBytes("A bill\r\nover 123 456.7 kWh\n"));
        var hash = (await Evidence.Add(Caller, bill, "bill.txt", null, Ct)).Value.Hash;
        await Import(
            Row("S1", "Meter", "electricity.grid", "2023-01-01", "2023-01-31", PackageText.Number(kwh), "kWh", $"quality=invoiced|evidence={hash}|note==1+1|supplier=State Grid|uncertainty_percent=2.5"),
            Row("S1", "Boiler", "fuel.diesel", "2022-12-15", "2023-02-10", "12.345", "t", "evidence=doc-7|note=a note, with \"quotes\"|ncv=42.9|ncv_unit=GJ/t|carbon_content=20.1|carbon_content_unit=kg/GJ|oxidation=0.985"),
            Row("S1", "Boiler gas", "fuel.natural_gas", "2023-03-01", "2023-05-31", "98765.4", "Nm3", "quality=measured"),
            Row("S1", "Tank", "fuel.diesel", "2023-04-01", "2023-04-30", "1500", "L", "density=0.84|density_unit=kg/L"),
            Row("S2", "Chiller", "refrigerant.R-410A", "2023-06-01", "2023-06-30", "3.25", "kg"),
            Row("S2", "Chiller old", "refrigerant.HCFC-22", "2023-01-01", "2023-12-31", "120", "kg", "quality=estimated|leak_rate=0.08"),
            Row("S2", "Chiller stock", "refrigerant.R-407C", "2023-01-01", "2023-12-31", "40", "kg", "stock_start=20|stock_end=15.5"),
            Row("S3", "Truck", "freight.road", "2023-07-01", "2023-07-31", "54321", "tonne.km"),
            Row("S3", "Power", "electricity.grid", "2023-08-01", "2024-01-31", "777.7", "MWh"),
            Row("S3", "Coal", "fuel.anthracite", "2023-09-01", "2023-09-30", "10", "t"),
            Row("S1", "Meter", "electricity.grid", "2023-10-01", "2023-10-31", "10", "MWh", "quality=invoiced|note=wrong"),
            Row("S1", "Meter", "electricity.grid", "2023-10-01", "2023-10-31", "11", "MWh", "quality=invoiced|note=misread|corrects=12"),
            Row("S3", "Named", "electricity.grid", "2023-11-01", "2023-11-30", "5", "MWh", "factor=" + Named("electricity.grid", FactorRole.Main)),
            Row("S3", "Bus", "fuel.diesel", "2023-11-01", "2023-11-30", "100", "L", "region=GB"));
        await Import(Row("S2", "Meter", "electricity.grid", "2023-02-01", "2023-02-28", "5000", "kWh", "quality=invoiced"), Row("S1", "Meter", "electricity.grid", "2024-06-01", "2024-06-30", "1", "kWh"));
        var journal = Book.Book.Journal;
        var second = (await Book.Book.Activities(new ActivityQuery(Activity: "electricity.grid"))).First(a => a.SiteCode == "S2");
        await journal.Correct(Caller, second.Id, null, "billed twice", Ct).Done();
        var tank = (await Book.Book.Activities(new ActivityQuery(Activity: "fuel.diesel"))).First(a => a.SourceName == "Tank");
        var values = new Dictionary<ActivityField, string>((await journal.Values(Caller, tank.Id, Ct).Done()).Values) { [ActivityField.Quantity] = "1499" };
        await journal.Correct(Caller, tank.Id, new NewActivity(values), "recounted", Ct).Done();
        await journal.Record(Caller, Rows.Form("S3", "electricity.grid", "4.2", "MWh"), "typed", null, Ct).Done();
    }

    public async Task<EditionHead> Freeze(long node = 0, Route route = Route.GhgProtocol, GwpSet gwp = GwpSet.Ar6) => await Book.Editions.Freeze(
        Caller, new NewEdition("2023", node, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), route, gwp, [new Exclusion("Cars", "not metered")]), Ct).Done();

    public async Task<byte[]> Export(long edition, Caller? caller = null, bool evidence = true)
    {
        var package = await Packages.Export(caller ?? Caller, edition, evidence, Ct).Done();
        await using var content = package.Content;
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes, Ct);
        return bytes.ToArray();
    }

    public async Task Import(params IEnumerable<IReadOnlyDictionary<string, string>> rows)
    {
        var header = Enumerable.Range(0, ActivityFields.Count).Select(f => ActivityFields.Name((ActivityField)f)).ToList();
        using var file = new MemoryStream();
        using (var table = new CsvTableWriter(file))
        {
            table.Row([.. header]);
            foreach (var row in rows)
            {
                table.Row([.. header.Select(h => row.GetValueOrDefault(h, ""))]);
            }
        }

        file.Position = 0;
        var imported = await Book.Book.Journal.Import(Caller, file, "rows.csv", new ImportOptions(Reason: "yearly, \"all\" sites"), null, Ct);
        Assert.True(imported.Ok, imported.Ok ? "" : string.Join("; ", imported.Problems.Select(p => $"{p.Code} {p.Row} {p.Column} {p.Found}")));
    }

    /// <param name="more">Further fields, <c>name=value</c> joined by <c>|</c>.</param>
    public static IReadOnlyDictionary<string, string> Row(string site, string source, string activity, string start, string end, string quantity, string unit, string more = "")
    {
        var row = new Dictionary<string, string>
        {
            ["site"] = site, ["source"] = source, ["activity"] = activity, ["start"] = start, ["end"] = end, ["quantity"] = quantity, ["unit"] = unit, ["region"] = "CN-GD",
        };
        foreach (var field in more.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            row[field[..field.IndexOf('=', StringComparison.Ordinal)]] = field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..];
        }

        return row;
    }

    private static string Named(string activity, FactorRole role) => FactorLibrary.BuiltIn.Of(activity, role).First(v => v.Geography == "CN-GD" && v.ValidFrom.Year <= 2023).Id;

    public ValueTask DisposeAsync() => Book.DisposeAsync();
}
