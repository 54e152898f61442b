using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>What is known of an API token; the token itself is known to whoever made it and to nobody else.</summary>
/// <param name="Person">Whose token it is; 0 where it is a device's own.</param>
/// <param name="PersonName">Name of that person; empty for a device.</param>
/// <param name="Hint">Its first characters, by which its owner recognises it.</param>
/// <param name="Rights">What it may use at most.</param>
/// <param name="Node">Node whose subtree it is limited to; 0 is the whole tenant.</param>
/// <param name="LastUsedAt">To the minute; null where it was never used.</param>
public sealed record ApiToken(
    long Id, long Tenant, long Person, string PersonName, string Name, string Hint, RightSet Rights, long Node, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt,
    DateTimeOffset? LastUsedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>Every token begins with this, so that a scanner of files finds one that was left there.</summary>
    public const string Prefix = "tanlu_";

    public const int LongestName = 100;

    /// <summary>Live tokens of one person.</summary>
    public const int Most = 50;

    /// <summary>A token that nobody renews is one that nobody watches.</summary>
    public const int LongestDays = 731;

    public bool OfDevice => Person == 0;

    /// <summary>Last day on which it holds, in universal time.</summary>
    public DateOnly LastDay => DateOnly.FromDateTime(ExpiresAt.UtcDateTime.AddTicks(-1));

    public bool Live(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;
}

/// <summary>A token to be made.</summary>
/// <param name="Rights">What it may use at most of what its owner may do; null for a device is all that devices may.</param>
/// <param name="Node">Node whose subtree it is limited to; null is all that the caller sees.</param>
/// <param name="LastDay">Last day on which it holds, in universal time.</param>
/// <param name="Device">The token is a device's own, with the role of a device; otherwise it is the caller's.</param>
public sealed record NewApiToken(string Name, IReadOnlyList<Right>? Rights, long? Node, DateOnly? LastDay, bool Device = false)
{
    internal DateTimeOffset ExpiresAt => new(LastDay!.Value.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>Every reason against the token as such.</summary>
    internal IReadOnlyList<Problem> Problems(DateTimeOffset now)
    {
        var problems = new List<Problem>();
        if (Name.Trim().Length == 0 || !PlainText.Fits(Name.Trim(), ApiToken.LongestName))
        {
            problems.Add(new Problem("token_name_invalid", Column: "name", Found: Name));
        }

        if (Rights is { Count: 0 } || Rights is null && !Device)
        {
            problems.Add(new Problem("token_rights_missing", Column: "rights"));
        }

        var today = DateOnly.FromDateTime(now.UtcDateTime);
        if (LastDay is not { } day || day <= today || day > today.AddDays(ApiToken.LongestDays))
        {
            problems.Add(new Problem("token_expiry_invalid", Column: "expires", Found: LastDay is { } found ? $"{found:yyyy-MM-dd}" : "", Args: [$"{today.AddDays(ApiToken.LongestDays):yyyy-MM-dd}"]));
        }

        return problems;
    }
}

/// <summary>A token right after it was made: the only time that <see cref="Secret"/> is known.</summary>
public sealed record MadeApiToken(ApiToken Token, string Secret)
{
    // A record prints its members, and a printed token ends in a log.
    public override string ToString() => $"MadeApiToken {Token.Id}";
}

/// <summary>What the database knows of a presented token and of whom it stands for.</summary>
internal sealed record TokenHolder(
    long Id, long Tenant, long Person, string Name, RightSet Rights, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt, DateTimeOffset? RefusedAt, DateTimeOffset? RevokedAt,
    string? TokenPath, string? PersonName, Role Role, Language Language, DateTimeOffset? DisabledAt, string? PersonPath)
{
    /// <summary>Who the token is now: its owner's role and subtree of this moment cut down to the token's own; or why it is nobody.</summary>
    public (Caller? Caller, string? Refused) Judge(DateTimeOffset now)
    {
        if (RevokedAt is not null)
        {
            return (null, "revoked");
        }

        if (ExpiresAt <= now)
        {
            return (null, "expired");
        }

        if (Person != 0 && (PersonName is null || DisabledAt is not null))
        {
            return (null, "disabled");
        }

        var own = Person == 0 ? TokenPath : PersonPath;
        if (own is null || TokenPath is null || Narrower(own, TokenPath) is not { } path)
        {
            return (null, "elsewhere");
        }

        var caller = Person == 0
            ? new Caller(Tenant, -Id, Name, Role.Device, path, Language.English)
            : new Caller(Tenant, Person, PersonName!, Role, path, Language);
        return (caller with { Allowed = Rights, ByToken = Id }, null);
    }

    /// <summary>The subtree that lies in both; null where they lie apart.</summary>
    private static string? Narrower(string one, string other) =>
        one.StartsWith(other, StringComparison.Ordinal) ? one : other.StartsWith(one, StringComparison.Ordinal) ? other : null;
}
