using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;

namespace Tanlu.Bench;

/// <summary>
/// The built server over the demo group, read by a second process as fast as it answers: the pages and API reads that people open most. Beside them, from the same server under the same
/// load, a small file from memory: what the web server costs without us.
/// </summary>
internal sealed partial class HttpReadRow : BenchmarkRow
{
    private const int Seconds = 8;
    private const int Connections = 8;
    private const double LimitPage = 100;
    private const double LimitApi = 50;

    private static readonly (string Name, double Limit, string[] Paths)[] Reads =
    [
        ("pages", LimitPage, ["/", "/statement", "/activities", "/ledger", "/factors?q=diesel", "/sources"]),
        ("statement page", LimitPage, ["/statement"]),
        ("api", LimitApi, ["/api/v1/statement?from=2025-01&to=2025-12", "/api/v1/statement/total?from=2025-01&to=2025-12", "/api/v1/activities", "/api/v1/factors?q=diesel", "/api/v1/batches"]),
        ("api figure", LimitApi, ["/api/v1/statement/total?from=2025-01&to=2025-12"]),
    ];

    public override string Name => "http-read";

    public override string Says => "requests/s and p99 of the main reads, 8 connections of a second process on the same two cores: API p99 under 50 ms, pages under 100 ms";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run) => Measured(run).GetAwaiter().GetResult();

    private static async Task<IReadOnlyList<Figure>> Measured(BenchmarkRun run)
    {
        using var server = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(run.Root, "tanlu"), ["demo", "--data", Path.Combine(run.Folder, "demo")]) { RedirectStandardOutput = true, WorkingDirectory = run.Folder },
        };

        // What one person may ask in a second is no part of this measure.
        server.StartInfo.Environment["Tanlu__Limits__PerSecond"] = "1000000";
        server.StartInfo.Environment["Tanlu__Limits__Burst"] = "1000000";
        server.StartInfo.Environment["LANG"] = "en_US.UTF-8";
        server.Start();
        try
        {
            var said = "";
            while (!Ready().IsMatch(said))
            {
                said += (await server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("http-read: the server ended: " + said)) + "\n";
            }

            var ready = Ready().Match(said);
            var (url, cookie) = (ready.Groups["url"].Value, "");
            using (var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }))
            {
                using var signedIn = await client.PostAsJsonAsync(url + "/api/v1/session", new { email = ready.Groups["email"].Value, password = ready.Groups["password"].Value });
                cookie = string.Join("; ", signedIn.EnsureSuccessStatusCode().Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
            }

            var floor = Under(run, url, cookie, ["/css/tanlu.css"]);
            var figures = new List<Figure>();
            foreach (var (name, limit, paths) in Reads)
            {
                var (rate, p99) = Under(run, url, cookie, paths);
                figures.Add(new Figure($"http-read {name}, requests/s", rate, floor.Rate, "/s", "GET /css/tanlu.css of the same server", Goal: 0.02, AtMost: false));
                figures.Add(new Figure($"http-read {name}, p99", p99, limit, "ms", "limit", Goal: 1, AtMost: true));
            }

            return figures;
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync();
        }
    }

    private static (double Rate, double P99) Under(BenchmarkRun run, string url, string cookie, string[] paths)
    {
        var output = Command.Output(
            Environment.ProcessPath!, ["load", url, Seconds.ToString(CultureInfo.InvariantCulture), Connections.ToString(CultureInfo.InvariantCulture), cookie, .. paths], run.Folder);
        var numbers = output.Split(' ').Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToList();
        return (numbers[0] / numbers[1], numbers[2]);
    }

    [GeneratedRegex(@"(?<url>http://localhost:\d+).*?(?<email>\S+@\S+), password (?<password>\S+)", RegexOptions.Singleline)]
    private static partial Regex Ready();
}
