using System.Diagnostics;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

/// <summary>Prints the speed of bulk inserts of rows like a posting's; asserts only that all are there.</summary>
public sealed class BulkSpeedTests
{
    private const int Units = 10;
    private const int RowsPerUnit = 20_000;

    private static readonly string[] Columns =
        ["tenant", "batch", "number", "line", "site", "source", "calculation", "account", "month", "route", "quality", "co2_mg", "ch4_mg", "n2o_mg", "energy_wh", "note"];

    private static readonly MigrationSource Wide = MigrationSource.Of("wide",
    [
        (1, "wide", $$"""
            CREATE TABLE wide ({{string.Join(", ", Columns[..^1].Select(c => c + " {int64} NOT NULL"))}}, note {text}, PRIMARY KEY (batch, number, line)) {keyed}
            """),
    ]);

    [Theory]
    [EngineData]
    public async Task Bulk_inserts_of_wide_rows(Dialect engine)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var store = await TestStore.Open(engine, Wide);
        var watch = Stopwatch.StartNew();
        var longest = TimeSpan.Zero;
        for (var unit = 0; unit < Units; unit++)
        {
            var started = watch.Elapsed;
            var first = unit * RowsPerUnit;
            await store.Db.Write(Lane.Bulk, tx => Add(tx, first), ct);
            longest = longest > watch.Elapsed - started ? longest : watch.Elapsed - started;
        }

        var seconds = watch.Elapsed.TotalSeconds;
        TestContext.Current.TestOutputHelper!.WriteLine($"{engine}: {Units * RowsPerUnit / seconds:N0} rows/s, longest unit of {RowsPerUnit:N0} rows {longest.TotalMilliseconds:N0} ms");
        Assert.Equal(Units * RowsPerUnit, await store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM wide"), ct));
    }

    private static void Add(Tx tx, int first)
    {
        using var bulk = tx.Bulk("wide", Columns);
        for (var row = first; row < first + RowsPerUnit; row++)
        {
            bulk.Int64(1L);
            bulk.Int64(7L);
            bulk.Int64((long)row);
            bulk.Int64(0L);
            bulk.Int64(row % 50L);
            bulk.Int64(row % 900L);
            bulk.Int64(row % 4000L);
            bulk.Int64(100L);
            bulk.Int64(24_300L + (row % 30));
            bulk.Int64(0L);
            bulk.Int64(3L);
            bulk.Int64(row * 1_000_003L);
            bulk.Int64(row * 31L);
            bulk.Int64(row * 17L);
            bulk.Int64(row * 277_777L);
            bulk.Text("柴油 diesel"u8);
            bulk.EndRow();
        }

        bulk.Complete();
    }
}
