using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>What was proven of a book, one line per tenant, and what does not hold.</summary>
internal static class ProofText
{
    public static int Write(Terminal terminal, IReadOnlyList<TenantProof> proofs)
    {
        foreach (var p in proofs)
        {
            terminal.Out.WriteLine(terminal.T(
                p.Book.Count == 0 ? "cli.proof.sound" : "cli.proof.looked", BackupCommand.Number(p.Tenant.Id), p.Tenant.Name(terminal.Language), BackupCommand.Number(p.Ledger.Batches),
                BackupCommand.Number(p.Ledger.Rows), BackupCommand.Number(p.Ledger.Postings), BackupCommand.Number(p.Ledger.Balances), BackupCommand.Number(p.Audit.Rows),
                BackupCommand.Number(p.Editions), BackupCommand.Number(p.Files)));
        }

        var faults = proofs.SelectMany(p => p.Book.Concat(p.Evidence)).ToList();
        return faults.Count > 0 ? terminal.Refuse(faults) : Terminal.Done;
    }
}
