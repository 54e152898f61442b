using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>A person of a tenant.</summary>
/// <param name="Email">Unique in the installation without regard to case, because a sign-in names nothing else.</param>
/// <param name="Node">Node whose subtree the person is limited to; 0 is the whole tenant.</param>
/// <param name="DisabledAt">Since when the person can no longer sign in, or null.</param>
public sealed record Person(
    long Id, long Tenant, string Email, string Name, Role Role, long Node, Language Language, DateTimeOffset CreatedAt, DateTimeOffset? DisabledAt)
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
    internal IReadOnlyList<Problem> Problems()
    {
        var problems = new List<Problem>();
        var email = Email.Trim();
        if (email.Split('@') is not [{ Length: > 0 }, { Length: > 0 }] || !PlainText.Fits(email, Person.LongestEmail) || email.Any(char.IsWhiteSpace))
        {
            problems.Add(new Problem("email_invalid", Column: "email", Found: email));
        }

        if (Name.Trim().Length == 0 || !PlainText.Fits(Name.Trim(), Person.LongestName))
        {
            problems.Add(new Problem("person_name_invalid", Column: "name", Found: Name));
        }

        if (!Enum.IsDefined(Role))
        {
            problems.Add(new Problem("role_unknown", Column: "role", Found: Role.ToString()));
        }

        problems.AddRange(PasswordProblems(Password, email));
        return problems;
    }

    internal static IReadOnlyList<Problem> PasswordProblems(string password, string email) =>
        !PasswordHash.LongEnough(password) ? [new Problem("password_too_short", Column: "password", Args: [PasswordHash.ShortestPassword.ToString(), PasswordHash.LongestPassword.ToString()])]
        : Person.EmailKey(password) == Person.EmailKey(email) ? [new Problem("password_is_email", Column: "password")]
        : [];
}
