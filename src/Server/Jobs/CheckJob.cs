using Tanlu.Automation;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Flows;

namespace Tanlu.Server.Jobs;

/// <summary>What a check is to read, and under which set and route the good rows are added up.</summary>
internal sealed record CheckWork(string File, string Name, IReadOnlyDictionary<string, string> Map, GwpSet Gwp, RouteChoice Route)
{
    /// <summary>Whether a stored payload asks for the same.</summary>
    public static bool Same(string payload, CheckWork other) => payload == JobJson.Write(other);
}

/// <summary>What an import would do; the problems stand with the job.</summary>
/// <param name="Fields">Field of each column, empty where the column is set aside.</param>
/// <param name="Samples">The first wrong rows of every kind of problem, and some good ones where none is wrong.</param>
/// <param name="ScopeKilograms">What the good rows add up to, scopes 1 to 3, kg CO2e.</param>
internal sealed record Checked(
    int Rows, int Wrong, IReadOnlyList<string> UnknownColumns, IReadOnlyList<string> Header, IReadOnlyList<string> Fields, IReadOnlyList<SampleRow> Samples, IReadOnlyList<decimal> ScopeKilograms);

/// <summary>A row of the file as it stands there.</summary>
internal sealed record SampleRow(int Row, IReadOnlyList<string> Cells);

/// <summary>Reads an uploaded file as an import would, and writes nothing to the book.</summary>
internal sealed class CheckJob(ImportReview review, ImportUploads uploads) : JobKind
{
    public const string Kind = "activities.check";

    public override string Name => Kind;

    public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
    {
        var work = run.Payload<CheckWork>();
        if (!uploads.Has(work.File))
        {
            return JobEnd.Failed(new Problem("upload_gone", Column: "file"));
        }

        var total = await uploads.RowsOf(work.File, stop);
        run.Report(0, total, "checking");
        var found = await review.Check(run.Caller, work, rows => run.Report(rows, total is { } known ? Math.Max(known, rows) : null, "checking"), stop);
        return found.Ok ? JobRun.Done(found.Value.Result, found.Value.Problems) : JobEnd.Failed(found.Problems);
    }
}
