using System.CommandLine;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary><c>tanlu backup --out FILE|FOLDER</c> while the book is used, and <c>tanlu backup verify FILE</c> without any book.</summary>
internal static class BackupCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var to = new Option<string>("--out") { Description = terminal.T("cli.backup.out"), DefaultValueFactory = _ => "." };
        var command = new Command("backup", terminal.T("cli.backup")) { to };
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => options.HasBook(parsed)
            ? Run(terminal, options.Settings(parsed), parsed.GetRequiredValue(to), ct)
            : Task.FromResult(terminal.Refuse([new Problem("book_missing", Column: "--data", Found: options.Settings(parsed).DataFolder)])));
        var file = new Argument<string>("file") { Description = terminal.T("cli.backup.file") };
        var verify = new Command("verify", terminal.T("cli.backup.verify")) { file };
        verify.SetAction((parsed, ct) => Task.Run(() => Verify(terminal, parsed.GetRequiredValue(file), ct), ct));
        command.Subcommands.Add(verify);
        return command;
    }

    private static async Task<int> Run(Terminal terminal, StorageSettings settings, string to, CancellationToken ct)
    {
        Outcome<BackupMade> made;
        using (var progress = ProgressLine.On(terminal))
        {
            made = await BookBackup.Make(settings, to, TimeProvider.System, progress, ct);
        }

        if (!made.Ok)
        {
            return terminal.Refuse(made.Problems);
        }

        var (path, size, hash, manifest) = made.Value;
        terminal.Out.WriteLine(terminal.T("cli.backup.done", path, Mebibytes(size), Number(manifest.Rows), Number(manifest.Blobs.Count), hash));

        // The backup is good, but what it was made of is not.
        return manifest.Damaged.Count > 0 ? terminal.Refuse([.. manifest.Damaged.Select(h => new Problem("evidence_unsound", Found: h, Args: [h]))]) : Terminal.Done;
    }

    private static int Verify(Terminal terminal, string file, CancellationToken ct)
    {
        var opened = BackupFile.Open(file);
        if (!opened.Ok)
        {
            return terminal.Refuse(opened.Problems);
        }

        using var backup = opened.Value;
        Outcome<BackupManifest> verified;
        using (var progress = ProgressLine.On(terminal))
        {
            verified = backup.Verify(progress, ct);
        }

        if (!verified.Ok)
        {
            return terminal.Refuse(verified.Problems);
        }

        var manifest = verified.Value;
        terminal.Out.WriteLine(terminal.T(
            "cli.backup.verified", manifest.MadeAt.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture), manifest.Program, EngineName(manifest.Engine), Number(manifest.Tables.Count),
            Number(manifest.Rows), Number(manifest.Blobs.Count)));
        return Terminal.Done;
    }

    internal static string EngineName(Dialect engine) => engine == Dialect.Postgres ? "PostgreSQL" : "SQLite";

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Mebibytes(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
