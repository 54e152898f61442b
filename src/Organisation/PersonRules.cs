using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>What holds of a person's fields, however they are written: by adding, changing or inviting.</summary>
internal static class PersonRules
{
    public static IEnumerable<Problem> Email(string email)
    {
        var trimmed = email.Trim();
        if (trimmed.Split('@') is not [{ Length: > 0 }, { Length: > 0 }] || !PlainText.Fits(trimmed, Person.LongestEmail) || trimmed.Any(char.IsWhiteSpace))
        {
            yield return new Problem("email_invalid", Column: "email", Found: trimmed);
        }
    }

    public static IEnumerable<Problem> Name(string name)
    {
        if (name.Trim().Length == 0 || !PlainText.Fits(name.Trim(), Person.LongestName))
        {
            yield return new Problem("person_name_invalid", Column: "name", Found: name);
        }
    }

    /// <summary>A device is a machine with a token of its own; nobody signs in as one.</summary>
    public static IEnumerable<Problem> Role(Role role)
    {
        if (!Enum.IsDefined(role))
        {
            yield return new Problem("role_unknown", Column: "role", Found: role.ToString());
        }
        else if (role == Organisation.Role.Device)
        {
            yield return new Problem("role_of_machines", Column: "role", Found: role.ToString());
        }
    }

    public static IEnumerable<Problem> Password(string password, string email)
    {
        if (!PasswordHash.LongEnough(password))
        {
            yield return new Problem("password_too_short", Column: "password", Args: [PasswordHash.ShortestPassword.ToString(), PasswordHash.LongestPassword.ToString()]);
        }
        else if (Person.EmailKey(password) == Person.EmailKey(email))
        {
            yield return new Problem("password_is_email", Column: "password");
        }
    }
}
