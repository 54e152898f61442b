using FsCheck;
using FsCheck.Fluent;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Ledger;

/// <summary>What always holds of the book, whatever goes in, and that damage to it shows.</summary>
public sealed class BookTests
{
    private static readonly string[] Units = ["kWh", "MWh", "t", "kg"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task Totals_do_not_know_the_order_or_the_threads(Dialect engine)
    {
        var rows = Enumerable.Range(0, 1200).Select(i => i % 3 == 0
            ? Rows.Diesel("S" + (1 + (i % 2)), 1 + (i % 12), 0.01 * (i + 1) / 3, source: "D" + (i % 5))
            : Rows.Power("S" + (1 + (i % 3)), 1 + (i % 12), 1e3 * (i + 1) / 7, source: "M" + (i % 11), evidence: i % 4 == 0 ? "bill" : "")).ToList();
        await using var whole = await Book.Open(engine);
        await whole.Import(Rows.Csv(rows)).Done();
        await using var parts = await Book.Open(engine);
        var shuffled = new Random(7);
        var mixed = rows.OrderBy(_ => shuffled.Next()).Chunk(300).ToList();
        await Task.WhenAll(mixed.Select(c => parts.Import(Rows.Csv(c)).Done()));
        foreach (var set in (GwpSet[])[GwpSet.Sar, GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar6])
        {
            Assert.Equal(await whole.Total(set), await parts.Total(set));
            Assert.Equal(Direct(Rows.Csv(rows), set), await whole.Total(set));
        }

        await parts.Sound();
    }

    [Theory]
    [EngineData]
    public async Task Balances_are_the_sum_of_postings_after_anything(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var ids = new List<ActivityId>();
        var config = Config.QuickThrowOnFailure.WithMaxTest(engine == Dialect.Sqlite ? 12 : 3).WithReplay(20_240_229, 7);
        await Task.Run(
            () => Check.One(config, Prop.ForAll(Gen.ListOf(Steps, 8).ToArbitrary(), steps => Sound(book, ids, [.. steps]).GetAwaiter().GetResult())), Ct);
        Assert.NotEmpty(ids);

        // Everything taken back, nothing is left in any balance.
        foreach (var activity in await book.Activities())
        {
            await book.Journal.Correct(book.Caller, activity.Id, null, "end", Ct).Done();
        }

        Assert.Empty(await book.Balances());
        await book.Sound();
    }

    [Theory]
    [EngineData]
    public async Task Months_of_an_activity_add_up_to_it_exactly(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        foreach (var (start, end, quantity) in new (string, string, string)[] { ("2023-01-31", "2023-12-01", "1234.567"), ("2023-02-01", "2024-12-31", "0.000013"), ("2023-05-05", "2023-05-05", "7") })
        {
            var id = await book.Journal.Record(book.Caller, Rows.Form("S1", "fuel.diesel", quantity, "t", start, end), "", null, Ct).Done();
            var activity = await book.Journal.Activity(book.Caller, id, Ct).Done();
            var whole = await book.Journal.Record(book.Caller, Rows.Form("S1", "fuel.diesel", quantity, "t", start, start), "", null, Ct).Done();
            var one = await book.Journal.Activity(book.Caller, whole, Ct).Done();
            foreach (var part in one.Postings)
            {
                var months = activity.Postings.Where(p => p.Part == part.Part).ToList();
                Assert.Equal(part.Amounts, months.Aggregate(default(Amounts), (sum, p) => sum + p.Amounts));
                Assert.Equal(months.Select(m => m.Month).Order(), months.Select(m => m.Month));
            }
        }
    }

    [Theory]
    [EngineData]
    public async Task Damage_shows_and_names_its_place(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        await book.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S1", 2, 1000, evidence: "bill"), Rows.Diesel("S2", 1, 2, note: "by hand"))).Done();
        await book.Import(Rows.Csv(Rows.Power("S1", 3, 1000, corrects: "1:2", note: "again"))).Done();
        await book.Sound();
        foreach (var (damage, codes) in new (string, string[])[]
        {
            ("UPDATE posting SET co2_mg = co2_mg + 1 WHERE batch = 1 AND row_number = 3 AND line = 0", ["root_differs", "balance_differs"]),
            ("UPDATE activity SET quantity = quantity + 1 WHERE batch = 1 AND row_number = 3", ["root_differs"]),
            ("UPDATE activity SET evidence = 'another' WHERE batch = 1 AND row_number = 3", ["root_differs"]),
            ("UPDATE posting SET month = month + 1 WHERE batch = 1 AND row_number = 4", ["root_differs", "balance_differs"]),
            ("DELETE FROM activity WHERE batch = 1 AND row_number = 4", ["root_differs"]),
            ("UPDATE correction SET target_row = 3", ["root_differs"]),
            ("UPDATE balance_sum SET co2_mg = co2_mg - 1", ["balance_differs"]),
            ("DELETE FROM balance_sum WHERE calculation = 1", ["balance_differs"]),
            ("UPDATE calculation SET region = 'CN-BJ' WHERE id = 1", ["calculation_differs"]),
            ("UPDATE batch SET reason = 'another' WHERE id = 1", ["chain_broken"]),
            ("UPDATE batch SET state = 0, seq = NULL WHERE id = 1", ["chain_broken", "balance_differs"]),
        })
        {
            await using var damaged = await Book.Open(engine);
            await damaged.Import(Rows.Csv(Rows.Power("S1", 1, 1000), Rows.Power("S1", 2, 1000, evidence: "bill"), Rows.Diesel("S2", 1, 2, note: "by hand"))).Done();
            await damaged.Import(Rows.Csv(Rows.Power("S1", 3, 1000, corrects: "1:2", note: "again"))).Done();
            await damaged.Db.Write(tx => tx.Execute(Sql.Raw(damage)), Ct);
            var found = (await damaged.Check()).Faults;
            Assert.Equal(codes.Order(), found.Select(f => f.Code).Distinct().Order());
            Assert.All(found, f => Assert.DoesNotContain("[", f.Text(Language.Chinese)));
        }
    }

    [Theory]
    [EngineData]
    public async Task An_explanation_ends_in_the_posting_and_tells_where_it_comes_from(Dialect engine)
    {
        await using var book = await Book.Open(engine);
        var csv = Rows.Csv(
            Rows.Power("S1", 1, 123456.7, evidence: "bill-7"), Rows.Diesel("S2", 4, 3.21, quality: "estimated"), Rows.Row("S3", "Chiller", "refrigerant.R-410A", 6, 4.5, "kg"),
            Rows.Row("S1", "Boiler", "fuel.natural_gas", 2, 8.5, "10^4 Nm3"));
        var batch = (await book.Import(csv).Done()).Batch;
        foreach (var activity in await book.Activities())
        {
            foreach (var set in (GwpSet[])[GwpSet.Sar, GwpSet.Ar4, GwpSet.Ar5, GwpSet.Ar6])
            {
                foreach (var route in (Route[])[Route.Both, Route.GhgProtocol, Route.Guideline])
                {
                    var explanation = await book.Journal.Explain(book.Caller, activity.Id, set, route, Ct).Done();
                    var posted = explanation.Activity.Postings.Where(p => route == Route.Both || p.Key.Route == Route.Both || p.Key.Route == route)
                        .Aggregate(Int128.Zero, (sum, p) => sum + Co2e.InScopes(p.Amounts, p.Key.OtherGas, set));

                    // Half a milligram of each gas, times its GWP.
                    Assert.Equal(Co2e.Kilograms(posted), explanation.Tree.Value, 3e-3);
                    foreach (var language in (Language[])[Language.English, Language.Chinese])
                    {
                        Assert.All(explanation.Tree.All(), node => Assert.DoesNotContain("[", node.Label(language)));
                        Assert.All(explanation.Tree.All().SelectMany(n => n.Notes), note => Assert.False(note.Text(language).StartsWith('['), note.Key));
                    }

                    Assert.Contains(explanation.Tree.Notes, n => n.Key == "from_file" && n.Args[0] == "year.csv" && n.Args[1] == activity.Id.Row.ToString());
                    Assert.Contains(explanation.Tree.All(), n => n.Source is { Kind: "input" });
                }
            }
        }

        var bill = await book.Journal.Explain(book.Caller, new ActivityId(batch.Id, 2), GwpSet.Ar6, Route.Both, Ct).Done();
        Assert.Contains(bill.Tree.Notes, n => n.Key == "with_evidence" && n.Args[0] == "bill-7");
        await book.Journal.Correct(book.Caller, new ActivityId(batch.Id, 2), null, "booked twice", Ct).Done();
        bill = await book.Journal.Explain(book.Caller, new ActivityId(batch.Id, 2), GwpSet.Ar6, Route.Both, Ct).Done();
        Assert.Contains(bill.Tree.Notes, n => n.Key == "taken_back" && n.Args[3] == "booked twice");
        await book.Db.Write(tx => tx.Execute($"UPDATE activity SET quantity = quantity * 2 WHERE row_number = 3"), Ct);
        await book.Journal.Explain(book.Caller, new ActivityId(batch.Id, 3), GwpSet.Ar6, Route.Both, Ct).Refused("recomputation_differs");
    }

    /// <summary>Runs the steps on the book and proves it.</summary>
    private static async Task<bool> Sound(Book book, List<ActivityId> ids, IReadOnlyList<Step> steps)
    {
        foreach (var step in steps)
        {
            var quantity = (step.Quantity / 97.0).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            var form = Rows.Form(
                "S" + step.Site, step.Unit < 2 ? "electricity.grid" : "fuel.diesel", quantity, Units[step.Unit], $"2023-{step.Month:00}-07", $"2023-{step.Month + step.Length:00}-09");
            switch (step.Kind)
            {
                case 0:
                    ids.Add(await book.Journal.Record(book.Caller, form, "", null, Ct).Done());
                    break;
                case 1 when ids.Count > 0:
                    var corrected = await book.Journal.Correct(book.Caller, ids[step.Quantity % ids.Count], step.Month % 2 == 0 ? form : null, "test", Ct);
                    if (corrected.Ok && step.Month % 2 == 0)
                    {
                        ids.Add(corrected.Value);
                    }

                    break;
                default:
                    var file = Enumerable.Range(0, 5).Select(i => Rows.Power("S" + step.Site, step.Month, step.Quantity + i, source: $"M{i}-{ids.Count}")).ToList();
                    file.Add(Rows.Power("S" + step.Site, step.Month, step.Quantity, corrects: "3", note: "test"));
                    var batch = (await book.Import(Rows.Csv(file)).Done()).Batch;
                    ids.AddRange([new ActivityId(batch.Id, 2), new ActivityId(batch.Id, 7)]);
                    break;
            }
        }

        return (await book.Check()).Sound;
    }

    private static Gen<Step> Steps => from kind in Gen.Choose(0, 2)
                                      from site in Gen.Choose(1, 3)
                                      from month in Gen.Choose(1, 9)
                                      from length in Gen.Choose(0, 3)
                                      from unit in Gen.Choose(0, 3)
                                      from quantity in Gen.Choose(0, 1_000_000)
                                      select new Step(kind, site, month, length, unit, quantity);

    /// <summary>The same rows without any book.</summary>
    private static Int128 Direct(string csv, GwpSet set)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(csv));
        using var file = ActivityFile.Open(stream, "direct.csv").Value;
        var total = Int128.Zero;
        file.Read(FactorLibrary.BuiltIn, null, _ => (in ActivityRecord record) =>
        {
            var lines = new PostingLine[record.Plan.Count];
            record.Plan.TryPost(record.Quantity, lines);
            total += lines.Aggregate(Int128.Zero, (sum, l) => sum + Co2e.InScopes(l.Amounts, l.Key.OtherGas, set));
            return true;
        });
        return total;
    }

    private sealed record Step(int Kind, int Site, int Month, int Length, int Unit, int Quantity);
}
