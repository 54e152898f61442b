using System.CommandLine;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary><c>tanlu check</c>: the whole book looked at, nothing written: roots, chains, balances, audit log, editions, every stored file.</summary>
internal static class CheckCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var command = new Command("check", terminal.T("cli.check"));
        options.AddTo(command, tenant: false);
        command.SetAction((parsed, ct) => options.HasBook(parsed)
            ? Run(terminal, options.Settings(parsed), ct)
            : Task.FromResult(terminal.Refuse([new Problem("book_missing", Column: "--data", Found: options.Settings(parsed).DataFolder)])));
        return command;
    }

    private static async Task<int> Run(Terminal terminal, StorageSettings settings, CancellationToken ct)
    {
        var opened = await LocalBook.Look(settings, TimeProvider.System, ct);
        if (!opened.Ok)
        {
            return terminal.Refuse(opened.Problems);
        }

        await using var book = opened.Value;
        IReadOnlyList<TenantProof> proofs;
        using (var progress = ProgressLine.On(terminal))
        {
            proofs = await BookProof.Of(book, progress, ct);
        }

        return ProofText.Write(terminal, proofs);
    }
}
