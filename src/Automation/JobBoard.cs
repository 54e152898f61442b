using System.Diagnostics;
using System.Threading.Channels;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>
/// The board of jobs: people put work on it, workers of any process on the same book take it. A job is a row; whoever takes it holds a lease with a number, and what
/// is written with an older number is refused. People see and cancel their own jobs; who operates the platform sees all of a tenant.
/// </summary>
public sealed class JobBoard(Db db, Audit audit, TimeProvider time)
{
    public const int LongestPage = 200;

    /// <summary>Problems kept with a job; the rest is only counted by its kind.</summary>
    public const int MostProblems = 20_000;

    /// <summary>A job whose workers died so often is given up: it may be what kills them.</summary>
    public const int MostAttempts = 5;

    private const int LongestTitle = 200;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(40);

    private readonly Channel<bool> _arrivals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Puts work on the board; it runs as the caller, as long as the caller may still do it when it is taken.</summary>
    public async Task<Outcome<Job>> Enqueue(Caller caller, NewJob job, CancellationToken ct)
    {
        if (!caller.May(job.Needs))
        {
            return Refusal.NotPermitted();
        }

        var id = await db.Write(tx => Put(tx, caller, job), ct);
        Announce();
        return (await db.Read(tx => JobStore.Find(tx, caller.Tenant, id), ct))!;
    }

    /// <summary>The job, for who asked for it and for who operates the platform.</summary>
    public async Task<Outcome<Job>> Status(Caller caller, long id, CancellationToken ct) =>
        await db.Read(tx => JobStore.Seen(tx, caller, id), ct) is { } job ? job : Refusal.NotFound($"job/{id}");

