using System.Collections.Concurrent;

namespace Tanlu.Server.Hosting;

/// <summary>A warning or an error of this process as an administrator may see it: what happened, not to whom.</summary>
/// <param name="Text">The message's pattern without its values, which may belong to another tenant.</param>
/// <param name="Failure">Type of the exception, where there was one.</param>
public sealed record LoggedError(DateTimeOffset At, LogLevel Level, string Category, string Text, string? Failure);

/// <summary>Remembers the last errors beside writing them to the log.</summary>
internal sealed class RecentErrors(TimeProvider time) : ILoggerProvider
{
    private const int Most = 50;

    private readonly ConcurrentQueue<LoggedError> _errors = new();

    /// <summary>Newest first.</summary>
    public IReadOnlyList<LoggedError> All => [.. _errors.Reverse()];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(LoggedError error)
    {
        _errors.Enqueue(error);
        while (_errors.Count > Most && _errors.TryDequeue(out _))
        {
        }
    }

    private sealed class Logger(RecentErrors errors, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel is LogLevel.Error or LogLevel.Critical;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                var pattern = (state as IReadOnlyList<KeyValuePair<string, object?>>)?.FirstOrDefault(p => p.Key == "{OriginalFormat}").Value as string;
                errors.Add(new LoggedError(errors.Now, logLevel, category, pattern ?? eventId.Name ?? "", exception?.GetBaseException().GetType().Name));
            }
        }
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
