using System.Diagnostics;
using System.Globalization;

namespace Tanlu.Bench;

/// <summary>Seconds of the same work done several times: the median is the figure, the best stands beside it.</summary>
internal sealed record Repeats(double Median, double Best, int Count)
{
    /// <summary>After <paramref name="warm"/> rounds that do not count: the compiler replaces what runs often only after a while.</summary>
    public static Repeats Of(int warm, int count, Action<int> work)
    {
        for (var round = 0; round < warm; round++)
        {
            work(round);
        }

        var seconds = new double[count];
        for (var round = 0; round < count; round++)
        {
            var started = Stopwatch.GetTimestamp();
            work(round);
            seconds[round] = Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        return Of(seconds);
    }

    public static Repeats Of(IReadOnlyCollection<double> seconds)
    {
        var sorted = seconds.Order().ToList();
        return new(sorted[sorted.Count / 2], sorted[0], sorted.Count);
    }

    /// <summary><c>median of 9, best 12.3 ms</c>.</summary>
    public string Said => string.Create(CultureInfo.InvariantCulture, $"median of {Count}, best {Best * 1000:0.##} ms");
}
