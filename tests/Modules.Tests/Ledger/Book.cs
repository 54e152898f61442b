using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>A fresh book on one engine with one tenant and its example tree.</summary>
internal sealed class Book : IAsyncDisposable
{
    private readonly Installation _installation;

    private Book(Installation installation, Estate estate)
    {
        _installation = installation;
        Estate = estate;
        Packs = new FactorPacks(Db, installation.Store.Blobs, installation.Audit, installation.Store.Clock);
        Journal = new Journal(Db, Packs, installation.Tree, installation.Audit, installation.Store.Clock);
    }

    public Estate Estate { get; }

    public Installation Installation => _installation;

    public Db Db => _installation.Store.Db;

    public FactorPacks Packs { get; }

    public Journal Journal { get; }

    public Caller Caller => Estate.System;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Book> Open(Dialect engine)
    {
        var installation = await Installation.Start(engine);
        await Migrator.Run(installation.Store.Db, [FactorsModule.Migrations, LedgerModule.Migrations]);
        return new Book(installation, await installation.Estate("深圳园区"));
    }

    public Task<Outcome<ImportResult>> Import(string csv, bool skipBad = false, Caller? caller = null, string name = "year.csv") =>
        Journal.Import(caller ?? Caller, new MemoryStream(Encoding.UTF8.GetBytes(csv)), name, new ImportOptions(skipBad), null, Ct);

    public async Task<BookCheck> Check() => (await Journal.CheckBalances(Caller, Ct)).Value;

    public async Task Sound()
    {
        var check = await Check();
        Assert.True(check.Sound, string.Join("; ", check.Faults));
    }

    /// <summary>What a statement would add up: CO2e of the scopes by GWP set, exact.</summary>
    public Task<Int128> Total(GwpSet set, long? site = null) => Db.Read(
        tx =>
        {
            var total = Int128.Zero;
            BalanceStore.Each(tx, Estate.Tenant.Id, (key, amounts) => total += site is null || site == key.Site ? Co2e.InScopes(amounts, key.Key.OtherGas, set) : 0);
            return total;
        },
        Ct);

    /// <summary>The balances that are not zero, by key.</summary>
    public async Task<SortedDictionary<string, string>> Balances()
    {
        var sums = new Dictionary<BalanceKey, Amounts>();
        await Db.Read(
            tx =>
            {
                BalanceStore.Each(tx, Estate.Tenant.Id, (key, amounts) => sums[key] = sums.GetValueOrDefault(key) + amounts);
                return true;
            },
            Ct);
        return new SortedDictionary<string, string>(sums.Where(s => s.Value != default).ToDictionary(s => s.Key.ToString(), s => s.Value.ToString()));
    }

    public async Task<List<Activity>> Activities(ActivityQuery? query = null, Caller? caller = null) =>
        [.. (await Journal.Activities(caller ?? Caller, query ?? new ActivityQuery(Take: 500), Ct)).Value.Activities];

    public Task<long> Count(string table) => Db.Read(tx => tx.Scalar($"SELECT count(*) FROM {Sql.Raw(table)}"), Ct);

    public ValueTask DisposeAsync() => _installation.DisposeAsync();
}

/// <summary>Activity files in the making.</summary>
internal static class Rows
{
    public const string Header = "site,source,activity,start,end,quantity,unit,region,quality,evidence,note,corrects\n";

    public static string Csv(params IEnumerable<string> rows) => Header + string.Join('\n', rows) + "\n";

    public static string Power(string site, int month, double kwh, string source = "Meter", string evidence = "", string corrects = "", string note = "", string quality = "invoiced") =>
        Row(site, source, "electricity.grid", month, kwh, "kWh", evidence, corrects, note, quality);

    public static string Diesel(string site, int month, double tonnes, string source = "Boiler", string evidence = "", string corrects = "", string note = "", string quality = "measured") =>
        Row(site, source, "fuel.diesel", month, tonnes, "t", evidence, corrects, note, quality);

    public static string Row(string site, string source, string activity, int month, double quantity, string unit, string evidence = "", string corrects = "", string note = "", string quality = "")
    {
        var first = new DateOnly(2023, month, 1);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{site},{source},{activity},{first:yyyy-MM-dd},{first.AddMonths(1).AddDays(-1):yyyy-MM-dd},{quantity:R},{unit},CN-GD,{quality},{evidence},{note},{corrects}");
    }

    public static NewActivity Form(string site, string activity, string quantity, string unit, string start = "2023-03-01", string end = "2023-03-31", string source = "Form") => new(
        new Dictionary<ActivityField, string>
        {
            [ActivityField.Site] = site, [ActivityField.Source] = source, [ActivityField.Activity] = activity, [ActivityField.Start] = start, [ActivityField.End] = end,
            [ActivityField.Quantity] = quantity, [ActivityField.Unit] = unit, [ActivityField.Region] = "CN-GD",
        });
}
