using System.Collections.Concurrent;
using System.Security.Cryptography;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Flows;

/// <summary>An import that goes on while its page may be left.</summary>
public sealed class RunningImport(Caller caller, ImportUpload upload, DateTimeOffset started) : IProgress<ImportProgress>
{
    public Caller Caller { get; } = caller;

    public ImportUpload Upload { get; } = upload;

    public DateTimeOffset Started { get; } = started;

    public ImportProgress Progress { get; private set; } = new(0, 0, 0);

    /// <summary>Null while it runs.</summary>
    public Outcome<ImportResult>? Result { get; set; }

    /// <summary>It ended by a failure of ours.</summary>
    public bool Failed { get; set; }

    public void Report(ImportProgress value) => Progress = value;
}

/// <summary>Imports of uploaded files, each in the background and found again by its id, by whoever started it.</summary>
internal sealed partial class ImportRuns(ImportUploads uploads, Journal journal, IHostApplicationLifetime host, TimeProvider time, ILogger<ImportRuns> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(6);

    private readonly ConcurrentDictionary<string, RunningImport> _runs = new(StringComparer.Ordinal);

    /// <summary>Starts an import and waits a moment, so that a small file is done when the next page asks.</summary>
    public async Task<string> Start(Caller caller, ImportUpload upload, ImportOptions options)
    {
        foreach (var (old, _) in _runs.Where(r => r.Value.Started < time.GetUtcNow() - Remembered))
        {
            _runs.TryRemove(old, out _);
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        var run = _runs[id] = new RunningImport(caller, upload, time.GetUtcNow());
        var work = Work(run, options);
        await Task.WhenAny(work, Task.Delay(Patience, time));
        return id;
    }

    /// <summary>The run, for the person who started it.</summary>
    public RunningImport? Find(Caller caller, string id) =>
        _runs.TryGetValue(id, out var run) && run.Caller.Tenant == caller.Tenant && run.Caller.Person == caller.Person ? run : null;

    private async Task Work(RunningImport run, ImportOptions options)
    {
        try
        {
            await using var content = uploads.Open(run.Upload);
            run.Result = await Task.Run(() => journal.Import(run.Caller, content, run.Upload.Name, options, run, host.ApplicationStopping));
        }
        catch (Exception e)
        {
            run.Failed = true;
            LogFailure(e, run.Upload.Name);
        }
    }

    [LoggerMessage(LogLevel.Error, "The import of {File} failed.")]
    private partial void LogFailure(Exception exception, string file);
}
