using System.Diagnostics;
using Tanlu.Exchange;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class OpenLcaSpeedTests
{
    [Fact]
    public void A_database_of_twenty_thousand_processes_is_written_and_read_in_bounded_time()
    {
        static string Id(int kind, int n) => $"{kind:x8}-0000-4000-8000-{n:x12}";
        var products = Enumerable.Range(0, 20_000).Select(i => new FlowDataset { Id = Id(1, i), Name = $"product {i}", Kind = FlowKind.Product, Unit = "kg" }).ToArray();
        var package = new DatasetPackage
        {
            Format = OpenLcaReader.Code,
            Name = "large",
            Flows = products,
            Processes =
            [
                .. Enumerable.Range(0, 20_000).Select(i => new ProcessDataset
                {
                    Id = Id(2, i),
                    Name = $"process {i}",
                    Exchanges = [.. Enumerable.Range(0, 30).Select(x => new ProcessExchange { Number = x + 1, FlowId = products[(i + (x * 17)) % 20_000].Id, Input = x > 0, Amount = x + 1, Unit = "kg", Reference = x == 0, Uncertainty = new Distribution(DistributionKind.Lognormal, x + 1, 0.1) })],
                }),
            ],
        };
        var bytes = new MemoryStream();
        var clock = Stopwatch.StartNew();
        Assert.Empty(OpenLcaWriter.Write(package, bytes));
        var written = clock.Elapsed;
        bytes.Position = 0;
        clock.Restart();
        var read = DatasetReader.Read(bytes, "large.zip", cancellation: TestContext.Current.CancellationToken).Value;
        TestContext.Current.TestOutputHelper!.WriteLine($"{bytes.Length >> 20} MB written in {written.TotalSeconds:0.0} s, read in {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal((20_000, 600_000), (read.Processes.Count, read.Processes.Sum(p => p.Exchanges.Count)));

        // About 5 s each on a quiet machine; the bound leaves room for a busy one.
        Assert.True(written < TimeSpan.FromSeconds(90) && clock.Elapsed < TimeSpan.FromSeconds(90), $"{written} {clock.Elapsed}");
    }
}
