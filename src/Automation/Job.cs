using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Automation;

/// <summary>Where a piece of work stands. The numbers are stored.</summary>
public enum JobState
{
    Waiting = 0,
    Running = 1,
    Done = 2,
    Failed = 3,
    Cancelled = 4,
}

/// <summary>A piece of work that outlives the request which asked for it, and the process that began it.</summary>
/// <param name="Person">Who asked for it.</param>
/// <param name="Kind">Name of the class that does it.</param>
/// <param name="Title">What people call it, such as the name of a file.</param>
/// <param name="Payload">What to do, as JSON of the kind's own shape.</param>
/// <param name="DueAt">When a worker may take it: of a running job the end of its worker's lease.</param>
/// <param name="CancelAsked">Its worker was asked to stop and has not answered yet.</param>
/// <param name="Attempts">How often it was begun.</param>
/// <param name="Progress">How far it is.</param>
/// <param name="Result">What came of it, as JSON of the kind's own shape; empty where nothing did.</param>
/// <param name="Problems">What its kind refused, each at its row and column.</param>
public sealed record Job(
    long Id, long Tenant, long Person, string PersonName, string Kind, string Title, string Payload, JobState State, DateTimeOffset QueuedAt, DateTimeOffset DueAt,
    DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, bool CancelAsked, int Attempts, JobProgress Progress, string Result, IReadOnlyList<Problem> Problems)
{
    public bool Ended => State >= JobState.Done;

    /// <summary>How long the rest will take at the pace so far; null while nothing can be said.</summary>
    public TimeSpan? Left(DateTimeOffset now) =>
        State == JobState.Running && StartedAt is { } start && Progress is { Done: > 0, Total: { } total } && total >= Progress.Done && now > start
            ? (now - start) * ((double)(total - Progress.Done) / Progress.Done)
            : null;
}

/// <summary>How far a job is.</summary>
/// <param name="Total">Null while nobody knows.</param>
/// <param name="Step">What it is doing: the text <c>job.step.{Step}</c>.</param>
public sealed record JobProgress(long Done, long? Total, string Step)
{
    public static JobProgress None { get; } = new(0, null, "");
}

/// <summary>Work to be done.</summary>
/// <param name="Needs">Right without which nobody may ask for it.</param>
/// <param name="Quiet">Neither its start nor its end is audited or told to anybody: a part of something that is.</param>
/// <param name="Due">Not before; null is now.</param>
public sealed record NewJob(string Kind, Right Needs, string Title, string Payload, bool Quiet = false, DateTimeOffset? Due = null);

/// <summary>A page of jobs, newest first.</summary>
/// <param name="Next">Give it as <c>before</c> for the following page; null where this is the last.</param>
public sealed record JobPage(IReadOnlyList<Job> Jobs, long? Next);

/// <summary>How a job ended.</summary>
/// <param name="Result">JSON of the kind's own shape.</param>
/// <param name="Problems">Of a failed job why it failed; of one that is done, what it left out.</param>
public sealed record JobEnd(JobState State, string Result, IReadOnlyList<Problem> Problems)
{
    public static JobEnd Done(string result, params IReadOnlyList<Problem> problems) => new(JobState.Done, result, problems);

    public static JobEnd Failed(params IReadOnlyList<Problem> problems) => new(JobState.Failed, "", problems);

    public static JobEnd Cancelled { get; } = new(JobState.Cancelled, "", []);
}

/// <summary>A worker's hold on a job, until its lease ends or is renewed.</summary>
/// <param name="Fence">Raised at every taking: what an earlier holder still writes is refused by it.</param>
/// <param name="Caller">Who the work is done for, with the rights and the part of the organisation of this moment.</param>
public sealed record JobLease(Job Job, Caller Caller, string Worker, long Fence, TimeSpan Hold);

/// <summary>What a worker learns when it reports.</summary>
public enum LeaseState
{
    Held,

    /// <summary>Still held, but its owner asked for it to stop.</summary>
    CancelAsked,

    /// <summary>Another worker has it, or it has ended: nothing of this worker's counts any more.</summary>
    Lost,
}

/// <summary>Thrown inside a unit of work whose worker no longer holds the job: nothing of the unit stays.</summary>
public sealed class LeaseLost(long job) : Exception($"Job {job} is no longer this worker's.");
