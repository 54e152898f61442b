using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Tanlu.Bench;

/// <summary>
/// A reader in a process of its own: some connections that each ask again as soon as they are answered. Prints requests, seconds and the 99th percentile of the milliseconds
/// until the whole answer was read, in one line.
/// </summary>
internal static class Load
{
    public static async Task<int> Run(string[] args)
    {
        var (url, seconds, connections, cookie, paths) = (
            args[0], double.Parse(args[1], CultureInfo.InvariantCulture), int.Parse(args[2], CultureInfo.InvariantCulture), args[3], args[4..]);
        using var handler = new SocketsHttpHandler { UseCookies = false, AutomaticDecompression = DecompressionMethods.All, MaxConnectionsPerServer = connections, AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(url) };
        await Loop(client, cookie, paths, TimeSpan.FromSeconds(Math.Min(2, seconds)), 0); // the first requests compile what the others run
        var started = Stopwatch.GetTimestamp();
        var loops = await Task.WhenAll(Enumerable.Range(0, connections).Select(at => Task.Run(() => Loop(client, cookie, paths, TimeSpan.FromSeconds(seconds), at))));
        var elapsed = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var times = loops.SelectMany(l => l).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times.Count} {elapsed:0.000} {times[(int)(times.Count * 0.99)]:0.000}"));
        return 0;
    }

    private static async Task<List<double>> Loop(HttpClient client, string cookie, string[] paths, TimeSpan during, int first)
    {
        var times = new List<double>();
        var begun = Stopwatch.GetTimestamp();
        for (var at = first; Stopwatch.GetElapsedTime(begun) < during; at++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, paths[at % paths.Length]);
            request.Headers.Add("Cookie", cookie);
            var started = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request);
            await response.Content.ReadAsByteArrayAsync();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new InvalidOperationException($"{paths[at % paths.Length]} was answered {(int)response.StatusCode}");
            }
        }

        return times;
    }
}
