using System.Diagnostics;
using System.Globalization;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>One line on a terminal that is written over, from the second second on; nothing where errors go to a file.</summary>
internal sealed class ProgressLine(Terminal terminal, TextWriter error, bool shown) : IProgress<BackupProgress>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _last = Patience;
    private int _width;

    public static ProgressLine On(Terminal terminal) => new(terminal, terminal.Error, !Console.IsErrorRedirected);

    public void Report(BackupProgress value)
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        if (!shown || elapsed < _last)
        {
            return;
        }

        _last = elapsed + Between;
        var part = value.Part is "blobs" or "prove" ? terminal.T("backup.step." + value.Part) : value.Part;
        var text = value.Total > 0 ? $"{part} {Number(value.Done)} / {Number(value.Total)}" : part;
        error.Write("\r" + text.PadRight(_width));
        _width = text.Length;
    }

    /// <summary>The line goes, so that what is printed next stands alone.</summary>
    public void Dispose()
    {
        if (_width > 0)
        {
            error.Write("\r" + new string(' ', _width) + "\r");
        }
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
