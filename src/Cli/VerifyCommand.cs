using System.CommandLine;
using System.Globalization;
using Tanlu.Inventory;

namespace Tanlu.Cli;

/// <summary><c>tanlu verify</c>: a package recomputed from its own rows. Exit code 0 same, 1 different or no package.</summary>
internal static class VerifyCommand
{
    public static Command Make(Terminal terminal)
    {
        var file = new Argument<string>("file") { Description = terminal.T("cli.verify.file") };
        var head = new Option<string?>("--head") { Description = terminal.T("cli.verify.head") };
        var chain = new Option<string?>("--chain") { Description = terminal.T("cli.verify.chain") };
        var number = new Option<long?>("--edition") { Description = terminal.T("cli.verify.number") };
        var command = new Command("verify", terminal.T("cli.verify")) { file, head, chain, number };
        command.SetAction(parsed =>
        {
            var (hash, link, edition) = (parsed.GetValue(head), parsed.GetValue(chain), parsed.GetValue(number));
            var known = hash is null && link is null && edition is null ? null : new PackageHead(hash?.Trim().ToLowerInvariant(), link?.Trim().ToLowerInvariant(), edition);
            return Run(terminal, parsed.GetRequiredValue(file), known);
        });
        return command;
    }

    private static int Run(Terminal terminal, string path, PackageHead? head)
    {
        if (!File.Exists(path))
        {
            terminal.Error.WriteLine(terminal.T("cli.verify.file_missing", path));
            return Terminal.Refused;
        }

        using var content = new FileStream(path, FileMode.Open, FileAccess.Read);
        var verified = PackageVerify.Of(content, head);
        if (!verified.Ok)
        {
            return terminal.Refuse(verified.Problems);
        }

        var report = verified.Value;
        foreach (var difference in report.Differences)
        {
            terminal.Error.WriteLine(difference.Text(terminal.Language));
        }

        if (report.DifferenceCount > report.Differences.Count)
        {
            terminal.Error.WriteLine(terminal.T("cli.verify.more", Number(report.DifferenceCount - report.Differences.Count)));
        }

        Told(terminal, report, head);
        terminal.Out.WriteLine(report.Same ? terminal.T("cli.verify.same", report.EditionHash ?? report.StatedHash) : terminal.T("cli.verify.different", Number(report.DifferenceCount)));
        return report.Same ? Terminal.Done : Terminal.Refused;
    }

    private static void Told(Terminal terminal, PackageReport report, PackageHead? head)
    {
        terminal.Out.WriteLine(terminal.T(
            "cli.verify.of", Number(report.Edition), report.Program, Number(report.Batches + report.HiddenBatches), Number(report.HiddenBatches), Number(report.Rows), Number(report.PartialRows),
            Number(report.Postings), Number(report.PostingsRecomputed), Number(report.Cells)));
        terminal.Out.WriteLine(terminal.T("cli.verify.evidence", Number(report.EvidenceNamed), Number(report.EvidenceEnclosed)));
        terminal.Out.WriteLine(terminal.T("cli.verify.share", Percent(report.Recomputed)));
        if (report.SealedCells > 0)
        {
            terminal.Out.WriteLine(terminal.T("cli.verify.sealed", Number(report.SealedCells), Percent(report.SealedShare)));
        }

        if (report.LostShare != 0)
        {
            terminal.Out.WriteLine(terminal.T("cli.verify.lost", Percent(report.LostShare)));
        }

        if (report.SealedCells > 0 && !report.ChainBound)
        {
            terminal.Out.WriteLine(terminal.T("cli.verify.unbound"));
        }

        if (head?.Edition is null)
        {
            terminal.Out.WriteLine(terminal.T("cli.verify.no_head"));
        }
        else if (report.SealedCells > 0 && head.Chain is null)
        {
            terminal.Out.WriteLine(terminal.T("cli.verify.sealed_head"));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Percent(double share) => (share * 100).ToString("0.###", CultureInfo.InvariantCulture);
}
