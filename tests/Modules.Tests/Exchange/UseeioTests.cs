using System.IO.Compression;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>USEEIO 2.0.1-411 with the results that the US EPA published for it.</summary>
public sealed class UseeioTests
{
    private static readonly Lazy<InputOutputModel> Published = new(() => UseeioReader.ReadModel(new MemoryStream(Archive()), "USEEIOv2.0.1-411.zip", ReadLimits.Default, default).Value);

    [Fact]
    public void Sectors_indicators_flows_and_demands_are_read()
    {
        var model = Model();
        Assert.Equal((411, 23, 2722, 2), (model.Sectors.Count, model.Indicators.Count, model.Flows.Count, model.Demands.Count));
        Assert.Equal(92_527, model.Requirements.Count(v => v != 0));
        Assert.Equal(["lca_package_part", "lca_package_part"], model.Notes.Select(n => n.Code));
        Assert.Equal((411 * 17, 411 * 17), (model.Rho!.Length, model.Phi!.Length));
        Assert.Equal(1.61969975890991e13, model.Demands.Single(d => d.Id == "2012_US_Production_Complete").Amounts.Sum(), 1e3);
        Assert.Equal(("emission/air", "troposphere/rural/ground-level"), (model.Flows[0].Compartment, model.Flows[0].Subcompartment));
    }

    [Fact]
    public void The_inverse_and_the_total_impacts_are_the_published_ones()
    {
        var model = Model();
        var network = DenseNetwork.FromRequirements(model.Requirements, 411).Value;
        var inverse = network.Inverse().Value;
        var largest = model.Inverse!.Zip(inverse).Max(p => Math.Abs(p.First - p.Second) / Math.Max(Math.Abs(p.First), 1));
        TestContext.Current.TestOutputHelper!.WriteLine($"inverse: {largest:e2}");
        Assert.True(largest < 1e-12, $"{largest}");

        var totals = Totals(model, network);
        var worst = 0.0;
        for (var i = 0; i < 23; i++)
        {
            for (var j = 0; j < 411; j++)
            {
                var published = model.Total![(i * 411) + j];
                worst = Math.Max(worst, published == 0 ? Math.Abs(totals.Of(j)[i]) : Math.Abs((totals.Of(j)[i] - published) / published));
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"totals: {worst:e2}");
        Assert.True(worst < 1e-13, $"{worst}");
        var ghg = model.Indicator("GHG");
        Assert.Equal(1.0376960588454214, totals.Of(model.Sector("1111A0/US"))[ghg], 1e-13);
        Assert.Equal(2.4747284708036603, totals.Of(model.Sector("1111B0/US"))[ghg], 1e-13);
        Assert.Equal(0.3708173487273083, totals.Of(model.Sector("333618/US"))[ghg], 1e-13);
    }

    [Fact]
    public void The_demands_give_the_published_totals_and_outputs()
    {
        var model = Model();
        var network = DenseNetwork.FromRequirements(model.Requirements, 411).Value;
        var totals = Totals(model, network);
        var production = model.Demands.Single(d => d.Id == "2012_US_Production_Complete").Amounts;
        var consumption = model.Demands.Single(d => d.Id == "2012_US_Consumption_Complete").Amounts;
        Assert.Equal(4.919522464611601e12, totals.Impacts(production)[model.Indicator("GHG")], 0.05);
        Assert.Equal(5.174275895516597e12, totals.Impacts(consumption)[model.Indicator("GHG")], 0.05);
        Assert.Equal(1.6197171520327709e13, totals.Impacts(production)[model.Indicator("VADD")], 0.1);

        // EPA's own check: output within 1 % of what the demand needs, for all but two commodities.
        var supply = network.Solve(production).Value.Values;
        var failing = Enumerable.Range(0, 411).Where(j => Math.Abs(supply[j] - model.Output![j]) > 0.01 * Math.Abs(model.Output[j])).Select(j => model.Sectors[j].Id);
        Assert.Equal(["S00300/US", "S00402/US"], failing.Order());
    }

    [Fact]
    public void As_datasets_every_sector_is_a_process_that_gives_one_dollar()
    {
        var package = DatasetReader.Read(new MemoryStream(Archive()), "USEEIOv2.0.1-411.zip", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal(("useeio", 411, 411), (package.Format, package.Processes.Count, package.Results.Count));
        Assert.Equal(92_527, package.Processes.Sum(p => p.Exchanges.Count(x => x.Input)));
        var soy = package.Processes[0];
        Assert.Equal(("1111A0/US", "US", "USD 2012", 1.0), (soy.Id, soy.Location, soy.Exchanges[0].Unit, soy.Exchanges[0].Amount));
        Assert.Equal(("1111A0/US", 0.052092360823920485), (soy.Exchanges[1].ProviderId, soy.Exchanges[1].Amount));
        var ghg = package.Methods.Single().Indicators.Single(i => i.Code == "GHG");
        Assert.Equal(("indicator/GHG", 1.0), (ghg.Factors[0].Flow.Id, ghg.Factors[0].Value));
        Assert.Contains(ghg.Factors, f => f.Flow.Name == "Methane" && f.Value > 20);
    }

    [Theory]
    [InlineData("A.json", "[[0,1],[2]]", "lca_io_row", 2)]
    [InlineData("A.json", "[[0,1]]", "lca_io_size", null)]
    [InlineData("A.json", "[[0,1e999],[0,0]]", "lca_number_not_finite", 1)]
    [InlineData("A.json", "[[0,\"x\"],[0,0]]", "lca_number_broken", 1)]
    [InlineData("A.json", "[[0,", "lca_json_broken", 1)]
    [InlineData("sectors.json", "[{\"id\":\"a\",\"index\":0},{\"id\":\"b\",\"index\":0}]", "lca_io_index", null)]
    [InlineData("sectors.json", "[{\"id\":\"a\"},{\"id\":\"a\"}]", "lca_io_id", null)]
    public void What_does_not_fit_is_named(string part, string text, string code, int? row)
    {
        var parts = new Dictionary<string, string> { ["sectors.json"] = """[{"id":"a","index":1},{"id":"b","index":0}]""", ["indicators.json"] = """[{"id":"i","code":"I","index":0}]""", ["A.json"] = "[[0,0],[0,0]]", ["D.json"] = "[[1,2]]" };
        Assert.True(Read(parts).Ok);
        parts[part] = text;
        var problem = Read(parts).Problems[0];
        Assert.Equal((code, row), (problem.Code, problem.Row));
    }

    internal static byte[] Zip(IEnumerable<(string Name, byte[] Content)> parts)
    {
        var to = new MemoryStream();
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                using var stream = zip.CreateEntry(name, CompressionLevel.Fastest).Open();
                stream.Write(content);
            }
        }

        return to.ToArray();
    }

