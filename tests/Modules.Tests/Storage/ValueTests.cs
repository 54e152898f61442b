using System.Text;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

/// <summary>What goes in comes out, on every engine, and what one engine would bend both refuse.</summary>
public sealed class ValueTests
{
    private static readonly MigrationSource Things = MigrationSource.Of("things",
    [
        (1, "thing", """
            CREATE TABLE thing (
                id {id},
                whole {int64},
                real_number {real64},
                words {text},
                content {bytes},
                flag {int64} NOT NULL DEFAULT 0,
                day {text},
                moment {text}
            ) {strict};
            CREATE TABLE total (name {text} NOT NULL, month {int64} NOT NULL, mass {int64} NOT NULL, energy {int64} NOT NULL, PRIMARY KEY (name, month)) {strict};
            """),
    ]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData(0L)]
    [EngineData(-1L)]
    [EngineData(long.MaxValue)]
    [EngineData(long.MinValue)]
    [EngineData(null)]
    public async Task Integers_round_trip(Dialect engine, long? value)
    {
        await using var store = await TestStore.Open(engine, Things);
        var id = await store.Db.Write(tx => tx.InsertId($"INSERT INTO thing (whole) VALUES ({value})"), Ct);
        Assert.Equal(value, await store.Db.Read(tx => tx.First($"SELECT whole FROM thing WHERE id = {id}", r => r.Int64OrNull(0)), Ct));
    }

    [Theory]
    [EngineData]
    public async Task Every_type_round_trips(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        const string words = "柴油（0号）· Größe · 🌱 · ' \" ; -- $1 ?";
        byte[] content = [0, 1, 255, 39, 0];
        var day = new DateOnly(2024, 2, 29);
        var moment = new DateTimeOffset(2024, 12, 31, 23, 59, 59, TimeSpan.FromHours(8)).AddTicks(1234567);
        foreach (var number in (double[])[0.1, -1e308, double.Epsilon, 0, 38.931])
        {
            await store.Db.Write(
                tx => tx.Execute($"INSERT INTO thing (real_number, words, content, flag, day, moment) VALUES ({number}, {words}, {content}, {true}, {day}, {moment})"), Ct);
        }

        var rows = await store.Db.Read(
            tx => tx.Query(
                $"SELECT real_number, words, content, flag, day, moment, whole, words = {words}, id FROM thing ORDER BY id",
                r =>
                {
                    Assert.Equal(words, r.Text(1));
                    Assert.Equal(content, r.Bytes(2));
                    Assert.True(r.Bool(3));
                    Assert.Equal(day, r.Date(4));
                    Assert.Equal(moment, r.Instant(5));
                    Assert.Equal(TimeSpan.Zero, r.Instant(5).Offset);
                    Assert.True(r.IsNull(6));
                    Assert.Null(r.Int64OrNull(6));
                    Assert.Null(r.TextOrNull(6));
                    Assert.Null(r.DateOrNull(6));
                    Assert.True(r.Bool(7));
                    Assert.ThrowsAny<Exception>(() => r.Int64(6));
                    Assert.ThrowsAny<Exception>(() => r.Int32(1));
                    return r.Double(0);
                }),
            Ct);
        Assert.Equal([0.1, -1e308, double.Epsilon, 0, 38.931], rows);
    }

    [Theory]
    [EngineData]
    public async Task Nulls_of_every_type_are_stored_as_nulls(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        await store.Db.Write(
            tx => tx.Execute(
                $"INSERT INTO thing (whole, real_number, words, content, day, moment) VALUES ({(long?)null}, {(double?)null}, {(string?)null}, {(byte[]?)null}, {(DateOnly?)null}, {(DateTimeOffset?)null})"), Ct);
        Assert.True(await store.Db.Read(
            tx => tx.Exists($"SELECT 1 FROM thing WHERE coalesce(whole, -1) = -1 AND real_number IS NULL AND words IS NULL AND content IS NULL AND day IS NULL AND moment IS NULL"), Ct));
    }

