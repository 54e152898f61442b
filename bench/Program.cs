using System.Globalization;
using Tanlu.Bench;
using Tanlu.Storage;

BenchmarkRow[] all =
[
    new GeneratorRow(), new CalcRow(), new PostRow(Dialect.Sqlite), new PostRow(Dialect.Postgres), new StatementRow(), new HttpReadRow(), new FactorLoadRow(), new FactorSearchRow(),
    new LcaFirstRow(), new LcaNextRow(), new LcaAllRow(), new LcaMonteCarloRow(), new LcaHardRow(), new LcaLargeRow(),
];
const string usage = """
    bench/run [--only ROW] [--seed N]                       measure; one line per figure, all of them in bench/results.json
    bench/run list                                          the rows and what they say
    bench/run load URL SECONDS CONNECTIONS COOKIE PATH…    requests from a process of their own, as http-read uses it
    bench/run generate --rows N [--seed N] --out FILE       activity rows as the benchmarks use them
    """;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

const ulong usualSeed = 20240229;
var seed = usualSeed;
if (Option("--seed") is { } given && !ulong.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out seed))
{
    Console.Error.WriteLine($"--seed {given}: not a whole number.");
    return 2;
}

switch (args.FirstOrDefault(a => !a.StartsWith('-')) is var verb && args.Length > 0 && args[0] == verb ? verb : "measure")
{
    case "list":
        foreach (var row in all)
        {
            Console.WriteLine($"{row.Name}: {row.Says}");
        }

        return 0;

    case "generate":
        if (!long.TryParse(Option("--rows"), NumberStyles.None, CultureInfo.InvariantCulture, out var rows) || Option("--out") is not { } path)
        {
            Console.Error.WriteLine(usage);
            return 2;
        }

        using (var file = File.Create(path))
        {
            var content = new ActivityRows(seed).Write(file, rows);
            Console.WriteLine($"{content.Rows} rows, {content.Bad} bad, {content.Corrections} corrections, {content.Combinations} combinations of site, activity, region and period");
        }

        return 0;

    case "load":
        return await Load.Run(args[1..]);

    case "measure":
        return Measure(Option("--only"));

    default:
        Console.Error.WriteLine(usage);
        return 2;
}

int Measure(string? only)
{
    var chosen = all.Where(r => only is null || r.Name == only).ToList();
    if (chosen.Count == 0)
    {
        Console.Error.WriteLine($"No row {only}. There are: {string.Join(", ", all.Select(r => r.Name))}.");
        return 2;
    }

    var root = new DirectoryInfo(AppContext.BaseDirectory);
    while (root is not null && !File.Exists(Path.Combine(root.FullName, "Tanlu.slnx")))
    {
        root = root.Parent;
    }

    var figures = new List<Figure>();
    Console.WriteLine("row | ours | peer or limit | ratio | goal | ok or short");
    foreach (var row in chosen)
    {
        // Beside the repository's build rather than in a temporary folder, which may be memory: durability is part of what is measured.
        var folder = Path.Combine(root!.FullName, "artifacts", "bench", row.Name);
        Directory.CreateDirectory(folder);
        try
        {
            foreach (var figure in row.Measure(new BenchmarkRun(seed, folder, root.FullName)))
            {
                figures.Add(figure);
                Console.WriteLine(figure.Line);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    Results.Write(Path.Combine(root!.FullName, "bench", "results.json"), seed, TimeProvider.System.GetUtcNow(), figures);
    return figures.All(f => f.Ok) ? 0 : 1;
}
