using System.Diagnostics;

namespace Tanlu.Bench;

/// <summary>Other programs: the peers.</summary>
internal static class Command
{
    /// <summary>Runs a program to its end and says how long that took.</summary>
    public static double Seconds(string program, IEnumerable<string> arguments, string folder)
    {
        var started = Stopwatch.GetTimestamp();
        Output(program, arguments, folder);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    /// <summary>Runs a program to its end and returns what it printed.</summary>
    public static string Output(string program, IEnumerable<string> arguments, string folder, params IEnumerable<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = folder };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with code {process.ExitCode}");
    }
}
