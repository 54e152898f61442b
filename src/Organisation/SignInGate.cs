using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// What stands before a sign-in and closes after failures. A try from a browser that is known for this e-mail address meets a gate of its own; any other meets the gate of
/// the e-mail address, which stops guessing at one account, and that of its network address, which stops trying one password on many. So whoever guesses from outside
/// can close neither an account nor a company's network to the browsers that people use every day.
/// </summary>
/// <param name="Key">SHA-256 of what is counted: people type passwords into the wrong field, and the table also holds addresses that belong to nobody.</param>
/// <param name="Forgives">A success opens it again; where it does not, only the try itself is taken back.</param>
internal sealed record SignInGate(string Key, int Limit, string Refusal, bool Forgives)
{
    public const int PerAccount = 10;
    public const int PerSender = 30;

    public static IReadOnlyList<SignInGate> ForPassword(string email, SignInFrom from)
    {
        // The word before each kind keeps a typed e-mail address from being counted as somebody's network.
        if (from.Browser is { } browser)
        {
            return [new(SessionStore.HashOf("browser " + browser), PerAccount, "sign_in_locked", Forgives: true)];
        }

        var account = new SignInGate(SessionStore.HashOf("email " + Person.EmailKey(email)), PerAccount, "sign_in_locked", Forgives: true);
        return ForSender(from) is { } sender ? [sender, account] : [account];
    }

    public static IReadOnlyList<SignInGate> ForPasskey(string credential, SignInFrom from)
    {
        var passkey = new SignInGate(SessionStore.HashOf("passkey " + credential), PerAccount, "sign_in_locked", Forgives: true);
        return ForSender(from) is { } sender ? [sender, passkey] : [passkey];
    }

    /// <summary>Counts a try before it is judged, so that many at once cannot slip past the limit; null and nothing counted where a gate is closed.</summary>
    public static (IReadOnlyList<(SignInGate Gate, Lockout Before)> Passed, Problem? Closed) Pass(Tx tx, IReadOnlyList<SignInGate> gates, DateTimeOffset now)
    {
        var met = gates.Select(g => (Gate: g, Before: SessionStore.Gate(tx, g.Key, g.Limit).Recent(now))).ToList();
        if (met.Find(m => m.Before.Locked(now)) is { Gate: { } closed } at)
        {
            return ([], new Problem(closed.Refusal, Args: [at.Before.MinutesLeft(now).ToString(CultureInfo.InvariantCulture)]));
        }

        foreach (var (gate, before) in met)
        {
            SessionStore.SetGate(tx, gate.Key, before.With(now), now);
        }

        return (met, null);
    }

    /// <summary>After a success.</summary>
    public static void Open(Tx tx, IReadOnlyList<SignInGate> gates, DateTimeOffset tried)
    {
        foreach (var gate in gates)
        {
            if (gate.Forgives)
            {
                SessionStore.OpenGate(tx, gate.Key);
            }
            else
            {
                SessionStore.SetGate(tx, gate.Key, SessionStore.Gate(tx, gate.Key, gate.Limit).Without(tried), tried);
            }
        }
    }

    private static SignInGate? ForSender(SignInFrom from) =>
        from.Sender is { } sender ? new(SessionStore.HashOf("sender " + sender), PerSender, "sign_in_throttled", Forgives: false) : null;
}
