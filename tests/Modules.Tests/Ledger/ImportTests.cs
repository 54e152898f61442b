using System.Text;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>A file is in the book whole, once, or not at all.</summary>
public sealed class ImportTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task A_file_becomes_activities_postings_and_balances(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var result = await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S1", 2, 2000, evidence: "bill-2"), Rows.Diesel("S2", 1, 3.5))).Done();
        Assert.Equal((3, 0, BatchState.Sealed, 1L), (result.Batch.Rows, result.Batch.Refused, result.Batch.State, result.Batch.Seq));
        var activities = await book.Activities();
        Assert.Equal([4, 3, 2], activities.Select(a => a.Id.Row));
        Assert.All(activities, a => Assert.NotEmpty(a.Postings));
        Assert.Equal(("bill-2", DataQuality.Invoiced, "Meter", "S1"), (activities[1].Evidence!, activities[1].Quality, activities[1].SourceName, activities[1].SiteCode));
        Assert.Equal(3, (await book.Journal.Postings(book.Caller, new PostingQuery(), Ct).Done()).Postings.Select(p => p.Id).Distinct().Count());
        Assert.True(await book.Total(GwpSet.Ar6) > 0);
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task The_same_file_again_is_recognised_and_doubles_nothing(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var csv = Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Diesel("S2", 1, 3.5));
        await book.Import(csv).Done();
        var before = await book.Balances();
        var again = await book.Import(csv, name: "renamed.csv");
        Assert.Equal("file_known", Assert.Single(again.Problems).Code);
        Assert.Equal("year.csv", again.Problems[0].Args[2]);
        Assert.Equal(before, await book.Balances());
        Assert.Equal(2, await book.Count("activity"));

        // One byte more is another file; its rows are new rows.
        await book.Import(csv + "\n").Done();
        Assert.Equal(4, await book.Count("activity"));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task Two_imports_of_one_file_at_once_leave_one(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var csv = Rows.Csv(Enumerable.Range(0, 3000).Select(i => Rows.Power("S1", 1 + (i % 12), 1000 + i, source: "M" + (i % 7))));
        var both = await Task.WhenAll(book.Import(csv), book.Import(csv), book.Import(csv));
        Assert.Single(both, o => o.Ok);
        Assert.All(both.Where(o => !o.Ok), o => Assert.Contains(o.Problems[0].Code, (string[])["file_known", "file_importing"]));
        Assert.Equal(3000, await book.Count("activity"));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task Different_files_at_once_are_all_there(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var files = Enumerable.Range(0, 4).Select(f => Rows.Csv(Enumerable.Range(0, 800).Select(i => Rows.Power("S" + (1 + (i % 3)), 1 + (i % 12), f + i, source: "M" + (i % 5)))));
        await Task.WhenAll(files.Select(f => book.Import(f).Done()));
        Assert.Equal(3200, await book.Count("activity"));
        Assert.Equal([1L, 2, 3, 4], (await book.Journal.Batches(book.Caller, null, 10, Ct).Done()).Batches.Select(b => b.Seq!.Value).Order());
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_strict_import_with_one_bad_row_leaves_nothing(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var rows = Enumerable.Range(0, 6000).Select(i => i == 5000 ? Rows.Row("S1", "M", "electricity.grid", 1, 5, "furlong") : Rows.Power("S1", 1 + (i % 12), 1000 + i)).ToList();
        rows.Add(Rows.Power("Nowhere", 1, 1));
        var refused = await book.Import(Rows.Csv(rows));
        Assert.Equal([("unit_unknown", 5002), ("site_unknown", 6002)], refused.Problems.Select(p => (p.Code, p.Row!.Value)));
        await Nothing(book);

        // The refused file may come again.
        Assert.False((await book.Import(Rows.Csv(rows))).Ok);
        await book.Import(Rows.Csv(rows.Where((_, i) => i is not 5000 and not 6000))).Done();
        Assert.Equal(5999, await book.Count("activity"));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task Skipping_keeps_the_good_rows_and_the_reasons(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var good = Rows.Power("S1", 1, 1000);
        var csv = Rows.Csv(good, Rows.Power("S1", 2, -4), good, Rows.Diesel("S1", 1, 2), Rows.Row("S1", "", "electricity.grid", 3, 1, "kWh", quality: "guessed"));
        var result = await book.Import(csv, skipBad: true).Done();
        Assert.Equal((2, 3), (result.Batch.Rows, result.Batch.Refused));
        Assert.Equal([("negative", 3), ("duplicate_row", 4), ("quality_unknown", 6)], result.Refused.Select(p => (p.Code, p.Row!.Value)));
        var kept = await book.Journal.RefusedRows(book.Caller, result.Batch.Id, Ct).Done();
        Assert.Equal(result.Refused.Select(p => (p.Code, p.Row, p.Column, p.Found)), kept.Select(p => (p.Code, p.Row, p.Column, p.Found)));
        Assert.Equal(result.Refused[1].Args, kept[1].Args);
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_file_whose_end_was_never_read_is_refused_however_it_is_to_be_read(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var csv = Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S1", 2, 1000)) + "S1,\"open,electricity.grid,2023-04-01";
        Assert.Contains((await book.Import(csv, skipBad: true)).Problems, p => p.Code == "quote_unclosed");
        await Nothing(book);
        Assert.Equal("table_no_rows", (await book.Import(Rows.Header)).Problems[0].Code);
    }

    [Theory]
    [EngineData]
    public async Task What_a_crash_left_is_seen_by_nobody_and_goes_at_start(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Import(Rows.Csv(Rows.Power("S1", 1, 7))).Done();
        var balances = await book.Balances();

        // An import that is cancelled hard, after its rows and sums were written: its clean-up is taken away by marking it open again.
        await book.Db.Write(
            tx =>
            {
                var batch = BatchStore.Open(tx, book.Caller, BatchKind.Import, "crashed.csv", "00ff", null, "", book.Installation.Store.Clock.Now);
                tx.Execute($"INSERT INTO activity SELECT tenant, {batch}, row_number, site, source, calculation, first_day, last_day, quantity, quality, uncertainty_percent, own_postings, evidence, supplier, note FROM activity");
                tx.Execute($"""
                    INSERT INTO posting SELECT tenant, {batch}, row_number, line, site, source, calculation, part, account, month, route, fixed_gwp, quality, evidenced, other_gas,
                           co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh FROM posting
                    """);
                tx.Execute($"""
                    INSERT INTO balance_sum SELECT tenant, site, month, source, calculation, part, account, route, fixed_gwp, quality, evidenced, other_gas, {batch},
                           co2_mg, co2_bio_mg, ch4_fossil_mg, ch4_nonfossil_mg, ch4_mg, n2o_mg, other_mg, co2e_mg, energy_wh FROM balance_sum
                    """);
                tx.Execute($"INSERT INTO batch_site SELECT tenant, {batch}, site, rows, first_month, last_month FROM batch_site");
                BatchStore.Source(tx, book.Caller.Tenant, batch, book.Estate.S2.Id, "Left behind", book.Installation.Store.Clock.Now);
            },
            Ct);
        Assert.Equal(balances, await book.Balances());
        Assert.Single(await book.Activities());
        Assert.Single((await book.Journal.Batches(book.Caller, null, 10, Ct).Done()).Batches);
        Assert.Single(await book.Journal.Sources(book.Caller, null, Ct).Done());

        Assert.Equal(0, await book.Journal.DropUnsealed(null, Ct));
        book.Installation.Store.Clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(1, await book.Journal.DropUnsealed(null, Ct));
        Assert.Equal(0, await book.Journal.DropUnsealed(null, Ct));
        Assert.Equal(1, await book.Count("activity"));
        Assert.Equal(0, await book.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM balance_sum WHERE batch > 0"), Ct));
        Assert.Equal(1, await book.Count("emission_source"));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_cancelled_import_leaves_nothing(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var csv = Rows.Csv(Enumerable.Range(0, 20_000).Select(i => Rows.Power("S1", 1 + (i % 12), i, source: "M" + (i % 7))));
        var progress = new Stopper(stop);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => book.Journal.Import(book.Caller, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "x.csv", new ImportOptions(), progress, stop.Token));
        await Nothing(book);
        await book.Import(csv).Done();
        Assert.Equal(20_000, await book.Count("activity"));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_large_batch_counts_whole_from_its_seal_on(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        string File(int salt) => Rows.Csv(Enumerable.Range(0, 4000).Select(i => Rows.Power("S" + (1 + (i % 3)), 1 + (i % 12), i + salt, source: "M" + (i % 500))));
        await book.Import(File(0)).Done();
        var one = await book.Total(GwpSet.Ar5);
        await book.Import(File(1)).Done();
        Assert.Equal(0, await book.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM balance_sum WHERE batch = 0"), Ct));
        await book.Sound();
        await book.Db.Write(tx => tx.Execute($"UPDATE batch SET state = 0 WHERE seq = 2"), Ct);
        Assert.Equal(one, await book.Total(GwpSet.Ar5));
        book.Installation.Store.Clock.Now += TimeSpan.FromMinutes(2);
        Assert.Equal(1, await book.Journal.DropUnsealed(null, Ct));
        Assert.Equal(4000, await book.Count("activity"));
        Assert.Equal(one, await book.Total(GwpSet.Ar5));
    }

    private static async Task Nothing(Book book)
    {
        foreach (var table in (string[])["activity", "posting", "balance_sum", "emission_source", "refused_row", "batch_site", "correction"])
        {
            Assert.Equal(0, await book.Count(table));
        }

        Assert.Equal(Int128.Zero, await book.Total(GwpSet.Ar6));
        Assert.Empty((await book.Journal.Batches(book.Caller, null, 10, Ct).Done()).Batches);
    }

    private sealed class Stopper(CancellationTokenSource stop) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => stop.Cancel();
    }
}
