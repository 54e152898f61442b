using System.CommandLine;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary><c>tanlu restore FILE</c>: a backup of either engine becomes a book, all of it and proven, or nothing.</summary>
internal static class RestoreCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var file = new Argument<string>("file") { Description = terminal.T("cli.backup.file") };
        var accept = new Option<bool>("--accept-faults") { Description = terminal.T("cli.restore.accept_faults") };
        var command = new Command("restore", terminal.T("cli.restore")) { file, accept };
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => Run(terminal, parsed.GetRequiredValue(file), options.Settings(parsed), parsed.GetValue(accept), ct));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, string file, StorageSettings target, bool acceptFaults, CancellationToken ct)
    {
        var opened = BackupFile.Open(file);
        if (!opened.Ok)
        {
            return terminal.Refuse(opened.Problems);
        }

        using var backup = opened.Value;
        Outcome<Restored<IReadOnlyList<TenantProof>>> restored;
        using (var progress = ProgressLine.On(terminal))
        {
            restored = await BookBackup.Restore(backup, target, acceptFaults, TimeProvider.System, progress, ct);
        }

        if (!restored.Ok)
        {
            return terminal.Refuse(restored.Problems);
        }

        var (manifest, migrated, proofs) = restored.Value;
        terminal.Out.WriteLine(terminal.T(
            "cli.restore.done", string.IsNullOrWhiteSpace(target.Postgres) ? target.DataFolder : "PostgreSQL", BackupCommand.Number(manifest.Rows), BackupCommand.Number(manifest.Tables.Count),
            BackupCommand.Number(manifest.Blobs.Count)));
        if (migrated > 0)
        {
            terminal.Out.WriteLine(terminal.T("cli.restore.migrated", BackupCommand.Number(migrated)));
        }

        return ProofText.Write(terminal, proofs);
    }
}
