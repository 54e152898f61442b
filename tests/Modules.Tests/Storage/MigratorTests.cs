using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

public sealed class MigratorTests
{
    private const string First = "CREATE TABLE first_table (id {id}, name {text} NOT NULL) {strict}";
    private const string Second = "ALTER TABLE first_table ADD COLUMN size {int64}; INSERT INTO first_table (name, size) VALUES ('kept; ''too''', 3)";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData]
    public async Task Each_migration_runs_once_and_is_recorded(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        Assert.Equal(1, await Migrator.Run(store.Db, [Of((1, First))], Ct));
        Assert.Equal(1, await Migrator.Run(store.Db, [Of((1, First), (2, Second))], Ct));
        Assert.Equal(0, await Migrator.Run(store.Db, [Of((1, First), (2, Second))], Ct));
        var rows = await store.Db.Read(tx => tx.Query($"SELECT module, number, applied_at FROM migration ORDER BY number", r => (r.Text(0), r.Int64(1), r.Instant(2))), Ct);
        Assert.Equal([("shop", 1, TestClock.Start), ("shop", 2, TestClock.Start)], rows);
        Assert.Equal("kept; 'too'", await store.Db.Read(tx => tx.First($"SELECT name FROM first_table", r => r.Text(0)), Ct));
    }

    [Theory]
    [EngineData]
    public async Task A_changed_migration_and_an_older_program_are_refused(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Of((1, First), (2, Second)));
        var changed = await Assert.ThrowsAsync<MigrationRefused>(() => Migrator.Run(store.Db, [Of((1, First + " "), (2, Second))], Ct));
        Assert.Contains("0001_step of shop was changed", changed.Message, StringComparison.Ordinal);
        var newer = await Assert.ThrowsAsync<MigrationRefused>(() => Migrator.Run(store.Db, [Of((1, First))], Ct));
        Assert.Contains("newer program", newer.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Migrator.Run(store.Db, [Of((1, First.ReplaceLineEndings("\r\n")), (2, Second))], Ct));
    }

    [Theory]
    [EngineData]
    public async Task A_migration_that_fails_leaves_nothing(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, Of((1, First)));
        await Assert.ThrowsAnyAsync<Exception>(() => Migrator.Run(store.Db, [Of((1, First), (2, Second + "; INSERT INTO nowhere VALUES (1)"))], Ct));
        Assert.Equal(1, await store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM migration"), Ct));
        Assert.Equal(1, await Migrator.Run(store.Db, [Of((1, First), (2, Second))], Ct));
    }

    [Theory]
    [EngineData]
    public async Task Runners_that_start_at_once_apply_each_migration_once(Dialect engine)
    {
        await using var store = await TestStore.Open(engine);
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Db.Open(store.Settings, store.Clock, Ct)));
        var applied = await Task.WhenAll(others.Select(db => Task.Run(() => Migrator.Run(db, [Of((1, First), (2, Second))], Ct), Ct)));
        Assert.Equal(2, applied.Sum());
        Assert.Equal(1, await store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM first_table"), Ct));
        foreach (var db in others)
        {
            await db.DisposeAsync();
        }
    }

    [Fact]
    public async Task Processes_that_open_a_new_book_at_once_all_get_it()
    {
        for (var round = 0; round < 10; round++)
        {
            var settings = new StorageSettings(Path.Combine(Directory.CreateTempSubdirectory("tanlu-test-").FullName, "data"));
            var clock = new TestClock();
            var books = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Db.Open(settings, clock, Ct), Ct)));
            var applied = await Task.WhenAll(books.Select(db => Task.Run(() => Migrator.Run(db, [Of((1, First))], Ct), Ct)));
            Assert.Equal(1, applied.Sum());
            foreach (var db in books)
            {
                await db.DisposeAsync();
                await db.DisposeAsync();
            }

            Directory.Delete(Path.GetDirectoryName(settings.DataFolder)!, recursive: true);
        }
    }

    [Fact]
    public void Numbers_have_no_gaps_and_tokens_are_known()
    {
        Assert.Throws<InvalidDataException>(() => Of((1, First), (3, Second)));
        Assert.Throws<InvalidDataException>(() => Of((2, First)));
        Assert.Throws<InvalidDataException>(() => Of());
        Assert.Throws<InvalidDataException>(() => new Migration(1, "x", "CREATE TABLE t (a {int32})").For(Dialect.Sqlite));
        Assert.Throws<InvalidDataException>(() => MigrationSource.Embedded("none", typeof(MigratorTests).Assembly));
        Assert.Equal("a BIGINT b DOUBLE PRECISION c BYTEA ", new Migration(1, "x", "a {int64} b {real64} c {bytes} {strict}").For(Dialect.Postgres));
    }

    private static MigrationSource Of(params (int Number, string Sql)[] steps) => MigrationSource.Of("shop", steps.Select(s => (s.Number, "step", s.Sql)));
}