    /// <summary>As <see cref="Status"/>, once the job has ended or <paramref name="patience"/> has passed: a short job is answered at once.</summary>
    public async Task<Outcome<Job>> Await(Caller caller, long id, TimeSpan patience, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var job = await Status(caller, id, ct);
            if (!job.Ok || job.Value.Ended || Stopwatch.GetElapsedTime(started) >= patience)
            {
                return job;
            }

            await Task.Delay(Glance, time, ct);
        }
    }

    /// <summary>Jobs, newest first: one's own, or everybody's for who operates the platform.</summary>
    /// <param name="everyone">Also those of others; needs <see cref="Right.OperatePlatform"/> over the whole tenant.</param>
    /// <param name="before">Jobs with a smaller id only; null starts at the newest.</param>
    public async Task<Outcome<JobPage>> List(Caller caller, bool everyone, JobState? state, long? before, int take, CancellationToken ct)
    {
        if (everyone && !caller.MayEverywhere(Right.OperatePlatform))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        var found = await db.Read(tx => JobStore.List(tx, caller, everyone, state, before ?? long.MaxValue, rows + 1), ct);
        return found.Count > rows ? new JobPage(found[..rows], found[rows - 1].Id) : new JobPage(found, null);
    }

    /// <summary>Stops a job: a waiting one at once, a running one as soon as its worker hears of it. One that has ended stays as it is.</summary>
    public async Task<Outcome<Job>> Cancel(Caller caller, long id, CancellationToken ct) => await db.Write<Outcome<Job>>(
        tx =>
        {
            if (JobStore.Seen(tx, caller, id) is not { } job)
            {
                return Refusal.NotFound($"job/{id}");
            }

            if (!job.Ended)
            {
                JobStore.AskCancel(tx, job, time.GetUtcNow());
                if (!JobStore.Quiet(tx, id))
                {
                    audit.Write(tx, caller, "job.cancel", $"job/{id}", ("kind", job.Kind), ("title", job.Title));
                }
            }

            return JobStore.Find(tx, caller.Tenant, id)!;
        },
        ct);

    /// <summary>Takes the next job that is due, for the platform's workers: one that waits, or one whose worker let its lease run out.</summary>
    /// <param name="worker">Name of the worker, for people.</param>
    /// <param name="kinds">Kinds that this worker knows.</param>
    /// <param name="hold">How long the job is the worker's without being heard of.</param>
    public Task<JobLease?> Take(string worker, IReadOnlyCollection<string> kinds, TimeSpan hold, CancellationToken ct) => db.Write(
        tx =>
        {
            while (JobStore.NextDue(tx, kinds, time.GetUtcNow()) is { } due)
            {
                var now = time.GetUtcNow();
                var fence = JobStore.Begin(tx, due.Id, worker, now, now + hold);
                var job = JobStore.Find(tx, due.Tenant, due.Id)!;
                var owner = JobStore.Owner(tx, due.Id, now);
                var lease = new JobLease(job, owner ?? Caller.System(job.Tenant), worker, fence, hold);
                var end = job.CancelAsked ? JobEnd.Cancelled
                    : owner is null ? JobEnd.Failed(new Problem("job_owner_gone", Found: job.PersonName))
                    : job.Attempts > MostAttempts ? JobEnd.Failed(new Problem("job_gave_up", Found: job.Title, Args: [$"{MostAttempts}"]))
                    : null;
                if (end is null)
                {
                    return lease;
                }

                Close(tx, lease, end);
            }

            return null;
        },
        ct);

    /// <summary>Whether a job is due: a look that costs no writer anything.</summary>
    public Task<bool> AnyDue(IReadOnlyCollection<string> kinds, CancellationToken ct) => db.Read(tx => JobStore.AnyDue(tx, kinds, time.GetUtcNow()), ct);

    /// <summary>Ends when work was put on the board of this process, or after <paramref name="patience"/>: other processes put theirs on the same book.</summary>
    public async Task WaitForWork(TimeSpan patience, CancellationToken ct)
    {
        using var bell = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bell.CancelAfter(patience);
        try
        {
            await _arrivals.Reader.ReadAsync(bell.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // Time to look again.
        }
    }

    /// <summary>Says how far the job is and keeps the lease for another while.</summary>
    public Task<LeaseState> Report(JobLease lease, JobProgress progress, CancellationToken ct) => db.Write(
        tx =>
        {
            var held = JobStore.Report(tx, lease, progress, time.GetUtcNow() + lease.Hold);
            return !held ? LeaseState.Lost : JobStore.CancelAsked(tx, lease.Job.Id) ? LeaseState.CancelAsked : LeaseState.Held;
        },
        ct);

    /// <summary>Ends the job. False where it is no longer this worker's: then nothing is recorded.</summary>
    public Task<bool> Finish(JobLease lease, JobEnd end, CancellationToken ct) => db.Write(tx => JobStore.Held(tx, lease) && Close(tx, lease, end), ct);

    /// <summary>Puts the job back for whoever takes it next; the attempt does not count.</summary>
    public Task<bool> GiveBack(JobLease lease, CancellationToken ct) => db.Write(tx => JobStore.GiveBack(tx, lease, time.GetUtcNow()), ct);

    /// <summary>Puts work on the board in the transaction of what causes it. Call <see cref="Announce"/> after the commit.</summary>
    internal long Put(Tx tx, Caller caller, NewJob job)
    {
        var id = JobStore.Insert(tx, caller, job with { Title = Short(job.Title) }, time.GetUtcNow());
        if (!job.Quiet)
        {
            audit.Write(tx, caller, "job.start", $"job/{id}", ("kind", job.Kind), ("title", Short(job.Title)));
        }

        return id;
    }

    /// <summary>Ends the job in the transaction of its effect; throws <see cref="LeaseLost"/> where the job is no longer this worker's, so that the effect does not stay.</summary>
    internal void FinishIn(Tx tx, JobLease lease, JobEnd end)
    {
        if (!JobStore.Held(tx, lease))
        {
            throw new LeaseLost(lease.Job.Id);
        }

        Close(tx, lease, end);
    }

    /// <summary>Wakes the workers of this process.</summary>
    internal void Announce() => _arrivals.Writer.TryWrite(true);

    private bool Close(Tx tx, JobLease lease, JobEnd end)
    {
        JobStore.End(tx, lease, end with { Problems = [.. end.Problems.Take(MostProblems)] }, time.GetUtcNow());
        if (!JobStore.Quiet(tx, lease.Job.Id))
        {
            audit.Write(
                tx, lease.Caller, "job.finish", $"job/{lease.Job.Id}", ("kind", lease.Job.Kind), ("state", end.State.ToString().ToLowerInvariant()), ("title", lease.Job.Title),
                ("problem", end.Problems.Count > 0 ? end.Problems[0].Code : null));
        }

        return true;
    }

    private static string Short(string title) => new([.. title.Where(c => !char.IsControl(c)).Take(LongestTitle)]);
}
