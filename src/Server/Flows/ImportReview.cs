using Tanlu.Automation;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Server.Jobs;
using Tanlu.Tables;

namespace Tanlu.Server.Flows;

/// <summary>A column of an uploaded file.</summary>
/// <param name="Guess">Field that the alias table gives it; empty where it knows none.</param>
/// <param name="Samples">Its first cells.</param>
public sealed record UploadedColumn(int At, string Header, string Guess, IReadOnlyList<string> Samples);

/// <summary>What can be seen of a file before it is read as activities.</summary>
public sealed record UploadPreview(string Encoding, string Sheet, IReadOnlyList<UploadedColumn> Columns);

/// <summary>A row of the file with what is wrong in it.</summary>
public sealed record ReviewedRow(int Row, IReadOnlyList<string> Cells, IReadOnlyList<Problem> Problems);

/// <summary>What an import would do, with nothing written.</summary>
/// <param name="Fields">Field of each column, empty where the column is set aside.</param>
/// <param name="Shown">The first wrong rows, and some good ones where none is wrong.</param>
/// <param name="ScopeKilograms">What the good rows add up to, scopes 1 to 3.</param>
public sealed record Review(
    int Rows, int Wrong, IReadOnlyList<Problem> Problems, IReadOnlyList<string> UnknownColumns, IReadOnlyList<string> Header, IReadOnlyList<string> Fields, IReadOnlyList<ReviewedRow> Shown,
    IReadOnlyList<decimal> ScopeKilograms);

/// <summary>The looking steps of the import wizard, over the verbs of Ledger and Inventory.</summary>
internal sealed class ImportReview(ImportUploads uploads, Journal journal, FactorPacks packs, OrganisationTree tree)
{
    private const int SampleRows = 6;
    private const int ShownRows = 60;

    public Outcome<UploadPreview> Preview(ImportUpload upload)
    {
        using var content = uploads.Open(upload);
        return TableFile.Open(content, upload.Name, new TableOptions { Wanted = ActivityFields.All }).Then<UploadPreview>(table =>
        {
            using (table)
            {
                var rows = table.Rows([]).Take(SampleRows).ToList();
                return new UploadPreview(table.Encoding, table.Sheet, [.. table.Header.Select((text, at) => new UploadedColumn(at, text, Guess(text), [.. rows.Select(r => r[at].Text)]))]);
            }
        });
    }

    /// <summary>The work of a check job: what the journal would say, the rows that people want to see, and the sums of the good ones.</summary>
    public async Task<Outcome<(Checked Result, IReadOnlyList<Problem> Problems)>> Check(Caller caller, CheckWork work, Action<int> progress, CancellationToken ct)
    {
        ImportCheck check;
        await using (var content = uploads.Open(work.File) ?? throw new FileNotFoundException("The upload is gone."))
        {
            var checking = await journal.Check(caller, content, work.Name, new ImportOptions(ColumnMap: work.Map), new Rows(progress), ct);
            if (!checking.Ok)
            {
                return Outcome<(Checked, IReadOnlyList<Problem>)>.Refused(checking.Problems);
            }

            check = checking.Value;
        }

        var nodes = await tree.Subtree(caller, null, null, ct);
        if (!nodes.Ok)
        {
            return Outcome<(Checked, IReadOnlyList<Problem>)>.Refused(nodes.Problems);
        }

        var sites = nodes.Value.Select(n => Node.CodeKey(n.Code)).ToHashSet(StringComparer.Ordinal);
        var library = await packs.LibraryFor(caller.Tenant, ct);
        await using var again = uploads.Open(work.File) ?? throw new FileNotFoundException("The upload is gone.");
        return await Task.Run(
            () => ActivityFile.Open(again, work.Name, work.Map).Then<(Checked, IReadOnlyList<Problem>)>(file => (Read(file, check, library, sites, work, ct), check.Problems)), ct);
    }

    /// <summary>What a check job found, as the page shows it.</summary>
    /// <param name="kind">Only rows with this problem; null shows all.</param>
    public static Review Of(Job job, string? kind)
    {
        var found = JobJson.Read<Checked>(job.Result);
        var wrong = job.Problems.Where(p => p.Row is not null && (kind is null || p.Code == kind)).ToLookup(p => p.Row!.Value);
        var shown = found.Samples.Where(r => wrong.Count == 0 || wrong.Contains(r.Row)).Take(wrong.Count == 0 ? SampleRows : ShownRows)
            .Select(r => new ReviewedRow(r.Row, r.Cells, [.. wrong[r.Row]])).ToList();
        return new Review(found.Rows, found.Wrong, job.Problems, found.UnknownColumns, found.Header, found.Fields, shown, found.ScopeKilograms);
    }

    private static Checked Read(ActivityFile file, ImportCheck check, FactorLibrary library, HashSet<string> sites, CheckWork work, CancellationToken ct)
    {
        using (file)
        {
            StatelessCalculation? calculation = null;
            file.Read(library, site => sites.Contains(Node.CodeKey(site)), reader => (calculation = new StatelessCalculation(reader, work.Gwp, work.Route)).Add, readAhead: false, ct);

            var fields = new string[file.Table.Header.Count];
            Array.Fill(fields, "");
            for (var field = 0; field < file.Columns.Count; field++)
            {
                if (file.Columns[field] >= 0)
                {
                    fields[file.Columns[field]] = ActivityFields.All[field];
                }
            }

            // Every kind of problem can be looked at alone, so each keeps its first rows.
            var wanted = check.Problems.Where(p => p.Row is not null).GroupBy(p => p.Code).SelectMany(g => g.Select(p => p.Row!.Value).Distinct().Take(ShownRows)).ToHashSet();
            var last = wanted.Count > 0 ? wanted.Max() : int.MaxValue;
            var samples = file.Table.Rows([]).TakeWhile(r => r.Row <= last).Where(r => wanted.Count == 0 || wanted.Contains(r.Row)).Take(wanted.Count == 0 ? SampleRows : wanted.Count)
                .Select(r => new SampleRow(r.Row, [.. fields.Select((_, at) => r[at].Text)])).ToList();
            var totals = calculation!.Statement();
            return new Checked(
                check.Rows, check.Wrong, check.UnknownColumns, file.Table.Header, fields, samples, [.. Enumerable.Range(1, 3).Select(s => (decimal)totals.Scope(s).Kilograms)]);
        }
    }

    private static string Guess(string header) =>
        ActivityFields.All.FirstOrDefault(f => ColumnMap.Key(f) == ColumnMap.Key(header)) ?? (ColumnMap.FieldOf(header) is { } field && ActivityFields.All.Contains(field) ? field : "");

    private sealed class Rows(Action<int> progress) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => progress(value.Rows);
    }
}
