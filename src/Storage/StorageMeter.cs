using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tanlu.Storage;

/// <summary>What Storage measures of itself; whoever listens to the meter <c>Tanlu.Storage</c> gets it.</summary>
internal static class StorageMeter
{
    private static readonly Meter Meter = new("Tanlu.Storage");

    // A write takes well under a millisecond where nobody is in front of it.
    private static readonly InstrumentAdvice<double> Steps = new() { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] };

    private static readonly Histogram<double> Waits = Meter.CreateHistogram("tanlu.storage.write.wait", "s", "Time that a unit of work waited for its turn to write", tags: null, Steps);

    private static readonly Histogram<double> Durations = Meter.CreateHistogram("tanlu.storage.write.duration", "s", "Time that a unit of work took, with its commit", tags: null, Steps);

    private static readonly Counter<long> Clashes = Meter.CreateCounter<long>("tanlu.storage.write.clashes", "{unit}", "Units of work that ran again because another writer was first");

    public static void Waited(Lane lane, long since) => Waits.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, new KeyValuePair<string, object?>("lane", lane == Lane.Bulk ? "bulk" : "interactive"));

    public static void Took(long since) => Durations.Record(Stopwatch.GetElapsedTime(since).TotalSeconds);

    public static void Clashed() => Clashes.Add(1);
}
