using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>What was looked at and found to hold in one tenant, or not.</summary>
/// <param name="Files">Evidence files and packs whose content was read and hashed.</param>
/// <param name="Book">Faults of the ledger, the audit log and the editions: figures that cannot be trusted.</param>
/// <param name="Evidence">Files that are missing or no longer what was stored; the figures stand without them.</param>
public sealed record TenantProof(
    Tenant Tenant, BookCheck Ledger, AuditCheck Audit, int Editions, int Files, IReadOnlyList<Problem> Book, IReadOnlyList<Problem> Evidence);

/// <summary>Proves a whole book read-only: batch roots and chain, balances against postings, the audit chain, editions and every stored file by its hash.</summary>
public static class BookProof
{
    private const int MostFaults = 50;

    public static async Task<IReadOnlyList<TenantProof>> Of(LocalBook book, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var proofs = new List<TenantProof>();
        foreach (var tenant in await book.Tenants.All(ct))
        {
            progress?.Report(new BackupProgress("prove", proofs.Count, 0));
            proofs.Add(await Of(book, tenant, progress, ct));
        }

        return proofs;
    }

    private static async Task<TenantProof> Of(LocalBook book, Tenant tenant, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var caller = Caller.System(tenant.Id);
        var faults = new List<Problem>();
        var ledger = (await book.Journal.CheckBalances(caller, ct)).Value;
        faults.AddRange(ledger.Faults.Take(MostFaults).Select(f => new Problem("book_fault", Found: f.Subject, Args: [Number(tenant.Id), f.Code, f.Detail])));
        var audit = (await book.Audit.Check(caller, ct)).Value;
        if (audit.BrokenAt is { } broken)
        {
            faults.Add(new Problem("audit_broken", Found: Number(broken), Args: [Number(tenant.Id)]));
        }

        var editions = (await book.Editions.List(caller, ct)).Value;
        foreach (var edition in editions)
        {
            var read = await book.Editions.Get(caller, edition.Number, ct);
            faults.AddRange(read.Problems);
        }

        var (files, evidence) = await Files(book, caller, progress, ct);
        return new TenantProof(tenant, ledger, audit, editions.Count, files, faults, evidence);
    }

    private static async Task<(int Files, List<Problem> Faults)> Files(LocalBook book, Caller caller, IProgress<BackupProgress>? progress, CancellationToken ct)
    {
        var faults = new List<Problem>();
        var hashes = new List<(string Name, string Hash)>();
        for (long? before = null; ;)
        {
            var page = (await book.Evidence.List(caller, before, EvidenceFiles.LongestPage, ct)).Value;
            hashes.AddRange(page.Files.Select(f => (f.Name, f.Hash.ToString())));
            if (page.Next is not { } next)
            {
                break;
            }

            before = next;
        }

        hashes.AddRange((await book.Packs.List(caller, ct)).Value.Select(p => ($"{p.Code} {p.Version}", p.Hash)));
        var sound = 0;
        foreach (var (name, hash) in hashes.DistinctBy(h => h.Hash))
        {
            progress?.Report(new BackupProgress("blobs", sound, hashes.Count));
            if (await book.Blobs.IsSound(BlobHash.Parse(hash), ct))
            {
                sound++;
            }
            else if (faults.Count < MostFaults)
            {
                faults.Add(new Problem("evidence_unsound", Found: name, Args: [hash]));
            }
        }

        return (sound, faults);
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
