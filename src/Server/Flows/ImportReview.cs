using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
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
/// <param name="Rows">The first wrong rows, and some good ones where none is wrong.</param>
/// <param name="Totals">What the good rows add up to.</param>
public sealed record Review(ImportCheck Check, IReadOnlyList<string> Header, IReadOnlyList<string> Fields, IReadOnlyList<ReviewedRow> Rows, Statement Totals);

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

    /// <param name="mapping">Header text → field; an empty field sets the column aside.</param>
    /// <param name="kind">Only rows with this problem; null shows all.</param>
    public async Task<Outcome<Review>> Check(Caller caller, ImportUpload upload, IReadOnlyDictionary<string, string> mapping, GwpSet gwp, RouteChoice route, string? kind, CancellationToken ct)
    {
        ImportCheck check;
        await using (var content = uploads.Open(upload))
        {
            var checking = await journal.Check(caller, content, upload.Name, new ImportOptions(ColumnMap: mapping), ct);
            if (!checking.Ok)
            {
                return Outcome<Review>.Refused(checking.Problems);
            }

            check = checking.Value;
        }

        var nodes = await tree.Subtree(caller, null, null, ct);
        if (!nodes.Ok)
        {
            return Outcome<Review>.Refused(nodes.Problems);
        }

        var sites = nodes.Value.Select(n => Node.CodeKey(n.Code)).ToHashSet(StringComparer.Ordinal);
        var library = await packs.LibraryFor(caller.Tenant, ct);
        await using var again = uploads.Open(upload);
        return await Task.Run(() => ActivityFile.Open(again, upload.Name, mapping).Then<Review>(file => Read(file, check, library, sites, gwp, route, kind, ct)), ct);
    }

    private static Review Read(ActivityFile file, ImportCheck check, FactorLibrary library, HashSet<string> sites, GwpSet gwp, RouteChoice route, string? kind, CancellationToken ct)
    {
        using (file)
        {
            StatelessCalculation? calculation = null;
            file.Read(library, site => sites.Contains(Node.CodeKey(site)), reader => (calculation = new StatelessCalculation(reader, gwp, route)).Add, readAhead: false, ct);

            var fields = new string[file.Table.Header.Count];
            Array.Fill(fields, "");
            for (var field = 0; field < file.Columns.Count; field++)
            {
                if (file.Columns[field] >= 0)
                {
                    fields[file.Columns[field]] = ActivityFields.All[field];
                }
            }

            var wrong = check.Problems.Where(p => p.Row is not null && (kind is null || p.Code == kind)).ToLookup(p => p.Row!.Value);
            var rows = file.Table.Rows([]).Where(r => wrong.Count == 0 || wrong.Contains(r.Row)).Take(wrong.Count == 0 ? SampleRows : ShownRows)
                .Select(r => new ReviewedRow(r.Row, [.. fields.Select((_, at) => r[at].Text)], [.. wrong[r.Row]])).ToList();
            return new Review(check, file.Table.Header, fields, rows, calculation!.Statement());
        }
    }

    private static string Guess(string header) =>
        ActivityFields.All.FirstOrDefault(f => ColumnMap.Key(f) == ColumnMap.Key(header)) ?? (ColumnMap.FieldOf(header) is { } field && ActivityFields.All.Contains(field) ? field : "");
}
