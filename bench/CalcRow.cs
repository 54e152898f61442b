using System.Diagnostics;
using System.Globalization;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Bench;

/// <summary>Stateless <c>calc</c> of the generated rows on one core: the whole command from start to exit, and its allocations per row in process.</summary>
internal sealed class CalcRow : BenchmarkRow
{
    private const int Rows = 1_000_000;
    private const double RowsPerSecond = 500_000;
    private const double BytesPerRow = 256;

    public override string Name => "calc-1m";

    public override string Says => "./tanlu calc of 1 000 000 generated rows, pinned to one core: at least 500 000 rows/s; allocations at most 256 bytes a row, tables of hashes and problem texts included";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var path = Path.Combine(run.Folder, "activities.csv");
        ActivityFileContent content;
        using (var file = File.Create(path))
        {
            content = new ActivityRows(run.Seed).Write(file, Rows);
        }

        var best = double.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            best = Math.Min(best, Seconds(run.Root, path));
        }

        var (allocated, refused) = InProcess(path);
        if (refused != content.Bad)
        {
            throw new InvalidOperationException($"calc-1m: {content.Bad.ToString(CultureInfo.InvariantCulture)} rows are bad, {refused.ToString(CultureInfo.InvariantCulture)} were refused");
        }

        return
        [
            new Figure("calc-1m", Rows / best, RowsPerSecond, "rows/s", "limit", Goal: 1, AtMost: false),
            new Figure("calc-1m allocations", allocated / Rows, BytesPerRow, "B/row", "limit", Goal: 1, AtMost: true),
        ];
    }

    /// <summary>Wall time of the command on one core; it ends with exit code 1, because bad rows are refused and told.</summary>
    private static double Seconds(string root, string path)
    {
        var start = new ProcessStartInfo("taskset", ["-c", "0", Path.Combine(root, "tanlu"), "calc", path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.WaitForExit();
        return process.ExitCode == 1
            ? Stopwatch.GetElapsedTime(started).TotalSeconds
            : throw new InvalidOperationException($"calc-1m: exit code {process.ExitCode.ToString(CultureInfo.InvariantCulture)}");
    }

    /// <summary>Bytes allocated by the reading thread, preparations and problem texts included.</summary>
    private static (double Allocated, int Refused) InProcess(string path)
    {
        using var file = ActivityFile.Open(path).Value;
        var before = GC.GetAllocatedBytesForCurrentThread();
        StatelessCalculation? calculation = null;
        var reader = file.Read(FactorLibrary.BuiltIn, siteExists: null, r =>
        {
            calculation = new StatelessCalculation(r, GwpSet.Ar6, RouteChoice.ByPlace);
            return calculation.Add;
        });
        return (GC.GetAllocatedBytesForCurrentThread() - before, reader.RefusedRows);
    }
}
