using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

/// <summary>Units of work are all or nothing, reads see one state, writers queue.</summary>
public sealed class TransactionTests
{
    private const string EndlessQuery = "WITH RECURSIVE n(i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private static readonly MigrationSource Accounts = MigrationSource.Of("accounts",
    [
        (1, "account", """
            CREATE TABLE account (id {id}, name {text} NOT NULL UNIQUE, amount {int64} NOT NULL) {strict};
            CREATE TABLE entry (account {int64} NOT NULL REFERENCES account (id), amount {int64} NOT NULL) {strict};
            INSERT INTO account (name, amount) VALUES ('one', 1);
            """),
    ]);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task A_read_does_not_wait_for_an_open_writer_and_does_not_see_it(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        using var written = new ManualResetEventSlim();
        using var mayCommit = new ManualResetEventSlim();
        var writing = store.Db.Write(
            tx =>
            {
                tx.Execute($"UPDATE account SET amount = 2");
                written.Set();
                Assert.True(mayCommit.Wait(Soon, CancellationToken.None));
            },
            Ct);
        Assert.True(written.Wait(Soon, Ct));
        Assert.Equal(1, await Amount(store.Db));
        mayCommit.Set();
        await writing;
        Assert.Equal(2, await Amount(store.Db));
    }

    [Theory]
    [EngineData]
    public async Task A_read_sees_one_state_from_beginning_to_end(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        using var looked = new ManualResetEventSlim();
        using var mayLookAgain = new ManualResetEventSlim();
        var reading = store.Db.Read(
            tx =>
            {
                var before = tx.Scalar($"SELECT amount FROM account");
                looked.Set();
                Assert.True(mayLookAgain.Wait(Soon, CancellationToken.None));
                return (before, tx.Scalar($"SELECT amount FROM account"));
            },
            Ct);
        Assert.True(looked.Wait(Soon, Ct));
        await store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = 2"), Ct);
        mayLookAgain.Set();
        Assert.Equal((1, 1), await reading);
        Assert.Equal(2, await Amount(store.Db));
    }

    [Theory]
    [EngineData]
    public async Task A_long_unit_of_work_gets_through_among_many_short_ones(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var shorts = Enumerable.Range(0, 3).Select(_ => Task.Run(
            async () =>
            {
                var written = 0;
                for (; !enough.IsCancellationRequested; written++)
                {
                    await store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = amount + 1"), Ct);
                }

                return written;
            },
            Ct)).ToArray();

        // What it read is changed by somebody else each time before it is done, until it has the turn alone.
        for (var i = 0; i < 3; i++)
        {
            await store.Db.Write(
                tx =>
                {
                    var amount = tx.Scalar($"SELECT amount FROM account");
                    Thread.Sleep(50);
                    tx.Execute($"INSERT INTO entry (account, amount) SELECT id, {amount} FROM account");
                    tx.Execute($"UPDATE account SET amount = amount + 1");
                },
                Ct);
        }

        await enough.CancelAsync();
        Assert.Equal(1 + 3 + (await Task.WhenAll(shorts)).Sum(), await Amount(store.Db));
    }

    [Theory]
    [EngineData]
    public async Task A_unit_of_work_that_throws_leaves_nothing(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        await Assert.ThrowsAsync<TimeoutException>(() => store.Db.Write(
            tx =>
            {
                tx.Execute($"UPDATE account SET amount = 2");
                throw new TimeoutException();
            },
            Ct));
        Assert.Equal(1, await Amount(store.Db));
        Assert.Equal(1, await store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = 3"), Ct));
        Assert.Equal(0, await store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = 4 WHERE name = 'none'"), Ct));
    }

    [Theory]
    [EngineData]
    public async Task A_read_cannot_write(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        await Assert.ThrowsAnyAsync<Exception>(() => store.Db.Read(tx => tx.Execute($"UPDATE account SET amount = 2"), Ct));
        Assert.Equal(1, await Amount(store.Db));
    }

    [Theory]
    [EngineData]
    public async Task A_clash_of_keys_is_the_same_exception_everywhere_and_ends_the_unit(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        var clash = await Assert.ThrowsAsync<UniqueViolation>(() => store.Db.Write(tx => tx.InsertId($"INSERT INTO account (name, amount) VALUES ('one', 5)"), Ct));
        Assert.Equal("account", clash.Table);
        await Assert.ThrowsAsync<UniqueViolation>(() => store.Db.Write(tx => tx.Execute($"INSERT INTO account (id, name, amount) VALUES (1, 'other', 5)"), Ct));
        await Assert.ThrowsAsync<ForeignKeyViolation>(() => store.Db.Write(tx => tx.Execute($"INSERT INTO entry (account, amount) VALUES (99, 1)"), Ct));
        await Assert.ThrowsAsync<UniqueViolation>(() => store.Db.Write(
            tx =>
            {
                using var bulk = tx.Bulk("account", "name", "amount");
                bulk.Text("one");
                bulk.Int64(5L);
                bulk.EndRow();
                bulk.Complete();
            },
            Ct));

        // Swallowing it inside does not make the rest of the unit good.
        await Assert.ThrowsAsync<InvalidOperationException>(() => store.Db.Write(
            tx =>
            {
                tx.Execute($"UPDATE account SET amount = 2");
                Assert.Throws<UniqueViolation>(() => tx.Execute($"INSERT INTO account (name, amount) VALUES ('one', 5)"));
            },
            Ct));
        Assert.Equal(1, await Amount(store.Db));
        Assert.Equal(0, await store.Db.Write(tx => tx.Execute($"INSERT INTO account (name, amount) VALUES ('one', 5) ON CONFLICT (name) DO NOTHING"), Ct));
    }

    [Theory]
    [EngineData]
    public async Task A_bulk_that_is_not_completed_fails_the_unit(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        await Assert.ThrowsAnyAsync<Exception>(() => store.Db.Write(
            tx =>
            {
                using var bulk = tx.Bulk("account", "name", "amount");
                bulk.Text("two");
                bulk.Int64(5L);
                bulk.EndRow();
            },
            Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => store.Db.Write(
            tx =>
            {
                using var bulk = tx.Bulk("account", "name", "amount");
                bulk.Text("two");
                bulk.EndRow();
            },
            Ct));
        await Assert.ThrowsAnyAsync<Exception>(() => store.Db.Write(
            tx =>
            {
                using var bulk = tx.Bulk("account", "name", "amount");
                tx.Scalar($"SELECT count(*) FROM account");
            },
            Ct));
        Assert.Equal(1, await store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM account"), Ct));
    }

    [Theory]
    [EngineData]
    public async Task Writers_of_two_processes_lose_nothing(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        await using var other = await Db.Open(store.Settings, store.Clock, Ct);
        const int writers = 8;
        const int times = 25;

        // Read, decide, write: the shape that loses updates where transactions are not isolated.
        await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < times; i++)
            {
                await (writer % 2 == 0 ? store.Db : other).Write(
                    tx =>
                    {
                        var amount = tx.Scalar($"SELECT amount FROM account WHERE name = 'one'");
                        tx.Execute($"UPDATE account SET amount = {amount + 1} WHERE name = 'one'");
                    },
                    Ct);
            }
        }));
        Assert.Equal(1 + (writers * times), await Amount(store.Db));
    }

    [Fact]
    public async Task The_writer_takes_people_before_imports_but_lets_imports_on()
    {
        await using var store = await TestStore.Open(Dialect.Sqlite, Accounts);
        using var mayGo = new ManualResetEventSlim();
        var order = new List<string>();
        var first = store.Db.Write(_ => Assert.True(mayGo.Wait(Soon, CancellationToken.None)), Ct);
        List<Task> queued = [first];
        for (var i = 0; i < 2; i++)
        {
            var name = "import" + i;
            queued.Add(store.Db.Write(Lane.Bulk, _ => order.Add(name), Ct));
        }

        for (var i = 0; i < 12; i++)
        {
            var name = "person" + i;
            queued.Add(store.Db.Write(_ => order.Add(name), Ct));
        }

        mayGo.Set();
        await Task.WhenAll(queued);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => "person" + i), order.Where(n => n.StartsWith("person", StringComparison.Ordinal)));
        Assert.Equal(["import0", "import1"], order.Where(n => n.StartsWith("import", StringComparison.Ordinal)));
        Assert.InRange(order.IndexOf("import0"), 5, 9);
    }

    [Theory]
    [EngineData]
    public async Task A_cancelled_unit_does_not_run_and_a_cancelled_read_stops(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = 9"), cancelled.Token));
        Assert.Equal(1, await Amount(store.Db));

        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.Db.Read(tx => tx.Scalar(Sql.Raw(EndlessQuery)), stopping.Token));
        Assert.Equal(1, await Amount(store.Db));
    }

    [Theory]
    [EngineData]
    public async Task Many_readers_share_a_small_pool(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        var amounts = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Amount(store.Db)));
        Assert.All(amounts, a => Assert.Equal(1, a));
    }

    [Theory]
    [EngineData]
    public async Task What_was_committed_is_there_after_a_restart(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Accounts);
        await store.Db.Write(tx => tx.Execute($"UPDATE account SET amount = 42"), Ct);
        await store.Reopen();
        Assert.Equal(42, await Amount(store.Db));
    }

    private static Task<long> Amount(Db db) => db.Read(tx => tx.Scalar($"SELECT amount FROM account WHERE name = 'one'"), Ct);
}
