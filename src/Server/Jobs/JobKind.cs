using System.Text.Json;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Api;

namespace Tanlu.Server.Jobs;

/// <summary>
/// One kind of job: a plain class with a name. A job may be begun again after its worker died, so its effect is made once, whoever makes it: the second run finds what the
/// first one did.
/// </summary>
internal abstract class JobKind
{
    /// <summary>The stored name; it stays when the class gets another.</summary>
    public abstract string Name { get; }

    /// <summary>Does the work. What is wrong with the input is an end, not an exception.</summary>
    /// <param name="stop">The job was cancelled, the lease lost, or the host stops: end soon, by throwing.</param>
    public abstract Task<JobEnd> Run(JobRun run, CancellationToken stop);
}

/// <summary>A job while it is worked on.</summary>
internal sealed class JobRun(JobLease lease)
{
    public Job Job => lease.Job;

    /// <summary>Who the work is done for.</summary>
    public Caller Caller => lease.Caller;

    public JobLease Lease => lease;

    /// <summary>How far it is; the worker writes it down now and then.</summary>
    public JobProgress Progress { get; private set; } = JobProgress.None;

    public T Payload<T>() => JobJson.Read<T>(lease.Job.Payload);

    public void Report(long done, long? total, string step) => Progress = new JobProgress(done, total, step);

    public static JobEnd Done<T>(T result, params IReadOnlyList<Problem> leftOut) => JobEnd.Done(JobJson.Write(result), leftOut);
}

/// <summary>How payloads and results are written: as the interface for programs writes them, so that a result is handed out as it stands.</summary>
internal static class JobJson
{
    public static string Write<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, ApiJson.Options)!;
}
