using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.OpenApi;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Api;

/// <summary>
/// The REST interface below <c>/api/v1</c>: one route table per module, the same verbs as the pages and the command line. Every route has a name, a summary and the right
/// it asks for; refusals are problem details in the request's language.
/// </summary>
internal static class ApiRoutes
{
    public const string Prefix = "/api/v1";

    public static void AddServices(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(o => ApiJson.Set(o.SerializerOptions));

        // A request that cannot be read is answered, not thrown, in development too.
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = false);
        services.AddSingleton<Cursors>();
        services.AddSingleton<IdempotencyKeys>();
        services.AddSingleton<Idempotency>();
        services.AddOpenApi("v1", o =>
        {
            o.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            o.ShouldInclude = d => d.RelativePath?.StartsWith(Prefix[1..], StringComparison.Ordinal) == true;
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "Tanlu 碳路",
                    Version = "1",
                    Description = "Activities in, an inventory out in which every figure explains itself. Send an API token as Authorization: Bearer tanlu_…, " +
                        "or sign in with POST /api/v1/session; the cookie it sets carries the session. " +
                        "Refusals are problem details (RFC 9457) in the language of ?lang=, the lang cookie or Accept-Language.",
                };

                // Addresses differ by installation.
                document.Servers = [];
                return Task.CompletedTask;
            });
        });
    }

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapGroup(Prefix).AddEndpointFilter(SameSite).AddEndpointFilter(Idempotency.Once).AddEndpointFilter(EntityTags.Tagged);
        SessionApi.Map(api.MapGroup("").WithTags("Session"));
        TokensApi.Map(api.MapGroup("").WithTags("Tokens"));
        AuditApi.Map(api.MapGroup("").WithTags("Audit"));
        OrganisationApi.Map(api.MapGroup("").WithTags("Organisation"));
        PeopleApi.Map(api.MapGroup("").WithTags("People"));
        CatalogueApi.Map(api.MapGroup("").WithTags("Catalogue"));
        FactorsApi.Map(api.MapGroup("").WithTags("Factors"));
        LedgerApi.Map(api.MapGroup("").WithTags("Ledger"));
        InventoryApi.Map(api.MapGroup("").WithTags("Inventory"));
        LibrariesApi.Map(api.MapGroup("").WithTags("Life cycle data"));
        ProcessesApi.Map(api.MapGroup("").WithTags("Life cycle data"));
        MethodsApi.Map(api.MapGroup("").WithTags("Life cycle data"));
        ResultsApi.Map(api.MapGroup("").WithTags("Life cycle data"));
        BillsApi.Map(api.MapGroup("").WithTags("Life cycle data"));
        JobsApi.Map(api.MapGroup("").WithTags("Jobs"));
        HealthApi.Map(api.MapGroup("").WithTags("Platform"));
        WebhooksApi.Map(api.MapGroup("").WithTags("Webhooks"));
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous();
    }

    /// <summary>Name, summary and right of a route in one line.</summary>
    public static RouteHandlerBuilder Says(this RouteHandlerBuilder route, string name, string summary, Right right) =>
        route.WithName(name).WithSummary(summary).RequireAuthorization(RightPolicies.Name(right))
            .Produces<ProblemBody>(StatusCodes.Status401Unauthorized, Refused.MediaType).Produces<ProblemBody>(StatusCodes.Status403Forbidden, Refused.MediaType);

    /// <summary>A route whose answer costs much: few at once.</summary>
    public static RouteHandlerBuilder Heavy(this RouteHandlerBuilder route) =>
        route.WithMetadata(new HeavyRoute()).Produces<ProblemBody>(StatusCodes.Status429TooManyRequests, Refused.MediaType);

    /// <summary>As <see cref="Says"/>, for whoever is signed in: what one sees is one's own.</summary>
    public static RouteHandlerBuilder SaysToAll(this RouteHandlerBuilder route, string name, string summary) =>
        route.WithName(name).WithSummary(summary).RequireAuthorization(RightPolicies.Own)
            .Produces<ProblemBody>(StatusCodes.Status401Unauthorized, Refused.MediaType);

    /// <summary>Who asks, with the language of this request.</summary>
    public static Caller Caller(this HttpContext http) => SignInCookie.CallerOf(http) is { } caller
        ? caller with { Language = LanguageChoice.Of(http), Request = http.Items[typeof(Idempotency)] as string }
        : throw new InvalidOperationException("A route without a policy asked who is signed in.");

    public static Language Language(this HttpContext http) => LanguageChoice.Of(http);

    /// <summary>200 with what the value becomes, or the refusal.</summary>
    public static Results<Ok<TOut>, Refused> Answer<T, TOut>(this Outcome<T> outcome, Func<T, TOut> shape) =>
        outcome.Ok ? TypedResults.Ok(shape(outcome.Value)) : Refused.Of(outcome.Problems);

    /// <summary>201 with the address of what was made, or the refusal.</summary>
    public static Results<Created<TOut>, Refused> Made<T, TOut>(this Outcome<T> outcome, Func<T, string> address, Func<T, TOut> shape) =>
        outcome.Ok ? TypedResults.Created(Prefix + address(outcome.Value), shape(outcome.Value)) : Refused.Of(outcome.Problems);

    /// <summary>
    /// The session is a cookie, so a request that changes something must not come from another site's page. Browsers say where a request comes from; programs send
    /// neither header and hold no cookie of somebody else. A token is sent by whoever holds it and by no browser of its own accord.
    /// </summary>
    private static async ValueTask<object?> SameSite(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || SignInCookie.CallerOf(context.HttpContext) is { ByToken: not 0 })
        {
            return await next(context);
        }

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        var origin = request.Headers.Origin.ToString();
        var foreign = site.Length > 0
            ? site is not ("same-origin" or "none")
            : origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
        return foreign ? Refused.Of(new Problem("other_site", Found: origin)) : await next(context);
    }
}

/// <summary>A page of a list.</summary>
/// <param name="Next">Give it as <c>after</c> for the following page; null where this is the last.</param>
public sealed record PageBody<T>([property: JsonPropertyName("items")] IReadOnlyList<T> Items, string? Next) : IPage
{
    public string? Next { get; set; } = Next;
}
