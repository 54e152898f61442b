using System.Diagnostics;

namespace Tanlu.Storage;

/// <summary>
/// The one writer of the SQLite file: a thread that takes units of work in order, interactive ones before bulk ones. SQLite lets one connection write
/// at a time, so a queue in front of it turns waiting and failing into waiting in order.
/// </summary>
internal sealed class SqliteWriter : IAsyncDisposable
{
    // After so many interactive units a waiting bulk unit has its turn, or a busy day would stop an import for good.
    private const int InteractiveRun = 8;

    private readonly SqliteSession _session;
    private readonly Queue<Unit> _interactive = new();
    private readonly Queue<Unit> _bulk = new();
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _run;
    private bool _closing;

    public SqliteWriter(SqliteSession session)
    {
        _session = session;
        new Thread(Work) { IsBackground = true, Name = "Tanlu writer" }.Start();
    }

    public Task<T> Write<T>(Lane lane, Func<Tx, T> work, CancellationToken ct)
    {
        var unit = new Unit<T>(lane, work, ct);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closing, this);
            (lane == Lane.Bulk ? _bulk : _interactive).Enqueue(unit);
            Monitor.Pulse(_gate);
        }

        return unit.Task;
    }

    /// <summary>Finishes what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closing = true;
            Monitor.Pulse(_gate);
        }

        await _ended.Task;
    }

    private void Work()
    {
        while (Next() is { } unit)
        {
            unit.Run(_session);
        }

        _session.Dispose();
        _ended.SetResult();
    }

    private Unit? Next()
    {
        lock (_gate)
        {
            while (_interactive.Count == 0 && _bulk.Count == 0)
            {
                if (_closing)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            if (_interactive.Count > 0 && (_bulk.Count == 0 || _run < InteractiveRun))
            {
                _run++;
                return _interactive.Dequeue();
            }

            _run = 0;
            return _bulk.Dequeue();
        }
    }

    private abstract class Unit
    {
        public abstract void Run(SqliteSession session);
    }

    private sealed class Unit<T>(Lane lane, Func<Tx, T> work, CancellationToken ct) : Unit
    {
        private readonly long _queued = Stopwatch.GetTimestamp();
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Task => _done.Task;

        public override void Run(SqliteSession session)
        {
            if (ct.IsCancellationRequested)
            {
                _done.SetCanceled(ct);
                return;
            }

            StorageMeter.Waited(lane, _queued);
            var started = Stopwatch.GetTimestamp();
            try
            {
                var result = SqliteTx.Run(session, "BEGIN IMMEDIATE", work);
                StorageMeter.Took(started);
                _done.SetResult(result);
            }
            catch (Exception failure)
            {
                // Whatever the work threw belongs to the one who asked for it; the writer lives on.
                _done.SetException(failure);
            }
        }
    }
}
