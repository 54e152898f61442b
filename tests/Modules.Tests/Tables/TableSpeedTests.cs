using System.Diagnostics;
using System.Text;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

/// <summary>Runs while nothing else does: allocations are counted for the whole process, since a second thread reads ahead.</summary>
[CollectionDefinition("table speed", DisableParallelization = true)]
public sealed class TableSpeedAlone;

/// <summary>What the fast path costs; times are printed, only allocations are judged.</summary>
[Collection("table speed")]
public sealed class TableSpeedTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WalkingAMillionRowsAllocatesNothingPerRow(bool quoted)
    {
        const int Rows = 1_000_000;
        var text = new StringBuilder("site,source,activity,start,end,quantity,unit,region\n");
        for (var i = 0; i < Rows; i++)
        {
            text.Append(quoted ? $"\"Plant {i % 97}, east\"" : $"Plant {i % 97}").Append($",boiler {i % 7},fuel.diesel,2024-{(i % 12) + 1:D2}-01,2024-{(i % 12) + 1:D2}-28,{i}.{i % 100:D2},L,CN-GD\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        using var file = TableText.Open(bytes).Value;
        var records = file.Records();
        Walk(file, records, ahead: false);
        foreach (var ahead in new[] { false, true })
        {
            var clock = Stopwatch.StartNew();
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var (rows, sum) = Walk(file, records, ahead);
            var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            clock.Stop();
            Assert.Equal(Rows, rows);
            Assert.True(sum > 0);
            TestContext.Current.TestOutputHelper?.WriteLine($"quoted={quoted} ahead={ahead}: {rows / clock.Elapsed.TotalSeconds / 1e6:F2} million rows/s with number and dates, {bytes.Length / clock.Elapsed.TotalSeconds / 1e6:F0} MB/s, {allocated / (double)rows:F3} bytes/row");
            Assert.True(allocated < Rows * 8L, $"{allocated} bytes for {rows} rows: buffers only would be a few MB");
        }
    }

    [Fact]
    public void ARowCostsNothingOnceTheBuffersAreThere()
    {
        var text = "a,b\n" + string.Concat(Enumerable.Repeat("x,\"say \"\"hi\"\"\"\n12.5,2024-01-05\n", 20_000));
        using var file = TableText.Open(text).Value;
        var records = file.Records();
        foreach (var chunk in file.Chunks())
        {
            records.Load(chunk);
            records.Next();
            _ = records[1].Length;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var sum = 0;
            while (records.Next())
            {
                sum += records[0].Length + records[1].Length;
                sum += CellNumber.TryPlain(records[0], out _) ? 1 : 0;
                sum += CellDate.TryIso(records[1], out _) ? 1 : 0;
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(sum > 0);
            chunk.Dispose();
        }
    }

    private static (int Rows, double Sum) Walk(TableFile file, CsvRecords records, bool ahead)
    {
        var rows = 0;
        var sum = 0.0;
        foreach (var chunk in file.Chunks(ahead))
        {
            using (chunk)
            {
                records.Load(chunk);
                while (records.Next())
                {
                    rows++;
                    if (CellNumber.TryPlain(records[5], out var quantity) && CellDate.TryIso(records[3], out var start) && CellDate.TryIso(records[4], out var end))
                    {
                        sum += quantity + end.DayNumber - start.DayNumber + records[0].Length;
                    }
                }
            }
        }

        return (rows, sum);
    }
}
