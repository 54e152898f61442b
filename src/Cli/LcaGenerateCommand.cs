using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca generate DIR</c>: a network with the structure of a large background database, as the CSV files that <c>tanlu lca solve</c> reads.</summary>
internal static class LcaGenerateCommand
{
    public static Command Make(Terminal terminal)
    {
        var defaults = new NetworkRules(20_000, 1);
        var folder = new Argument<string>("dir") { Description = terminal.T("cli.lca.generate.dir") };
        var processes = Number(terminal, "processes", defaults.Processes, 2, NetworkRules.MostProcesses);
        var seed = new Option<ulong>("--seed") { Description = terminal.T("cli.lca.generate.seed"), DefaultValueFactory = _ => defaults.Seed };
        var flows = Number(terminal, "flows", defaults.Flows, 1, 1_000_000);
        var indicators = Number(terminal, "indicators", defaults.Indicators, 1, 1000);
        var columnSum = Share(terminal, "column-sum", defaults.ColumnSum, NetworkRules.LeastColumnSum, 10);
        var negative = Share(terminal, "negative", defaults.Credits, 0, 1);
        var loops = Number(terminal, "loops-over-one", defaults.LoopsOverOne, 0, NetworkRules.MostProcesses);
        var uncertain = new Option<bool>("--uncertain") { Description = terminal.T("cli.lca.generate.uncertain") };
        var apart = new Option<bool>("--rows-apart") { Description = terminal.T("cli.lca.generate.rows_apart") };
        var command = new Command("generate", terminal.T("cli.lca.generate")) { folder, processes, seed, flows, indicators, columnSum, negative, loops, uncertain, apart };
        command.SetAction((parsed, ct) =>
        {
            var rules = new NetworkRules(
                parsed.GetValue(processes), parsed.GetValue(seed), parsed.GetValue(flows), parsed.GetValue(indicators), parsed.GetValue(columnSum), parsed.GetValue(negative), parsed.GetValue(loops),
                parsed.GetValue(uncertain), parsed.GetValue(apart));
            return Task.Run(() => Run(terminal, rules, parsed.GetRequiredValue(folder), ct), ct);
        });
        return command;
    }

    private static int Run(Terminal terminal, NetworkRules rules, string folder, CancellationToken ct)
    {
        if (rules.LoopsOverOne > rules.Hubs / 2)
        {
            return terminal.Refuse([new Problem("lca_too_many_loops", Column: "--loops-over-one", Found: Text(rules.LoopsOverOne), Args: [Text(rules.Hubs / 2)])]);
        }

        string[] names = ["A.csv", "B.csv", "C.csv"];
        if (names.Select(name => Path.Combine(folder, name)).FirstOrDefault(File.Exists) is { } taken)
        {
            return terminal.Refuse([new Problem("lca_file_exists", Found: taken)]);
        }

        Directory.CreateDirectory(folder);
        var network = NetworkGenerator.Generate(rules);
        var matrices = (ReadOnlySpan<Triplets>)[network.Technology, network.Interventions, network.Characterisation];
        for (var at = 0; at < names.Length; at++)
        {
            ct.ThrowIfCancellationRequested();
            TripletFile.Write(Path.Combine(folder, names[at]), matrices[at]);
            terminal.Out.WriteLine(terminal.T("cli.lca.generate.wrote", names[at], Text(matrices[at].Rows), Text(matrices[at].Columns), Text(matrices[at].Count)));
        }

        return Terminal.Done;
    }

    private static Option<int> Number(Terminal terminal, string name, int usual, int least, int most) => Between(terminal, new Option<int>("--" + name) { DefaultValueFactory = _ => usual }, name, least, most);

    private static Option<double> Share(Terminal terminal, string name, double usual, double least, double most) => Between(terminal, new Option<double>("--" + name) { DefaultValueFactory = _ => usual }, name, least, most);

    private static Option<T> Between<T>(Terminal terminal, Option<T> option, string name, T least, T most)
        where T : struct, IComparable<T>, IFormattable, IParsable<T>
    {
        option.Description = terminal.T("cli.lca.generate." + name.Replace('-', '_'));
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var value) && (value.CompareTo(least) < 0 || value.CompareTo(most) > 0))
            {
                result.AddError(terminal.T("cli.lca.generate.outside", "--" + name, token.Value, least.ToString(null, CultureInfo.InvariantCulture), most.ToString(null, CultureInfo.InvariantCulture)));
            }
        });
        return option;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
