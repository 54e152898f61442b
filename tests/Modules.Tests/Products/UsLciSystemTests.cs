using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>US LCI from its archive through reader and linker, against the counts and matrices of its data set's description.</summary>
public sealed class UsLciSystemTests
{
    private static readonly Lazy<ProductSystem> Linked = new(() => SystemLinker.Link([Read()], Rules!).Value);

    /// <summary>The rule of the data set's description: the first producer by number, all burden on the reference product, nothing of an elementary flow converted.</summary>
    internal static LinkRules Rules { get; } = new() { CoProducts = CoProductRule.Reference, SameLocation = false, Markets = false, OwnProduct = true, FlowRows = FlowRows.AsWritten };

    internal static ProductSystem System()
    {
        OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip");
        return Linked.Value;
    }

    [Fact]
    public void Counts_of_linked_cut_off_dropped_and_ambiguous_exchanges_are_those_published()
    {
        var system = System();
        Assert.Equal((639, 2980), (system.Processes.Count, system.Flows.Count));
        Assert.Equal((3809, 31_086), (system.A.Count, system.B.Count));
        Assert.Equal(3439, system.Report.Linked);
        Assert.Equal(3490, system.Report.CutOff.Count());
        Assert.Equal(25, system.Report.Dropped.Count());
        Assert.Equal(227, system.Report.Ambiguous.Count);
        Assert.All(system.Report.Ambiguous, a => Assert.Equal(a.Candidates[0], a.Chosen));
        Assert.All(system.Report.Dropped, d => Assert.True(d.Unit is "l" or "m3" or "kg", d.Unit));
        Assert.Equal(57 - 25 + 25, system.Report.Converted.Count);
    }

    [Fact]
    public void Both_matrices_are_those_published_entry_by_entry()
    {
        var system = System();
        var published = Rows("uslci/processes.csv");
        Assert.Equal(published.Select(p => p[1]), system.Processes.Select(p => p.Id));
        foreach (var entry in Rows("uslci/A.csv"))
        {
            Near(Number(entry[2]), system.A.At(Index(entry[0]), Index(entry[1])));
        }

        // The published rows of B are in the order of their first appearance too.
        foreach (var (flow, row) in Rows("uslci/flows.csv").Zip(system.Flows))
        {
            Assert.Equal((flow[1], flow[4], flow[5] == "resource"), (row.Flow.Name, row.Flow.Unit, row.Input));
        }

        foreach (var entry in Rows("uslci/B.csv"))
        {
            Near(Number(entry[2]), system.B.At(Index(entry[0]), Index(entry[1])));
        }
    }

    internal static IReadOnlyList<string[]> Rows(string path) =>
        [.. Tanlu.Kernel.CsvText.Records(File.ReadAllBytes(OpenData.Lca(path))).Skip(1).Select(r => r.ToArray())];

    internal static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    internal static int Index(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static void Near(double expected, double found) => Assert.True(Math.Abs(expected - found) <= 1e-14 * Math.Abs(expected), $"{found:R}, not {expected:R}");

    private static DatasetPackage Read()
    {
        using var file = File.OpenRead(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"));
        return DatasetReader.Read(file, "uslci.zip").Value;
    }
}
