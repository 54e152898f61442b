using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Products;
using Tanlu.Server.Flows;

namespace Tanlu.Server.Jobs;

/// <summary>What an import of life cycle data is to read.</summary>
/// <param name="File">Hash of the uploaded content.</param>
/// <param name="Library">Name of the library; null takes the file's own.</param>
internal sealed record LibraryWork(string File, string Name, string? Library, DataRight Rights);

/// <summary>What an import of life cycle data brought.</summary>
/// <param name="Notes">How many things the reader could not take as they stood; they are listed with the library.</param>
internal sealed record LibraryMade(long Library, string Name, string Format, int Processes, int Flows, long Exchanges, int Methods, int Notes, LinkSummary? Link);

/// <summary>
/// Imports a database of life cycle data. The library carries the job's number, so a second run finds what the first one made; an unfinished one it drops, and with it everything that a
/// worker which only seemed dead could still write.
/// </summary>
internal sealed class LibraryJob(Libraries libraries, ImportUploads uploads) : JobKind
{
    public const string Kind = "library.import";

    public override string Name => Kind;

    public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
    {
        var work = run.Payload<LibraryWork>();
        if (uploads.Open(work.File) is not { } content)
        {
            return JobEnd.Failed(new Problem("upload_gone", Column: "file"));
        }

        await using (content)
        {
            run.Report(0, null, "library_reading");
            var imported = await libraries.Import(run.Caller, content, work.Name, new LibraryOptions(work.Library, work.Rights, ImportJob.BatchKey(run.Job.Id)), new Writing(run), stop);
            return imported.Ok ? Done(imported.Value) : JobEnd.Failed(imported.Problems);
        }
    }

    private static JobEnd Done(ImportedLibrary imported)
    {
        var library = imported.Library;
        return JobRun.Done(
            new LibraryMade(library.Id, library.Name, library.Format, library.Processes, library.Flows, library.Exchanges, library.Methods, library.Notes, library.Link), imported.Notes);
    }

    private sealed class Writing(JobRun run) : IProgress<LibraryProgress>
    {
        public void Report(LibraryProgress value)
        {
            if (value.Total > 0)
            {
                run.Report(value.Done, value.Total, "library_writing");
            }
        }
    }
}
