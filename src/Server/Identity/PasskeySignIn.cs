using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Identity;

/// <summary>
/// Passkeys between browser and Organisation: the framework writes the questions and checks the answers (challenge, origin, domain, user verification, signature, counter),
/// Organisation decides who that is and keeps what follows.
/// </summary>
internal sealed class PasskeySignIn(IPasskeyHandler<PasskeyHolder> handler, PasskeyQuestions questions, Passkeys passkeys, KnownBrowser browser, ILogger<PasskeySignIn> log)
{
    private const int LongestReason = 200;

    public static void Add(IServiceCollection services, ServerSettings settings)
    {
        services.AddIdentityCore<PasskeyHolder>().AddUserStore<PasskeyOwners>();
        services.AddScoped<IPasskeyHandler<PasskeyHolder>, PasskeyHandler<PasskeyHolder>>();
        services.AddSingleton<PasskeyQuestions>();
        services.AddSingleton<KnownBrowser>();
        services.AddScoped<PasskeySignIn>();
        services.Configure<IdentityPasskeyOptions>(o =>
        {
            // It stands for a password, so the authenticator must know its owner (PIN, fingerprint, face) and name them by itself.
            o.UserVerificationRequirement = "required";
            o.ResidentKeyRequirement = "required";
            o.AuthenticatorTimeout = Passkeys.AnswerTime;
            o.ServerDomain = settings.PublicOrigin?.Host;
            o.ValidateOrigin = asked => ValueTask.FromResult(!asked.CrossOrigin && asked.Origin == Origin(settings, asked.HttpContext.Request));
        });
    }

    public static void Map(WebApplication app)
    {
        app.MapPost("/sign-in/passkey", AskToSignIn).WithName("passkey-sign-in-question").AllowAnonymous().ExcludeFromDescription();
        app.MapPost("/profile/passkeys/question", AskToAdd).WithName("passkey-add-question").ExcludeFromDescription();
    }

    /// <summary>Checks the answer to a sign-in and, where it holds, gives the browser its cookie.</summary>
    public async Task<Outcome<SignedIn>> Enter(HttpContext context, string answer)
    {
        var ct = context.RequestAborted;
        var begun = await passkeys.Begin(CredentialOf(answer), browser.From(context, email: null), ct);
        if (!begun.Ok)
        {
            return Outcome<SignedIn>.Refused(begun.Problems);
        }

        if (questions.Take(context, PasskeyQuestions.ToSignIn) is not { } question || await Judge(context, answer, question) is not { } seen)
        {
            return await passkeys.Fail(begun.Value, ct);
        }

        var signed = await passkeys.SignIn(begun.Value, PasskeyOwners.Credential(seen), question, ct);
        SignInMeter.Count("passkey", signed);
        if (signed.Ok)
        {
            await SignInCookie.SignIn(context, signed.Value);
            browser.Remember(context, signed.Value.Email);
        }

        return signed;
    }

    /// <summary>Checks the answer to an addition and adds the passkey to the caller's own.</summary>
    public async Task<Outcome<Passkey>> Add(HttpContext context, Caller caller, string name, string answer)
    {
        if (questions.Take(context, PasskeyQuestions.ToAdd(caller)) is not { } question)
        {
            return new Problem("passkey_refused");
        }

        try
        {
            var made = await handler.PerformAttestationAsync(new PasskeyAttestationContext { HttpContext = context, CredentialJson = answer, AttestationState = question });
            if (made.Succeeded)
            {
                return await passkeys.Add(caller, name, made.UserEntity.Id, PasskeyOwners.Credential(made.Passkey), question, context.RequestAborted);
            }

            Log.Refused(log, OneLine(made.Failure.Message));
        }
        catch (Exception broken) when (Malformed(broken))
        {
            Log.Refused(log, broken.GetType().Name);
        }

        return new Problem("passkey_refused");
    }

    private static async Task<Results<ContentHttpResult, BadRequest>> AskToSignIn(
        HttpContext context, IAntiforgery antiforgery, IPasskeyHandler<PasskeyHolder> handler, PasskeyQuestions questions)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return TypedResults.BadRequest();
        }

        var asked = await handler.MakeRequestOptionsAsync(null, context);
        questions.Keep(context, PasskeyQuestions.ToSignIn, asked.AssertionState!);
        return TypedResults.Content(asked.RequestOptionsJson, "application/json");
    }

    private static async Task<Results<ContentHttpResult, BadRequest>> AskToAdd(
        HttpContext context, IAntiforgery antiforgery, IPasskeyHandler<PasskeyHolder> handler, PasskeyQuestions questions, Passkeys passkeys)
    {
        if (!await antiforgery.IsRequestValidAsync(context) || SignInCookie.CallerOf(context) is not { } caller)
        {
            return TypedResults.BadRequest();
        }

        var owner = await passkeys.Owner(caller, context.RequestAborted);
        if (!owner.Ok)
        {
            return TypedResults.BadRequest();
        }

        var (email, handle) = owner.Value;
        var asked = await handler.MakeCreationOptionsAsync(new PasskeyUserEntity { Id = handle, Name = email, DisplayName = caller.Name }, context);
        questions.Keep(context, PasskeyQuestions.ToAdd(caller), asked.AttestationState!);
        return TypedResults.Content(asked.CreationOptionsJson, "application/json");
    }

    private async Task<UserPasskeyInfo?> Judge(HttpContext context, string answer, string question)
    {
        try
        {
            var judged = await handler.PerformAssertionAsync(new PasskeyAssertionContext { HttpContext = context, CredentialJson = answer, AssertionState = question });
            if (judged.Succeeded)
            {
                return judged.Passkey;
            }

            Log.Refused(log, OneLine(judged.Failure.Message));
        }
        catch (Exception broken) when (Malformed(broken))
        {
            Log.Refused(log, broken.GetType().Name);
        }

        return null;
    }

    /// <summary>The page's own address, or the one that people use where the settings name it.</summary>
    private static string Origin(ServerSettings settings, HttpRequest request) =>
        settings.PublicOrigin is { } open ? open.GetLeftPart(UriPartial.Authority) : $"{request.Scheme}://{request.Host}";

    /// <summary>The id that an answer claims; empty where it is not an answer at all.</summary>
    private static string CredentialOf(string answer)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    // The framework's words may hold what the stranger sent.
    private static string OneLine(string words) => new([.. words.Take(LongestReason).Select(c => char.IsControl(c) ? ' ' : c)]);

    // What a stranger sends is read by the framework's parsers, which throw on what they cannot read.
    private static bool Malformed(Exception broken) => broken is JsonException or FormatException or ArgumentException or InvalidOperationException or PasskeyException;
}
