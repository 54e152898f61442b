using System.Collections.Concurrent;

namespace Tanlu.Organisation;

/// <summary>
/// Answers to "who is this" that this process may give again for a moment without asking the database. Keys are hashes of session tokens and of API
/// tokens, which differ in length before they are hashed, so that one can never be found as the other.
/// </summary>
internal sealed class KnownCallers
{
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, (Caller Caller, DateTimeOffset Until)> _known = new(StringComparer.Ordinal);
    private int _generation;

    /// <summary>To be read before the database is asked, and given to <see cref="Keep"/> afterwards.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public Caller? Find(string hash, DateTimeOffset now) => _known.TryGetValue(hash, out var known) && now < known.Until ? known.Caller : null;

    public void Keep(string hash, Caller caller, DateTimeOffset until, int generation)
    {
        if (_known.Count >= Most)
        {
            _known.Clear();
        }

        _known[hash] = (caller, until);

        // A revocation that came while the row was read must not be undone by what was read.
        if (Generation != generation)
        {
            _known.TryRemove(hash, out _);
        }
    }

    public void Drop(string hash) => _known.TryRemove(hash, out _);

    /// <summary>Drops every answer, after a change that may concern any of them.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref _generation);
        _known.Clear();
    }
}
