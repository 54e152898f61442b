using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>The sign-in page's one step: checks the password with Organisation and, where it holds, gives the browser its cookie.</summary>
internal sealed class SignInService(Sessions sessions, KnownBrowser browser, ILogger<SignInService> log)
{
    public async Task<Outcome<SignedIn>> Enter(HttpContext context, string email, string password)
    {
        var from = browser.From(context, email);
        var outcome = await sessions.SignIn(email, password, context.RequestAborted, from);
        SignInMeter.Count("password", outcome);
        if (outcome.Ok)
        {
            await SignInCookie.SignIn(context, outcome.Value);
            browser.Remember(context, outcome.Value.Email);
        }
        else if (outcome.Problems[0].Code == "sign_in_throttled")
        {
            Log.Throttled(log, from.Address);
        }

        return outcome;
    }
}