    [Theory]
    [EngineData]
    public async Task Bulk_takes_every_type(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        var longText = new string('碳', 20_000);
        await store.Db.Write(
            Lane.Bulk,
            tx =>
            {
                using var bulk = tx.Bulk("thing", "whole", "real_number", "words", "content", "flag", "day", "moment");
                foreach (var words in (string?[])["柴油", "", null, longText])
                {
                    bulk.Int64(long.MinValue);
                    bulk.Double(0.1);
                    bulk.Text(words);
                    bulk.Bytes([0, 255]);
                    bulk.Bool(true);
                    bulk.Date(new DateOnly(2024, 2, 29));
                    bulk.Instant(TestClock.Start);
                    bulk.EndRow();
                }

                bulk.Int64((long?)null);
                bulk.Double((double?)null);
                bulk.Text("utf-8 电"u8);
                bulk.Null();
                bulk.Bool(false);
                bulk.Null();
                bulk.Null();
                bulk.EndRow();
                bulk.Complete();
            },
            Ct);
        var rows = await store.Db.Read(tx => tx.Query($"SELECT words, whole, content, day, moment FROM thing ORDER BY id", r => (r.TextOrNull(0), r.Int64OrNull(1), r.BytesOrNull(2), r.DateOrNull(3), r.InstantOrNull(4))), Ct);
        Assert.Equal(["柴油", "", null, longText, "utf-8 电"], rows.Select(r => r.Item1));
        Assert.Equal([long.MinValue, long.MinValue, long.MinValue, long.MinValue, null], rows.Select(r => r.Item2));
        Assert.Equal([0, 255], rows[0].Item3);
        Assert.Equal((new DateOnly(2024, 2, 29), TestClock.Start), (rows[0].Item4, rows[0].Item5));
        Assert.Equal(default, (rows[4].Item3, rows[4].Item4, rows[4].Item5));
    }

