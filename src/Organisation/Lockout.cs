using System.Globalization;

namespace Tanlu.Organisation;

/// <summary>The recent failed sign-ins of one e-mail, oldest first: ten within fifteen minutes lock it until the oldest of them is past.</summary>
internal sealed record Lockout(IReadOnlyList<DateTimeOffset> Failures)
{
    public const int Limit = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public static Lockout None { get; } = new([]);

    public bool Locked(DateTimeOffset now) => Within(now).Count >= Limit;

    /// <summary>Whole minutes, rounded up, until the next try counts.</summary>
    public int MinutesLeft(DateTimeOffset now) =>
        Locked(now) ? (int)Math.Ceiling((Within(now)[^Limit] + Window - now).TotalMinutes) : 0;

    /// <summary>Without the failures that no longer count.</summary>
    public Lockout Recent(DateTimeOffset now) => new(Within(now));

    public Lockout With(DateTimeOffset failure) => new([.. Within(failure).TakeLast(Limit - 1), failure]);

    /// <summary>Unix milliseconds joined by blanks, the stored form.</summary>
    public override string ToString() => string.Join(' ', Failures.Select(f => f.ToUnixTimeMilliseconds()));

    public static Lockout Parse(string text) => new(
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(t, CultureInfo.InvariantCulture)))]);

    private List<DateTimeOffset> Within(DateTimeOffset now) => [.. Failures.Where(f => now - f < Window)];
}
