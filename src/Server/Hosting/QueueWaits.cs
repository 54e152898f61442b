using System.Diagnostics.Metrics;

namespace Tanlu.Server.Hosting;

/// <summary>How long writers waited lately.</summary>
/// <param name="Writes">Units of work since the start of this process.</param>
/// <param name="Median">Seconds, of the last thousand.</param>
/// <param name="Longest">Seconds, of the last thousand.</param>
public sealed record QueueWait(long Writes, double Median, double Longest);

/// <summary>Listens to what Storage measures, so that the health page shows it without a collector.</summary>
internal sealed class QueueWaits : IDisposable
{
    private const int Kept = 1000;

    private readonly MeterListener _listener = new();
    private readonly double[] _last = new double[Kept];
    private readonly Lock _gate = new();
    private long _count;

    public QueueWaits()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Name: "tanlu.storage.write.wait" })
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) =>
        {
            lock (_gate)
            {
                _last[_count++ % Kept] = seconds;
            }
        });
        _listener.Start();
    }

    public QueueWait Now
    {
        get
        {
            double[] sorted;
            long count;
            lock (_gate)
            {
                count = _count;
                sorted = [.. _last.Take((int)Math.Min(count, Kept)).Order()];
            }

            return sorted.Length == 0 ? new QueueWait(0, 0, 0) : new QueueWait(count, sorted[sorted.Length / 2], sorted[^1]);
        }
    }

    public void Dispose() => _listener.Dispose();
}
