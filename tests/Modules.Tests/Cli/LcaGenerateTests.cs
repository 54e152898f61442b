using System.Globalization;
using System.Text.Json;
using Tanlu.Cli;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Cli;

/// <summary><c>tanlu lca generate</c> writes what the generator makes, to the last bit, and nothing over what is there.</summary>
public sealed class LcaGenerateTests : IDisposable
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private readonly string _folder = Directory.CreateTempSubdirectory("tanlu-lca-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_files_hold_the_generated_entries()
    {
        var (code, told, errors) = await Tanlu("lca", "generate", Path.Combine(_folder, "new"), "--processes", "300", "--seed", "5", "--flows", "40", "--indicators", "3", "--negative", "0.02", "--uncertain");
        Assert.True(code == Terminal.Done, errors);
        Assert.Contains("A.csv: 300 × 300, ", told, StringComparison.Ordinal);
        var network = NetworkGenerator.Generate(new NetworkRules(300, 5, 40, 3, Credits: 0.02, Uncertain: true));
        Same(network.Technology, Path.Combine(_folder, "new", "A.csv"));
        Same(network.Interventions, Path.Combine(_folder, "new", "B.csv"));
        Same(network.Characterisation, Path.Combine(_folder, "new", "C.csv"));
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("rows apart", "--rows-apart")]
    [InlineData("uncertain", "--uncertain")]
    [InlineData("column sums to 0.97", "--column-sum", "0.97")]
    [InlineData("credits", "--negative", "0.05")]
    [InlineData("loops over one", "--loops-over-one", "10")]
    [InlineData("all of it", "--rows-apart", "--column-sum", "0.97", "--negative", "0.05", "--loops-over-one", "10")]
    public async Task What_is_generated_is_solved_with_a_certificate(string name, params string[] options)
    {
        var folder = Path.Combine(_folder, name);
        await Tanlu(["lca", "generate", folder, "--processes", "2000", "--seed", "3", .. options]);
        var (code, told, errors) = await Tanlu("lca", "solve", folder, "--demand", "1234:2", "--json");
        Assert.True(code == Terminal.Done, errors);
        using var answer = JsonDocument.Parse(told);
        var certificate = answer.RootElement.GetProperty("certificate");
        Assert.True(certificate.GetProperty("backwardError").GetDouble() <= 1e-10, told[^400..]);
        Assert.True(certificate.GetProperty("primalDual").GetDouble() <= 1e-10, told[^400..]);
        Assert.Equal((2000, 2000, 16), (Length("supply"), Length("inventory"), Length("impacts")));
        Assert.Equal(options.Contains("--loops-over-one"), certificate.GetProperty("fallback").ValueKind == JsonValueKind.String);

        int Length(string list) => answer.RootElement.GetProperty(list).GetArrayLength();
    }

    [Fact]
    public async Task Files_that_are_there_stay_as_they_are()
    {
        var mine = Path.Combine(_folder, "B.csv");
        await File.WriteAllTextAsync(mine, "row,col,value\n", TestContext.Current.CancellationToken);
        var (code, _, errors) = await Tanlu("lca", "generate", _folder, "--processes", "300");
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains("B.csv", errors, StringComparison.Ordinal);
        Assert.Equal([mine], Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("--processes", "1")]
    [InlineData("--processes", "many")]
    [InlineData("--negative", "1.5")]
    [InlineData("--column-sum", "0.1")]
    public async Task An_option_outside_of_its_range_is_a_wrong_use(string option, string value)
    {
        var (code, _, errors) = await Tanlu("lca", "generate", _folder, option, value);
        Assert.Equal(Terminal.Usage, code);
        Assert.Contains(value, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_loops_than_hubs_allow_are_refused_with_the_bound()
    {
        var (code, _, errors) = await Tanlu("lca", "generate", _folder, "--processes", "300", "--loops-over-one", "7");
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains("at most 6", errors, StringComparison.Ordinal);
    }

    private static void Same(Triplets expected, string path)
    {
        var lines = File.ReadAllLines(path);
        var uncertain = expected.Sigma.Length > 0;
        Assert.Equal(uncertain ? "row,col,value,sigma" : "row,col,value", lines[0]);
        Assert.Equal(expected.Count, lines.Length - 1);
        for (var at = 0; at < expected.Count; at++)
        {
            var cells = lines[at + 1].Split(',');
            Assert.Equal(expected.Row[at], int.Parse(cells[0], CultureInfo.InvariantCulture));
            Assert.Equal(expected.Column[at], int.Parse(cells[1], CultureInfo.InvariantCulture));
            Assert.Equal(expected.Value[at], double.Parse(cells[2], CultureInfo.InvariantCulture));
            if (uncertain)
            {
                Assert.Equal(expected.Sigma[at], double.Parse(cells[3], CultureInfo.InvariantCulture));
            }
        }
    }

    private static async Task<(int Code, string Out, string Error)> Tanlu(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.Run([.. arguments, "--lang", "en"], output, error, NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
