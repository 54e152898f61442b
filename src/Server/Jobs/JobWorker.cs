using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Server.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Jobs;

/// <summary>
/// Takes jobs off the board of the book, a few at once, and keeps their leases while they run. A stop of the host gives them back; a process that dies leaves leases
/// that end by themselves, and another process goes on.
/// </summary>
internal sealed partial class JobWorker(JobBoard board, IEnumerable<JobKind> kinds, ServerSettings settings, TimeProvider time, ILogger<JobWorker> log) : BackgroundService
{
    private static readonly TimeSpan BetweenReports = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Stopping = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, JobKind> _kinds = kinds.ToDictionary(k => k.Name, StringComparer.Ordinal);
    private readonly string _name = $"{System.Environment.MachineName}/{System.Environment.ProcessId}";
    private readonly TimeSpan _hold = TimeSpan.FromSeconds(settings.Jobs.LeaseSeconds);

    /// <summary>The kinds of jobs and their worker. It starts after the book is brought to this program's state.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<JobKind, ImportJob>();
        services.AddSingleton<JobKind, CheckJob>();
        services.AddSingleton<JobKind, LibraryJob>();
        services.AddSingleton<JobKind, DeliveryJob>();
        services.AddSingleton<EventWatch>();
        services.AddHostedService<JobWorker>();
        services.AddHostedService(s => s.GetRequiredService<EventWatch>());
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, settings.Jobs.AtOnce).Select(_ => Serve(stoppingToken)));

    private async Task Serve(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (await board.AnyDue(_kinds.Keys, stop) && await board.Take(_name, _kinds.Keys, _hold, stop) is { } lease)
                {
                    await Run(lease, stop);
                }
                else
                {
                    await board.WaitForWork(TimeSpan.FromMilliseconds(settings.Jobs.PollMilliseconds), stop);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The database may be away for a while; the lease of what ran ends by itself.
                LogTrouble(e);
                await Task.Delay(AfterFailure, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task Run(JobLease lease, CancellationToken stop)
    {
        using var own = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var over = new CancellationTokenSource();
        var run = new JobRun(lease);
        var keeping = Keep(run, own, over.Token);
        JobEnd? end;
        try
        {
            end = await _kinds[lease.Job.Kind].Run(run, own.Token);
        }
        catch (Exception e) when (own.IsCancellationRequested)
        {
            // Work that is cut off may end in any way, a closed connection among them: that is no failure of the job, and whoever takes it next finds out.
            LogCutOff(e, lease.Job.Kind, lease.Job.Id);
            end = null;
        }
        catch (LeaseLost)
        {
            end = null;
        }
        catch (Exception e) when (e is not DatabaseUnavailable)
        {
            LogFailure(e, lease.Job.Kind, lease.Job.Id);
            end = JobEnd.Failed(new Problem("job_failed", Found: lease.Job.Title));
        }
        finally
        {
            await over.CancelAsync();
        }

        var state = await keeping;

        // The host may be stopping: what is known of the job is still written down.
        using var last = new CancellationTokenSource(Stopping, time);
        if (end is not null)
        {
            await board.Finish(lease, end, last.Token);
        }
        else if (state == LeaseState.CancelAsked)
        {
            await board.Finish(lease, JobEnd.Cancelled, last.Token);
        }
        else if (state == LeaseState.Held)
        {
            await board.GiveBack(lease, last.Token);
        }
    }

    /// <summary>Writes progress down and keeps the lease until the work is over; stops the work where the lease is lost or the owner wants it.</summary>
    private async Task<LeaseState> Keep(JobRun run, CancellationTokenSource own, CancellationToken over)
    {
        var every = BetweenReports < _hold / 4 ? BetweenReports : _hold / 4;
        var state = LeaseState.Held;
        var heard = time.GetTimestamp();
        while (true)
        {
            await Task.Delay(every, time, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
            {
                return state;
            }

            try
            {
                state = await board.Report(run.Lease, run.Progress, over);
                heard = time.GetTimestamp();
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
                return state;
            }
            catch (Exception e)
            {
                // Who could not renew for the length of the lease must take it as lost: another worker may have the job.
                LogTrouble(e);
                state = time.GetElapsedTime(heard) > _hold ? LeaseState.Lost : state;
            }

            if (state != LeaseState.Held)
            {
                await own.CancelAsync();
                return state;
            }
        }
    }

    [LoggerMessage(LogLevel.Debug, "The job {Kind} {Job} was cut off.")]
    private partial void LogCutOff(Exception exception, string kind, long job);

    [LoggerMessage(LogLevel.Error, "The job {Kind} {Job} failed.")]
    private partial void LogFailure(Exception exception, string kind, long job);

    [LoggerMessage(LogLevel.Warning, "The board of jobs could not be reached.")]
    private partial void LogTrouble(Exception exception);
}