    private static Outcome<InputOutputModel> Read(Dictionary<string, string> parts) =>
        UseeioReader.ReadModel(new MemoryStream(Zip(parts.Select(p => (p.Key, Encoding.UTF8.GetBytes(p.Value))))), "m.zip", ReadLimits.Default, TestContext.Current.CancellationToken);

    private static Intensities Totals(InputOutputModel model, DenseNetwork network)
    {
        var direct = new double[411 * 23];
        for (var i = 0; i < 23; i++)
        {
            for (var j = 0; j < 411; j++)
            {
                direct[(j * 23) + i] = model.Direct[(i * 411) + j];
            }
        }

        return network.Intensities(direct, 23).Value;
    }

    private static InputOutputModel Model()
    {
        OpenData.Lca("useeio-2.0.1-411/A.json");
        return Published.Value;
    }

    /// <summary>The model's files as one archive; the inverse is published zipped and goes in unpacked.</summary>
    internal static byte[] Archive()
    {
        var folder = Path.GetDirectoryName(OpenData.Lca("useeio-2.0.1-411/A.json"))!;
        using var inverse = ZipFile.OpenRead(Path.Combine(folder, "L.zip"));
        var unpacked = new MemoryStream();
        using (var stream = inverse.Entries[0].Open())
        {
            stream.CopyTo(unpacked);
        }

        return Zip([.. Directory.GetFiles(folder, "*.json").Select(f => (Path.GetFileName(f), File.ReadAllBytes(f))), ("L.json", unpacked.ToArray())]);
    }
}
