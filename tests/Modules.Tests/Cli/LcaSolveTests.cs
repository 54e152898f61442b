using System.Globalization;
using System.Text.Json;
using Tanlu.Cli;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Cli;

/// <summary><c>tanlu lca solve</c> as an outside check calls it.</summary>
public sealed class LcaSolveTests : IDisposable
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private readonly string _folder = Directory.CreateTempSubdirectory("tanlu-lca-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_loop_of_openLCA_is_solved_with_its_impacts_and_certificate()
    {
        // Any order, an entry in two parts, header names that only begin as they should, Windows line ends, cells in quotes.
        File("A.csv", "value,Column process,row_product\r\n1,0,0\r\n-1,0,1\r\n\"1\",1,1\r\n-0.25,1,0\r\n-0.25,1,0\r\n");
        File("B.csv", "row_flow,col_process,value\n0,0,1\n1,0,-3\n0,1,2\n1,1,-3.0e0\n");
        File("C.csv", "row,col,value\n0,0,1\n1,1,-1\n2,0,2\n2,1,-0.5\n");
        using var answer = await Solved("--demand", "0:0.5");
        Assert.Equal([1, 1], Numbers(answer, "supply"));
        Assert.Equal([3, -6], Numbers(answer, "inventory"));
        Assert.Equal([3, 6, 9], Numbers(answer, "impacts"));
        var certificate = answer.RootElement.GetProperty("certificate");
        Assert.True(certificate.GetProperty("backwardError").GetDouble() < 1e-15);
        Assert.True(certificate.GetProperty("primalDual").GetDouble() < 1e-15);
        Assert.Equal(0, certificate.GetProperty("sweeps").GetInt32());
        Assert.Equal(1, certificate.GetProperty("components").GetInt32());
        Assert.Equal(JsonValueKind.Null, certificate.GetProperty("fallback").ValueKind);
        Assert.Equal(["supply", "inventory", "impacts", "certificate"], answer.RootElement.EnumerateObject().Select(p => p.Name));

        var (_, english, _) = await Tanlu("lca", "solve", _folder, "--demand", "0:0.5");
        Assert.Contains("Proven: backward error", english, StringComparison.Ordinal);
        var (_, chinese, _) = await Tanlu("lca", "solve", _folder, "--demand", "0:0.5", "--lang", "zh-CN");
        Assert.Contains("已证明", chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_of_uncertain_entries_are_drawn_by_seed()
    {
        // The product of three lognormal amounts: median 2 × 3 × 5, variances of the logarithm add up.
        File("A.csv", "row,col,value,sigma\n0,0,1,0\n1,1,1,0\n2,2,1,0\n0,1,-2,0.2\n1,2,-3,0.3\n");
        File("B.csv", "row,col,value,sigma\n0,0,5,0.15\n");
        File("C.csv", "row,col,value\n0,0,1\n");
        using var answer = await Solved("--demand", "2", "--samples", "20000", "--seed", "7");
        var samples = answer.RootElement.GetProperty("samples");
        Assert.Equal((20000, 7, 0), (samples.GetProperty("n").GetInt32(), samples.GetProperty("seed").GetInt32(), samples.GetProperty("notConverged").GetInt32()));
        var only = Assert.Single(samples.GetProperty("perIndicator").EnumerateArray());
        var variance = 0.04 + 0.09 + 0.0225;
        Assert.Equal(30 * Math.Exp(variance / 2), only.GetProperty("mean").GetDouble(), 0.5);
        Assert.Equal(30 * Math.Exp(variance / 2) * Math.Sqrt(Math.Exp(variance) - 1), only.GetProperty("sd").GetDouble(), 0.6);
        Assert.Equal(30, only.GetProperty("median").GetDouble(), 0.4);
        Assert.Equal(30 * Math.Exp(-1.96 * Math.Sqrt(variance)), only.GetProperty("p2_5").GetDouble(), 0.5);
        Assert.Equal(30 * Math.Exp(1.96 * Math.Sqrt(variance)), only.GetProperty("p97_5").GetDouble(), 2.0);

        // The order of the lines is nobody's seed.
        File("A.csv", "row,col,value,sigma\n1,2,-3,0.3\n0,1,-2,0.2\n2,2,1,0\n0,0,1,0\n1,1,1,0\n");
        using var again = await Solved("--demand", "2", "--samples", "20000", "--seed", "7");
        Assert.Equal(only.GetProperty("mean").GetDouble(), again.RootElement.GetProperty("samples").GetProperty("perIndicator")[0].GetProperty("mean").GetDouble());

        var (_, english, _) = await Tanlu("lca", "solve", _folder, "--demand", "2", "--samples", "2000");
        Assert.Contains("2000 samples of seed 1, 3 uncertain entries", english, StringComparison.Ordinal);
        Assert.Contains("inputs are skewed", english, StringComparison.Ordinal);
        var (code, _, error) = await Tanlu("lca", "solve", _folder, "--demand", "2", "--samples", "0");
        Assert.Equal(1, code);
        Assert.Contains("0 samples cannot be drawn", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_column_sigma_everything_is_certain_and_it_says_so()
    {
        File("A.csv", "row,col,value\n0,0,1\n");
        File("B.csv", "row,col,value\n0,0,5\n");
        File("C.csv", "row,col,value\n0,0,2\n");
        using var answer = await Solved("--demand", "0", "--samples", "10");
        Assert.Equal((10.0, 0.0), (answer.RootElement.GetProperty("samples").GetProperty("perIndicator")[0].GetProperty("mean").GetDouble(), answer.RootElement.GetProperty("samples").GetProperty("perIndicator")[0].GetProperty("sd").GetDouble()));
        var (_, chinese, _) = await Tanlu("lca", "solve", _folder, "--demand", "0", "--samples", "10", "--lang", "zh-CN");
        Assert.Contains("全部视为确定值", chinese, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_demand_names_a_process_also_where_rows_are_numbered_apart()
    {
        File("A.csv", "row,col,value\n1,0,2\n0,1,1\n0,0,-1\n");
        using var answer = await Solved("--demand", "0");
        Assert.Equal([0.5, 0.5], Numbers(answer, "supply"));
        Assert.Empty(Numbers(answer, "inventory"));
        using var both = await Solved("--demand", "0", "1:2");
        Assert.Equal([0.5, 2.5], Numbers(both, "supply"));
    }

    [Fact]
    public async Task Us_Lci_is_solved_from_its_files()
    {
        foreach (var name in (string[])["A.csv", "B.csv"])
        {
            System.IO.File.Copy(OpenData.Require($"../lca/uslci/{name}"), Path.Combine(_folder, name));
        }

        var factors = DataRows.Parse(OpenData.Bytes("../lca/uslci/flows.csv")).Select(r => r["gwp100_cf"]).ToList();
        File("C.csv", "row,col,value\n" + string.Concat(factors.Select((f, at) => string.Create(CultureInfo.InvariantCulture, $"0,{at},{f}\n"))));
        using var answer = await Solved("--demand", "399");
        Assert.Equal(10.857715096212697, Assert.Single(Numbers(answer, "impacts")), 1e-11);
        Assert.Equal((639, 2980), (Numbers(answer, "supply").Length, Numbers(answer, "inventory").Length));
        Assert.Equal(612, answer.RootElement.GetProperty("certificate").GetProperty("components").GetInt32());
        Assert.True(answer.RootElement.GetProperty("certificate").GetProperty("backwardError").GetDouble() < 1e-15);
    }

    [Fact]
    public async Task Flows_without_a_factor_are_told()
    {
        File("A.csv", "row,col,value\n0,0,1\n");
        File("B.csv", "row,col,value\n0,0,2\n1,0,7\n3,0,5\n");
        File("C.csv", "row,col,value\n0,0,1\n");
        var (_, output, _) = await Tanlu("lca", "solve", _folder, "--demand", "0", "--lang", "en");
        Assert.Contains("2 of the 3 flows", output, StringComparison.Ordinal);
        Assert.Contains("1 (7), 3 (5)", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0,0,1\n1,0,-1\n1,1,1\n0,1,-1\n", "0, 1")]
    [InlineData("0,0,1\n1,0,-1.5\n1,1,1\n0,1,-1\n2,2,1\n", "0, 1")]
    [InlineData("0,0,1\n0,1,1\n1,2,1\n2,2,-1\n", "0, 1")]
    [InlineData("0,0,1\n1,0,-1\n1,1,1\n1,1,-1.2\n", ": 1.")]
    public async Task What_has_no_supply_is_refused_with_the_processes(string entries, string processes)
    {
        File("A.csv", "row,col,value\n" + entries);
        var (code, output, errors) = await Tanlu("lca", "solve", _folder, "--demand", "0", "--json");
        Assert.Equal((Terminal.Refused, ""), (code, output));
        Assert.Contains(processes, errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("row,col,value\n0,0,1\n1,x,2\n", "Row 3, column col: A.csv: “x”")]
    [InlineData("row,col,value\n0,0,1\n-1,0,2\n", "Row 3, column row: A.csv: “-1”")]
    [InlineData("row,col,value\n0,0,1\n\n1,0,nan\n", "Row 4, column value: A.csv: “nan”")]
    [InlineData("row,col,value\n0,0,Infinity\n", "Row 2, column value: A.csv: “Infinity”")]
    [InlineData("row,col,value\n0,0,1e999\n", "Row 2, column value: A.csv: “1e999”")]
    [InlineData("row,col,value\n0,0\n", "Row 2, column value: A.csv: “”")]
    [InlineData("row,col,value\n0.5,0,1\n", "Row 2, column row: A.csv: “0.5”")]
    [InlineData("row,col,value\n999999999,0,1\n", "Row 2, column row: A.csv: “999999999”")]
    [InlineData("row,column\n0,0,1\n", "Row 1: A.csv: no column has a name that begins with “value”")]
    [InlineData("", "Row 1: A.csv: no column")]
    public async Task A_cell_that_cannot_be_read_is_named(string file, string expected)
    {
        File("A.csv", file);
        var (code, _, errors) = await Tanlu("lca", "solve", _folder, "--demand", "0", "--lang", "en");
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains(expected, errors, StringComparison.Ordinal);
        Assert.Contains("Expected:", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--demand", "x")]
    [InlineData("--demand", "0:many")]
    [InlineData("--demand", "0:1:2")]
    [InlineData("--demand", "-1")]
    [InlineData("--json")]
    public async Task A_demand_that_is_none_is_a_wrong_use(params string[] arguments)
    {
        File("A.csv", "row,col,value\n0,0,1\n");
        Assert.Equal(Terminal.Usage, (await Tanlu(["lca", "solve", _folder, .. arguments])).Code);
    }

    [Fact]
    public async Task What_is_not_there_is_refused()
    {
        Assert.Contains("A.csv", (await Tanlu("lca", "solve", _folder, "--demand", "0")).Error, StringComparison.Ordinal);
        File("A.csv", "row,col,value\n0,0,1\n");
        var (code, _, errors) = await Tanlu("lca", "solve", _folder, "--demand", "1");
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains("no process 1", errors, StringComparison.Ordinal);
        File("B.csv", "row,col,value\n0,7,1\n");
        Assert.Contains("B.csv", (await Tanlu("lca", "solve", _folder, "--demand", "0")).Error, StringComparison.Ordinal);
    }

    private void File(string name, string text) => System.IO.File.WriteAllText(Path.Combine(_folder, name), text);

    private async Task<JsonDocument> Solved(params string[] arguments)
    {
        var (code, output, errors) = await Tanlu(["lca", "solve", _folder, .. arguments, "--json"]);
        Assert.True(code == Terminal.Done, errors);
        return JsonDocument.Parse(output);
    }

    private static double[] Numbers(JsonDocument answer, string name) => [.. answer.RootElement.GetProperty(name).EnumerateArray().Select(v => v.GetDouble())];

    private static async Task<(int Code, string Out, string Error)> Tanlu(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.Run(arguments, output, error, NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
