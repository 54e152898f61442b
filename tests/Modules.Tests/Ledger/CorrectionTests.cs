using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>Nothing in the book is changed: a correction is the same postings with the opposite sign, and new ones.</summary>
public sealed class CorrectionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task Taking_an_activity_back_restores_the_balances_exactly(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000.1), Rows.Diesel("S2", 4, 0.333))).Done();
        var before = await book.Balances();
        var id = await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "123.456", "kWh", "2023-01-17", "2023-03-05", source: "Meter"), "", null, Ct).Done();
        Assert.NotEqual(before, await book.Balances());
        var by = await book.Journal.Correct(book.Caller, id, null, "typed twice", Ct).Done();
        Assert.Equal(before, await book.Balances());
        Assert.Equal(2, (await book.Activities()).Count);
        Assert.Equal(3, (await book.Activities(new ActivityQuery(OnlyCurrent: false))).Count);
        var correction = Assert.Single(await book.Journal.Corrections(book.Caller, null, 10, Ct).Done());
        Assert.Equal((id, by, "typed twice", "system", null), (correction.Target, correction.By, correction.Reason, correction.ByName, correction.After));
        Assert.Equal(123.456, correction.Before.Quantity);
        await book.Journal.Correct(book.Caller, id, null, "again", Ct).Refused("already_corrected");
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_corrected_activity_stands_as_if_it_had_been_right_at_once(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await using var right = await Book.Open(engine);
        var id = await book.Journal.Record(book.Caller, Rows.Form("S1", "fuel.diesel", "12", "t"), "", null, Ct).Done();
        var values = await book.Journal.Values(book.Caller, id, Ct).Done();
        Assert.Equal("12", values[ActivityField.Quantity]);
        var fixedValues = new NewActivity(new Dictionary<ActivityField, string>(values.Values) { [ActivityField.Quantity] = "1.2" });
        var by = await book.Journal.Correct(book.Caller, id, fixedValues, "decimal point", Ct).Done();
        await right.Journal.Record(right.Caller, Rows.Form("S1", "fuel.diesel", "1.2", "t"), "", null, Ct).Done();
        foreach (var set in (GwpSet[])[GwpSet.Sar, GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar6])
        {
            Assert.Equal(await right.Total(set), await book.Total(set));
        }

        var stands = Assert.Single(await book.Activities());
        Assert.Equal((by, id, 1.2), (stands.Id, stands.Corrects!.Value, stands.Quantity));

        // The newest one may be corrected in its turn.
        await book.Journal.Correct(book.Caller, by, null, "never happened", Ct).Done();
        Assert.Empty(await book.Activities());
        Assert.Equal(Int128.Zero, await book.Total(GwpSet.Ar6));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_file_corrects_its_own_rows_and_earlier_batches(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var first = await book.Import(Rows.Csv(Rows.Power("S1", 1, 100), Rows.Power("S1", 2, 200), Rows.Diesel("S2", 3, 3))).Done();
        var second = await book.Import(Rows.Csv(
            Rows.Power("S2", 1, 1000),
            Rows.Power("S2", 1, 1100, corrects: "2", note: "wrong column"),
            Rows.Power("S2", 1, 1110, corrects: "3", note: "wrong again"),
            Rows.Power("S1", 2, 250, corrects: $"{first.Batch.Id}:3", note: "bill came"),
            Rows.Power("S3", 5, 7))).Done();
        Assert.Equal(5, second.Batch.Rows);
        Assert.Equal([7.0, 250, 1110, 3, 100], (await book.Activities()).Select(a => a.Quantity));
        Assert.Equal(3, (await book.Journal.Corrections(book.Caller, null, 10, Ct).Done()).Count);
        await book.Sound();

        await using var plain = await Book.Open(engine);
        await plain.Import(Rows.Csv(Rows.Power("S1", 1, 100), Rows.Diesel("S2", 3, 3), Rows.Power("S2", 1, 1110), Rows.Power("S1", 2, 250), Rows.Power("S3", 5, 7))).Done();
        Assert.Equal(await plain.Total(GwpSet.Ar5), await book.Total(GwpSet.Ar5));
    }

    [Theory]
    [EngineData]
    public async Task What_cannot_be_corrected_is_named_at_its_row(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var first = await book.Import(Rows.Csv(Rows.Power("S1", 1, 100), Rows.Power("S3", 2, 200))).Done();
        var id = first.Batch.Id;
        var csv = Rows.Csv(
            Rows.Power("S1", 3, 1, corrects: $"{id}:99", note: "x"),
            Rows.Power("S1", 4, 1, corrects: "999:2", note: "x"),
            Rows.Power("S1", 5, 1, corrects: "99", note: "x"),
            Rows.Power("S1", 6, 1, corrects: $"{id}:2", note: "x"),
            Rows.Power("S1", 7, 1, corrects: $"{id}:2", note: "x"),
            Rows.Power("S1", 8, 1, corrects: "5", note: "x"),
            Rows.Power("S1", 9, 1, corrects: "6"),
            Rows.Power("S1", 10, 1));
        var expected = new[] { (2, "corrects_unknown"), (3, "corrects_unknown"), (4, "corrects_unknown"), (6, "already_corrected"), (7, "corrects_a_correction"), (8, "reason_needed") };
        Assert.Equal(expected, (await book.Import(csv)).Problems.Select(p => (p.Row!.Value, p.Code)).Order());
        Assert.Equal(2, await book.Count("activity"));
        var result = await book.Import(csv, skipBad: true).Done();
        Assert.Equal(expected, result.Refused.Select(p => (p.Row!.Value, p.Code)).Order());
        Assert.Equal(2, result.Batch.Rows);
        await book.Sound();

        // Outside one's own part of the organisation there is nothing to correct.
        var outside = await book.Import(Rows.Csv(Rows.Power("S1", 11, 1, corrects: $"{id}:3", note: "x")), caller: book.Estate.At(book.Estate.C, Role.DataSteward));
        Assert.Equal("corrects_unknown", outside.Problems[0].Code);
    }

    [Theory]
    [EngineData]
    public async Task One_of_two_corrections_at_once_wins(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var id = await book.Journal.Record(book.Caller, Rows.Form("S1", "fuel.diesel", "12", "t"), "", null, Ct).Done();
        var all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => book.Journal.Correct(book.Caller, id, Rows.Form("S1", "fuel.diesel", $"{i + 1}", "t"), "race", Ct)));
        Assert.Single(all, o => o.Ok);
        Assert.All(all.Where(o => !o.Ok), o => Assert.Equal("already_corrected", o.Problems[0].Code));
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task An_entry_with_a_key_is_written_once(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var form = Rows.Form("S1", "electricity.grid", "5", "MWh");
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => book.Journal.Record(book.Caller, form, "", "key-1", Ct).Done()));
        Assert.Single(ids.Distinct());
        Assert.Equal(1, await book.Count("activity"));
        await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "6", "MWh"), "", "key-1", Ct).Refused("client_key_reused");
        await book.Journal.Record(book.Caller, form, "", null, Ct).Done();
        Assert.Equal(2, await book.Count("activity"));
        await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "6", "stone"), "", null, Ct).Refused("unit_unknown");
        await book.Journal.Record(book.Caller, Rows.Form("S1", "electricity.grid", "", "kWh"), "", null, Ct).Refused("number_missing");
        await book.Journal.Record(book.Caller, new NewActivity(new Dictionary<ActivityField, string>()), "", null, Ct).Refused("activity_or_factor_needed");
        await book.Journal.Correct(book.Caller, ids[0], null, " ", Ct).Refused("reason_needed");
        await book.Journal.Correct(book.Caller, new ActivityId(77, 2), null, "x", Ct).Refused("not_found");
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task A_sum_beyond_64_bits_is_refused_and_leaves_nothing(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Packs.Import(book.Caller, new MemoryStream(System.Text.Encoding.UTF8.GetBytes("""
            # pack: test-biogenic
            # version: 1
            # name_en: Test
            # publisher: Test
            # licence: CC0-1.0
            series,version,valid_from,activity,role,geography,name_en,name_zh,components,source,mark
            wood,1,2000-01-01,,named,CN,Wood,木材,co2_biogenic=1 kg/kg,Test,V

            """)), "test.csv", Ct, serve: true).Done();
        string Wood(string kg) => $"site,source,activity,start,end,quantity,unit,region,factor,scope\nS1,Stove,,2023-01-01,2023-01-31,{kg},kg,CN,test-biogenic:wood@1,1\n";
        Assert.Equal("out_of_range", (await book.Import(Wood("9223372036854.8"))).Problems[0].Code);
        await book.Import(Wood("9223372036853.0")).Done();
        var balances = await book.Balances();
        Assert.Equal("balance_out_of_range", (await book.Import(Wood("4000000"))).Problems[0].Code);
        var two = Wood("5000000000000") + "S1,Stove,,2023-01-01,2023-01-31,5000000000001,kg,CN,test-biogenic:wood@1,1\n";
        Assert.Equal("balance_out_of_range", (await book.Import(two)).Problems[0].Code);
        var form = new NewActivity(new Dictionary<ActivityField, string>(Rows.Form("S1", "", "3000000", "kg", "2023-01-01", "2023-01-31", "Stove").Values) { [ActivityField.Factor] = "test-biogenic:wood@1", [ActivityField.Region] = "CN", [ActivityField.Scope] = "1" });
        await book.Journal.Record(book.Caller, form, "", null, Ct).Refused("balance_out_of_range");
        Assert.Equal(balances, await book.Balances());
        Assert.Equal(1, await book.Count("activity"));
        await book.Import(Wood("0.5")).Done();
        await book.Sound();
        Assert.Equal(Route.Both, (await book.Activities())[0].Postings[0].Key.Route);
    }
}