    [Theory]
    [EngineData]
    public async Task What_one_engine_would_bend_both_refuse(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        await Refused(tx => tx.Execute($"INSERT INTO thing (real_number) VALUES ({double.NaN})"));
        await Refused(tx => tx.Execute($"INSERT INTO thing (real_number) VALUES ({double.PositiveInfinity})"));
        await Refused(tx => tx.Execute($"INSERT INTO thing (words) VALUES ({"zero\0character"})"));
        await Refused(tx => tx.Execute($"INSERT INTO thing (words) VALUES ({"half a pair \ud83c"})"));
        await Refused(tx => OneText(tx, [0xff, 0xfe]));
        await Refused(tx => OneText(tx, "zero\0character"u8.ToArray()));
        await Refused(tx => tx.Execute($"INSERT INTO thing (whole) VALUES ({"text"})"));
        await Refused(tx => tx.Execute($"SELECT \"not a column\" FROM thing"));
        await Refused(tx => tx.Bulk("thing; DROP TABLE thing", "whole"));
        await Refused(tx => tx.Bulk("thing", "whole) SELECT 1 --"));

        async Task Refused(Action<Tx> work)
        {
            await Assert.ThrowsAnyAsync<Exception>(() => store.Db.Write(work, Ct));
            Assert.Equal(0, await store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM thing"), Ct));
        }

        static void OneText(Tx tx, byte[] utf8)
        {
            using var bulk = tx.Bulk("thing", "words");
            bulk.Text(utf8);
            bulk.EndRow();
            bulk.Complete();
        }
    }

    [Theory]
    [EngineData]
    public async Task Conditions_compose_and_lists_may_be_empty(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        await store.Db.Write(
            tx =>
            {
                for (var i = 1; i <= 9; i++)
                {
                    tx.Execute($"INSERT INTO thing (whole, words) VALUES ({i}, {"n" + i})");
                }
            },
            Ct);
        Sql small = $"whole < {5}";
        Sql named = $"words IN {Sql.In(["n1", "n4", "n7"])}";
        Assert.Equal([1L, 4], await Whole($"SELECT whole FROM thing WHERE {Sql.Join(" AND ", [small, named])} ORDER BY whole {Sql.Raw("ASC")} LIMIT {3}"));
        Assert.Equal([4L], await Whole($"SELECT whole FROM thing WHERE {small} AND {named} AND whole <> {1} {Sql.Empty}"));
        Assert.Equal([2L, 3], await Whole($"SELECT whole FROM thing WHERE whole IN {Sql.In([2L, 3, 99])} ORDER BY 1"));
        Assert.Empty(await Whole($"SELECT whole FROM thing WHERE whole IN {Sql.In(Array.Empty<long>())} OR words IN {Sql.In(Array.Empty<string>())}"));
        Assert.Equal(9, (await Whole($"SELECT whole FROM thing WHERE whole NOT IN {Sql.In(Array.Empty<long>())} AND words NOT IN {Sql.In(Array.Empty<string>())}")).Count);
        Assert.Throws<ArgumentException>(() => Sql.In(Enumerable.Range(0, 40_000).Select(i => (long)i)));

        Task<List<long>> Whole(Sql sql) => store.Db.Read(tx => tx.Query(sql, r => r.Int64(0)), Ct);
    }

    [Theory]
    [EngineData]
    public async Task Texts_compare_by_their_bytes(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        string[] words = ["a", "B", "é", "z", "柴油", "汽油", "_", "10", "9", "A%"];
        await store.Db.Write(
            tx =>
            {
                foreach (var word in words)
                {
                    tx.Execute($"INSERT INTO thing (words) VALUES ({word})");
                }
            },
            Ct);
        var sorted = await store.Db.Read(tx => tx.Query($"SELECT words FROM thing ORDER BY words", r => r.Text(0)), Ct);
        Assert.Equal(words.OrderBy(w => Convert.ToHexString(Encoding.UTF8.GetBytes(w)), StringComparer.Ordinal), sorted);
        Assert.Equal(["a"], await store.Db.Read(tx => tx.Query($"SELECT words FROM thing WHERE words LIKE {"a%"}", r => r.Text(0)), Ct));
    }

    [Theory]
    [EngineData]
    public async Task Sums_raise_at_the_ends_of_64_bits(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        await store.Db.Write(tx => tx.Execute($"INSERT INTO thing (whole) VALUES ({long.MaxValue - 1}), (1)"), Ct);
        Assert.Equal(long.MaxValue, await store.Db.Read(tx => tx.Scalar($"SELECT CAST(sum(whole) AS BIGINT) FROM thing"), Ct));
        await store.Db.Write(tx => tx.Execute($"INSERT INTO thing (whole) VALUES (1)"), Ct);
        await Assert.ThrowsAsync<IntegerOverflow>(() => store.Db.Read(tx => tx.Scalar($"SELECT CAST(sum(whole) AS BIGINT) FROM thing"), Ct));

        // An addition in an UPDATE, as balances do it, at both ends.
        await store.Db.Write(tx => tx.Execute($"INSERT INTO total (name, month, mass, energy) VALUES ('top', 0, {long.MaxValue}, 0), ('bottom', 0, {long.MinValue}, 0)"), Ct);
        await Assert.ThrowsAsync<IntegerOverflow>(() => store.Db.Write(tx => tx.Execute($"UPDATE total SET mass = mass + {1} WHERE name = 'top'"), Ct));
        await Assert.ThrowsAsync<IntegerOverflow>(() => store.Db.Write(tx => tx.Execute($"UPDATE total SET mass = mass - {1} WHERE name = 'bottom'"), Ct));
        await Assert.ThrowsAsync<IntegerOverflow>(() => store.Db.Write(tx => Add(tx, "top", 0, 1, 0), Ct));
        Assert.Equal(long.MaxValue, await store.Db.Read(tx => tx.Scalar($"SELECT mass FROM total WHERE name = 'top'"), Ct));
    }

    [Theory]
    [EngineData]
    public async Task Accumulate_adds_to_what_is_there(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Things);
        await store.Db.Write(
            tx =>
            {
                Add(tx, "甲", 1, 10, 1);
                Add(tx, "甲", 2, 5, 0);
                using var bulk = tx.Accumulate("total", ["name", "month"], ["mass", "energy"]);
                foreach (var (name, mass) in (ReadOnlySpan<(string, long)>)[("甲", -3), ("乙", 7), ("甲", 1)])
                {
                    bulk.Text(name);
                    bulk.Int64(1);
                    bulk.Int64(mass);
                    bulk.Int64(100);
                    bulk.EndRow();
                }

                bulk.Complete();
            },
            Ct);
        Assert.Equal(
            [("乙", 1, 7, 100), ("甲", 1, 8, 201), ("甲", 2, 5, 0)],
            await store.Db.Read(tx => tx.Query($"SELECT name, month, mass, energy FROM total ORDER BY name, month", r => (r.Text(0), r.Int64(1), r.Int64(2), r.Int64(3))), Ct));
    }

    private static void Add(Tx tx, string name, long month, long mass, long energy)
    {
        using var bulk = tx.Accumulate("total", ["name", "month"], ["mass", "energy"]);
        bulk.Text(name);
        bulk.Int64(month);
        bulk.Int64(mass);
        bulk.Int64(energy);
        bulk.EndRow();
        bulk.Complete();
    }
}
