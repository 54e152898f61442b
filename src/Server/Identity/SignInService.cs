using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>The sign-in page's one step: checks the password with Organisation and, where it holds, gives the browser its cookie.</summary>
internal sealed class SignInService(Sessions sessions)
{
    public async Task<Outcome<SignedIn>> Enter(HttpContext context, string email, string password)
    {
        var outcome = await sessions.SignIn(email, password, context.RequestAborted);
        if (outcome.Ok)
        {
            await SignInCookie.SignIn(context, outcome.Value);
        }

        return outcome;
    }
}
