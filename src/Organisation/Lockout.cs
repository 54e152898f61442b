using System.Globalization;

namespace Tanlu.Organisation;

/// <summary>The recent failures at one gate, oldest first: as many as its limit within fifteen minutes close it until the oldest of them is past.</summary>
/// <param name="Limit">Failures that close it.</param>
internal sealed record Lockout(IReadOnlyList<DateTimeOffset> Failures, int Limit)
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public bool Locked(DateTimeOffset now) => Within(now).Count >= Limit;

    /// <summary>Whole minutes, rounded up, until the next try counts.</summary>
    public int MinutesLeft(DateTimeOffset now) =>
        Locked(now) ? (int)Math.Ceiling((Within(now)[^Limit] + Window - now).TotalMinutes) : 0;

    /// <summary>Without the failures that no longer count.</summary>
    public Lockout Recent(DateTimeOffset now) => this with { Failures = Within(now) };

    public Lockout With(DateTimeOffset failure) => this with { Failures = [.. Within(failure).TakeLast(Limit - 1), failure] };

    /// <summary>Without one try that turned out to be none.</summary>
    public Lockout Without(DateTimeOffset success)
    {
        var failures = Failures.ToList();
        failures.Remove(success);
        return this with { Failures = failures };
    }

    /// <summary>Unix milliseconds joined by blanks, the stored form.</summary>
    public override string ToString() => string.Join(' ', Failures.Select(f => f.ToUnixTimeMilliseconds()));

    public static Lockout Parse(string text, int limit) => new(
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(t, CultureInfo.InvariantCulture)))],
        limit);

    private List<DateTimeOffset> Within(DateTimeOffset now) => [.. Failures.Where(f => now - f < Window)];
}
