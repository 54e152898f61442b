using Tanlu.Kernel;

namespace Tanlu.Server.Identity;

/// <summary>
/// Checks a name and password against the accounts of this server and, where they hold, sets the session cookie. A refusal never says which
/// of the two was wrong.
/// </summary>
internal sealed class SignInService
{
    // Accounts belong to Organisation; until its verbs are here this server has none, so nobody can be let in.
    public Task<Outcome<bool>> Enter(HttpContext context, string name, string password)
    {
        ArgumentNullException.ThrowIfNull(context);
        return Task.FromResult<Outcome<bool>>(new Problem("sign_in_failed", Column: "name"));
    }
}
