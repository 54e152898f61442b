using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>A person of a tenant.</summary>
/// <param name="Email">Unique in the installation without regard to case, because a sign-in names nothing else.</param>
/// <param name="Node">Node whose subtree the person is limited to; 0 is the whole tenant.</param>
/// <param name="DisabledAt">Since when the person can no longer sign in, or null.</param>
/// <param name="SignedInAt">The last sign-in, or null where there was none.</param>
public sealed record Person(
    long Id, long Tenant, string Email, string Name, Role Role, long Node, Language Language, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt, DateTimeOffset? SignedInAt = null)
{
    public const int LongestEmail = 254;
    public const int LongestName = 100;

    /// <summary>The form in which two addresses are the same address.</summary>
    public static string EmailKey(string email) => email.Trim().ToLowerInvariant();
}

/// <summary>A person to be added; see <see cref="Person"/> for the fields.</summary>
/// <param name="Password">First password, at least 12 characters.</param>
public sealed record NewPerson(string Email, string Name, Role Role, long Node, Language Language, string Password)
{
    // A record prints its members, and a printed password ends in a log.
    public override string ToString() => $"NewPerson {Email}";

    /// <summary>Every reason against the person as such.</summary>
    internal IReadOnlyList<Problem> Problems() => [.. PersonRules.Email(Email), .. PersonRules.Name(Name), .. PersonRules.Role(Role), .. PersonRules.Password(Password, Email)];
}

/// <summary>What changes of a person; null keeps what is there. See <see cref="Person"/> for the fields.</summary>
public sealed record PersonChange(string? Name = null, string? Email = null, Role? Role = null, long? Node = null, Language? Language = null)
{
    /// <summary>Every reason against the change as such.</summary>
    internal IReadOnlyList<Problem> Problems() =>
        [.. Email is null ? [] : PersonRules.Email(Email), .. Name is null ? [] : PersonRules.Name(Name), .. Role is null ? [] : PersonRules.Role(Role.Value)];
}
