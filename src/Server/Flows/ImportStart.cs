using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Jobs;

namespace Tanlu.Server.Flows;

/// <summary>From an uploaded file to a job on the board: the wizard and the interface for programs alike.</summary>
internal sealed class ImportStart(JobBoard board)
{
    /// <summary>How long a page waits, so that a small file is done when it answers.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);

    public Task<Outcome<Job>> Import(Caller caller, ImportUpload upload, bool skipBad, IReadOnlyDictionary<string, string> map, string reason, long? rows, CancellationToken ct) =>
        board.Enqueue(caller, new NewJob(ImportJob.Kind, Right.WriteActivities, upload.Name, JobJson.Write(new ImportWork(upload.Hash, upload.Name, skipBad, map, reason, rows))), ct);

    public Task<Outcome<Job>> Check(Caller caller, ImportUpload upload, CheckWork work, CancellationToken ct) =>
        board.Enqueue(caller, new NewJob(CheckJob.Kind, Right.WriteActivities, upload.Name, JobJson.Write(work), Quiet: true), ct);
}
