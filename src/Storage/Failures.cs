using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>
/// A unique key already holds the value. The unit of work cannot go on (PostgreSQL has aborted it, and SQLite is held to the same
/// rule), so catch it around <see cref="Db.Write{T}(Func{Tx,T},CancellationToken)"/>, or write <c>ON CONFLICT</c> where the clash is expected.
/// </summary>
/// <param name="table">The table whose key clashed.</param>
/// <param name="message">The engine's own words.</param>
public sealed class UniqueViolation(string table, string message, Exception? inner = null) : Exception(message, inner)
{
    public string Table { get; } = table;
}

/// <summary>A row points at a row that does not exist, or a row that others point at would go. As <see cref="UniqueViolation"/>, it ends the unit of work.</summary>
public sealed class ForeignKeyViolation(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A sum or a stored value left the range of 64-bit integers. Neither engine wraps or rounds it.</summary>
public sealed class IntegerOverflow(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The book's database does not answer or cannot be used. The message holds the engine's own words and never a password.</summary>
public sealed class DatabaseUnavailable(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What happened in the reader's language, where more is known than the engine's words.</summary>
    public Problem? Problem { get; private init; }

    internal static DatabaseUnavailable Because(Problem problem, Exception? inner = null) => new(problem.Message(Language.English), inner) { Problem = problem };
}
