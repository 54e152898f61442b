using System.Text;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>No verb reaches another tenant, or a part of the organisation that is not the caller's.</summary>
public sealed class JournalIsolationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task Every_verb_stops_at_the_callers_tenant_and_subtree(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var batch = (await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S2", 2, 1000), Rows.Power("S1", 5, -1)), skipBad: true).Done()).Batch;
        var id = new ActivityId(batch.Id, 2);
        var source = (await book.Journal.Sources(book.Caller, null, Ct).Done())[0];
        var other = await book.Installation.Estate("other");
        var journal = book.Journal;
        foreach (var outside in (Caller[])[other.System, book.Estate.At(book.Estate.D)])
        {
            Assert.Empty((await journal.Activities(outside, new ActivityQuery(), Ct).Done()).Activities);
            Assert.Empty((await journal.Activities(outside, new ActivityQuery(Batch: batch.Id, Source: source.Id), Ct).Done()).Activities);
            Assert.Empty((await journal.Postings(outside, new PostingQuery(Batch: batch.Id), Ct).Done()).Postings);
            Assert.Empty(await journal.Corrections(outside, null, 10, Ct).Done());
            Assert.Empty(await journal.Sources(outside, null, Ct).Done());
            await journal.RefusedRows(outside, batch.Id, Ct).Refused("not_found");
            Assert.DoesNotContain((await journal.Batches(outside, null, 10, Ct).Done()).Batches, b => b.Id == batch.Id);
            await journal.Activity(outside, id, Ct).Refused("not_found");
            await journal.Values(outside, id, Ct).Refused("not_found");
            await journal.Explain(outside, id, GwpSet.Ar6, Route.Both, Ct).Refused("not_found");
            await journal.Batch(outside, batch.Id, Ct).Refused("not_found");
            await journal.Correct(outside, id, null, "mine now", Ct).Refused("not_found");
            await journal.Correct(outside, id, Rows.Form("S3", "electricity.grid", "1", "kWh"), "mine now", Ct).Refused("not_found");
            await journal.Activities(outside, new ActivityQuery(Node: book.Estate.S1.Id), Ct).Refused("not_found");
            await journal.Postings(outside, new PostingQuery(Node: book.Estate.S1.Id), Ct).Refused("not_found");
            await journal.Sources(outside, book.Estate.S1.Id, Ct).Refused("not_found");
            await journal.AddSource(outside, book.Estate.S1.Id, "Boiler", Ct).Refused("not_found");
            await journal.RenameSource(outside, source.Id, "Mine", Ct).Refused("not_found");
        }

        // Somebody limited to a part: its site's code is unknown to him elsewhere.
        var d = book.Estate.At(book.Estate.D, Role.DataSteward);
        await journal.Record(d, Rows.Form("S1", "electricity.grid", "1", "kWh"), "", null, Ct).Refused("site_unknown");
        Assert.Equal("site_unknown", (await book.Import(Rows.Csv(Rows.Power("S1", 1, 1)), caller: d)).Problems[0].Code);
        await journal.Record(d, Rows.Form("S3", "electricity.grid", "1", "kWh"), "", null, Ct).Done();

        // Who sees one site of a batch sees the batch and its own rows, not the refused ones, which may be anybody's.
        var s2 = book.Estate.At(book.Estate.S2, Role.Viewer);
        Assert.Equal(batch.Id, Assert.Single((await journal.Batches(s2, null, 10, Ct).Done()).Batches).Id);
        Assert.Equal([3], (await journal.Activities(s2, new ActivityQuery(), Ct).Done()).Activities.Select(a => a.Id.Row));
        Assert.All((await journal.Postings(s2, new PostingQuery(), Ct).Done()).Postings, p => Assert.Equal(book.Estate.S2.Id, p.Site));
        var part = await journal.Batch(s2, batch.Id, Ct).Done();
        Assert.Equal((true, 1, 0, 0, ""), (part.Partial, part.Rows, part.Refused, part.Postings, part.FileHash));
        Assert.Equal(part.Rows, Assert.Single((await journal.Batches(s2, null, 10, Ct).Done()).Batches).Rows);
        Assert.False((await journal.Batch(book.Caller, batch.Id, Ct).Done()).Partial);
        Assert.Empty(await journal.RefusedRows(s2, batch.Id, Ct).Done());
        Assert.Single(await journal.RefusedRows(book.Caller, batch.Id, Ct).Done());

        // Whoever sees nothing of that batch is told that the rows are in the book, and not by whom.
        var csv = Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S2", 2, 1000), Rows.Power("S1", 5, -1));
        var told = (await book.Import(csv, skipBad: true, caller: book.Estate.At(book.Estate.D, Role.DataSteward))).Problems[0];
        Assert.Equal(("file_known_elsewhere", 0), (told.Code, told.Args.Count));
        Assert.Equal("file_known", (await book.Import(csv, skipBad: true, caller: book.Estate.At(book.Estate.S2, Role.DataSteward))).Problems[0].Code);

        // A client key of somebody elsewhere is taken, and leads nowhere.
        var keyed = await journal.Record(book.Estate.At(book.Estate.S1), Rows.Form("S1", "electricity.grid", "3", "kWh"), "", "key-1", Ct).Done();
        var taken = (await journal.Record(d, Rows.Form("S3", "electricity.grid", "3", "kWh"), "", "key-1", Ct)).Problems[0];
        Assert.Equal("client_key_reused", taken.Code);
        Assert.DoesNotContain(keyed.ToString(), taken.Args);

        // A file that one tenant has says nothing to another.
        Assert.Equal("file_known", (await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S2", 2, 1000), Rows.Power("S1", 5, -1)), skipBad: true)).Problems[0].Code);
        Assert.True((await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S2", 2, 1000), Rows.Power("S1", 5, -1)), skipBad: true, caller: other.System)).Ok);
        await book.Sound();
        Assert.True((await journal.CheckBalances(other.System, Ct).Done()).Sound);
    }

    [Theory]
    [EngineData]
    public async Task Writing_needs_its_right_and_proving_the_book_the_whole_tenant(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var id = await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "1", "kWh"), "", null, Ct).Done();
        foreach (var role in (Role[])[Role.Verifier, Role.Viewer])
        {
            var caller = book.Caller with { Role = role };
            await book.Import(Rows.Csv(Rows.Power("S1", 1, 1)), caller: caller).Refused("not_permitted");
            await book.Journal.Check(caller, new MemoryStream("x"u8.ToArray()), "x", new ImportOptions(), null, Ct).Refused("not_permitted");
            await book.Journal.Record(caller, Rows.Form("S1", "electricity.grid", "2", "kWh"), "", null, Ct).Refused("not_permitted");
            await book.Journal.Correct(caller, id, null, "x", Ct).Refused("not_permitted");
            await book.Journal.AddSource(caller, book.Estate.S1.Id, "x", Ct).Refused("not_permitted");
            await book.Journal.RenameSource(caller, 1, "x", Ct).Refused("not_permitted");
        }

        await book.Journal.CheckBalances(book.Estate.At(book.Estate.C), Ct).Refused("not_permitted");
        await book.Journal.CheckBalances(book.Caller with { Role = Role.Viewer }, Ct).Refused("not_permitted");
        Assert.True((await book.Journal.CheckBalances(book.Caller with { Role = Role.Verifier }, Ct).Done()).Sound);
    }

    /// <summary>A machine delivers: what it sent it sees, everything else it neither sees nor changes.</summary>
    [Theory]
    [EngineData]
    public async Task A_device_delivers_and_reads_nothing_but_what_it_sent(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var theirs = await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "1", "kWh"), "", null, Ct).Done();
        var device = book.Estate.At(book.Estate.S1, Role.Device);
        var own = await book.Journal.Record(device, Rows.Form("S1", "electricity.grid", "2", "kWh"), "", "reading-1", Ct).Done();
        Assert.Equal(own, await book.Journal.Record(device, Rows.Form("S1", "electricity.grid", "2", "kWh"), "", "reading-1", Ct).Done());
        Assert.Equal(2, (await book.Journal.Activity(device, own, Ct).Done()).Quantity);
        await book.Journal.Activity(device, theirs, Ct).Refused("not_found");
        await book.Journal.Activity(device with { Person = 77 }, own, Ct).Refused("not_found");
        await book.Journal.Record(device, Rows.Form("S2", "electricity.grid", "2", "kWh"), "", null, Ct).Refused("site_unknown");
        Assert.True((await book.Import(Rows.Csv(Rows.Power("S1", 4, 1)), caller: device)).Ok);
        await book.Journal.Correct(device, own, null, "misread", Ct).Refused("not_permitted");
        await book.Journal.AddSource(device, book.Estate.S1.Id, "Meter 9", Ct).Refused("not_permitted");
        await book.Journal.Activities(device, new ActivityQuery(), Ct).Refused("not_permitted");
    }

    [Theory]
    [EngineData]
    public async Task Lists_filter_and_page_without_gap_or_repeat(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        for (var file = 0; file < 3; file++)
        {
            await book.Import(Rows.Csv(Enumerable.Range(0, 7).Select(i => Rows.Power("S" + (1 + (i % 3)), 1 + i, 10 + file + (i * 0.5), source: "100% M_" + i, evidence: i == 3 ? "柴油票" : "")))).Done();
        }

        var all = await book.Activities();
        Assert.Equal(21, all.Count);
        Assert.Equal(all.Select(a => a.Id), await AllActivities(book, take: 4));
        var postings = await AllPostings(book, take: 5);
        Assert.Equal(await book.Count("posting"), postings.Distinct().Count());
        Assert.Equal(postings.Count, postings.Distinct().Count());
        Assert.Equal(3, (await book.Activities(new ActivityQuery(Text: "柴油"))).Count);
        Assert.Equal(3, (await book.Activities(new ActivityQuery(Text: "% M_3"))).Count);
        Assert.Empty(await book.Activities(new ActivityQuery(Text: "100_")));
        Assert.Equal(21, (await book.Activities(new ActivityQuery(Text: "grid"))).Count);
        Assert.Equal(9, (await book.Activities(new ActivityQuery(Node: book.Estate.S1.Id))).Count);
        Assert.Equal(15, (await book.Activities(new ActivityQuery(Node: book.Estate.C.Id))).Count);
        Assert.Equal(3, (await book.Activities(new ActivityQuery(Period: new DateInterval(new(2023, 2, 28), new(2023, 3, 1))))).Count);
        Assert.Equal(7, (await book.Activities(new ActivityQuery(Batch: all[0].Id.Batch))).Count);
        Assert.Equal(21, (await book.Activities(new ActivityQuery(Account: 200))).Count);
        Assert.Empty(await book.Activities(new ActivityQuery(Account: 100)));
    }

    /// <summary>Large batches are read alone and small ones together; what is not sealed is in neither list.</summary>
    [Theory]
    [EngineData]
    public async Task Pages_run_through_small_and_large_batches(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var batches = new List<long>();
        foreach (var rows in (int[])[1, 2, 4000, 3, 3000, 1, 1])
        {
            batches.Add((await book.Import(Rows.Csv(Enumerable.Range(0, rows).Select(i => Rows.Power("S1", 1 + (i % 12), 1 + batches.Count + (i * 0.001))))).Done()).Batch.Id);
        }

        var corrected = new ActivityId(batches[2], 2001);
        var correcting = await book.Journal.Correct(book.Caller, corrected, Rows.Form("S1", "electricity.grid", "7", "kWh"), "misread", Ct).Done();
        await book.Db.Write(tx => tx.Execute($"UPDATE batch SET state = 0 WHERE id = {batches[1]}"), Ct);

        var rowsInBook = (await book.Db.Read(tx => tx.Query($"SELECT batch, row_number FROM activity", r => new ActivityId(r.Int64(0), r.Int32(1))), Ct)).Where(a => a.Batch != batches[1]);
        var activities = await AllActivities(book, take: 170);
        Assert.Equal(rowsInBook.Where(a => a != corrected).OrderByDescending(a => a.Batch).ThenByDescending(a => a.Row), activities);
        Assert.Contains(correcting, activities);
        var postings = await AllPostings(book, take: 190);
        var lines = await book.Db.Read(tx => tx.Query($"SELECT batch, row_number, line FROM posting", r => (Id: new ActivityId(r.Int64(0), r.Int32(1)), Line: r.Int32(2))), Ct);
        Assert.Equal(lines.Where(p => p.Id.Batch != batches[1]).OrderBy(p => p.Id.Batch).ThenBy(p => p.Id.Row).ThenBy(p => p.Line), postings);
    }

    [Theory]
    [EngineData]
    public async Task Sources_keep_the_code_files_know_and_take_a_name_people_know(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var added = await book.Journal.AddSource(book.Caller, book.Estate.S1.Id, " Boiler 1 ", Ct).Done();
        Assert.Equal(("Boiler 1", "Boiler 1", "S1"), (added.Code, added.Name, added.SiteCode));
        await book.Journal.AddSource(book.Caller, book.Estate.S1.Id, "Boiler 1", Ct).Refused("source_name_taken");
        await book.Journal.AddSource(book.Caller, book.Estate.S1.Id, " ", Ct).Refused("source_name_invalid");
        await book.Journal.RenameSource(book.Caller, added.Id, "一号锅炉", Ct).Done();
        await book.Import(Rows.Csv(Rows.Diesel("S1", 1, 1, source: "Boiler 1"), Rows.Diesel("S1", 2, 1, source: "一号锅炉"), Rows.Diesel("S2", 2, 1, source: "一号锅炉"))).Done();
        var sources = await book.Journal.Sources(book.Caller, null, Ct).Done();
        Assert.Equal([("S1", "Boiler 1", "一号锅炉"), ("S2", "一号锅炉", "一号锅炉")], sources.Select(s => (s.SiteCode, s.Code, s.Name)));
        Assert.All((await book.Activities()).Where(a => a.SiteCode == "S1"), a => Assert.Equal(added.Id, a.Source));
    }

    [Theory]
    [EngineData]
    public async Task A_check_tells_what_an_import_would_say_and_writes_nothing(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var csv = "场所,排放源,活动,开始日期,结束日期,数量,单位,地区,备忘录\nS1,总表,electricity.grid,2023-01-01,2023-01-31,5,kWh,CN-GD,x\nS1,总表,electricity.grid,2023-02-01,2023-02-28,-5,kWh,CN-GD,x\n";
        var check = await book.Journal.Check(book.Caller, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "年度.csv", new ImportOptions(), null, Ct);
        if (!check.Ok)
        {
            Assert.Fail(string.Join("; ", check.Problems.Select(p => p.Message(Language.English))));
        }

        Assert.Equal((2, 1, "negative"), (check.Value.Rows, check.Value.Wrong, check.Value.Problems[0].Code));
        Assert.Equal(0, await book.Count("batch"));
    }

    [Theory]
    [EngineData]
    public async Task A_site_takes_activities_of_its_own_time_only(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Installation.Tree.Close(book.Caller, book.Estate.S3.Id, new DateOnly(2023, 6, 1), Ct).Done();
        Assert.Equal("site_not_valid_then", (await book.Import(Rows.Csv(Rows.Power("S3", 6, 1)))).Problems[0].Code);
        await book.Import(Rows.Csv(Rows.Power("S3", 5, 1))).Done();
    }

    private static async Task<List<ActivityId>> AllActivities(Book book, int take)
    {
        var found = new List<ActivityId>();
        for (ActivityId? after = null; ;)
        {
            var page = await book.Journal.Activities(book.Caller, new ActivityQuery(Take: take, After: after), Ct).Done();
            found.AddRange(page.Activities.Select(a => a.Id));
            if (page.Next is null)
            {
                return found;
            }

            after = page.Next;
        }
    }

    private static async Task<List<(ActivityId Id, int Line)>> AllPostings(Book book, int take)
    {
        var found = new List<(ActivityId, int)>();
        for ((ActivityId, int)? after = null; ;)
        {
            var page = await book.Journal.Postings(book.Caller, new PostingQuery(Take: take, After: after), Ct).Done();
            found.AddRange(page.Postings.Select(p => (p.Id, p.Line)));
            if (page.Next is null)
            {
                return found;
            }

            after = page.Next;
        }
    }
}
