using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Flows;
using Tanlu.Storage;

namespace Tanlu.Server.Jobs;

/// <summary>What an import job is to read, and how.</summary>
/// <param name="File">Hash of the uploaded content.</param>
/// <param name="Rows">Rows of the file, where somebody counted them already.</param>
internal sealed record ImportWork(string File, string Name, bool SkipBad, IReadOnlyDictionary<string, string> Map, string Reason, long? Rows);

/// <summary>What an import brought.</summary>
internal sealed record Imported(long Batch, int Rows, int Refused, int Postings, IReadOnlyList<string> UnknownColumns);

/// <summary>
/// Imports an uploaded file. The batch carries the job's number, so a second run finds the sealed batch of the first; an open one it drops, and with it everything that
/// a worker which only seemed dead could still write.
/// </summary>
internal sealed class ImportJob(Journal journal, ImportUploads uploads) : JobKind
{
    public const string Kind = "activities.import";

    public override string Name => Kind;

    /// <summary>The key of the job's batch. A line break stands in no key that a request can bring.</summary>
    public static string BatchKey(long job) => $"job\n{job}";

    public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
    {
        var work = run.Payload<ImportWork>();
        if (uploads.Open(work.File) is not { } content)
        {
            return JobEnd.Failed(new Problem("upload_gone", Column: "file"));
        }

        await using (content)
        {
            var total = work.Rows ?? await uploads.RowsOf(work.File, stop);
            run.Report(0, total, "reading");
            var options = new ImportOptions(work.SkipBad, work.Map, BatchKind.Import, work.Reason, BatchKey(run.Job.Id));
            var imported = await journal.Import(run.Caller, content, work.Name, options, new Reading(run, total), stop);
            return imported.Ok
                ? JobRun.Done(
                    new Imported(imported.Value.Batch.Id, imported.Value.Batch.Rows, imported.Value.Batch.Refused, imported.Value.Batch.Postings, imported.Value.UnknownColumns), imported.Value.Refused)
                : JobEnd.Failed(imported.Problems);
        }
    }
}

/// <summary>Carries the rows of a reading to the job's progress. The count of rows is an estimate, so it never falls behind what was read.</summary>
internal sealed class Reading(JobRun run, long? total) : IProgress<ImportProgress>
{
    public void Report(ImportProgress value) => run.Report(value.Rows, total is { } known ? Math.Max(known, value.Rows) : null, "reading");
}
