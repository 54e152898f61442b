using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Tanlu.Kernel;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Api;

/// <summary>A refusal as problem details (RFC 9457) in the request's language.</summary>
/// <param name="Type"><c>urn:tanlu:problem:{code}</c> of the first error, or <c>about:blank</c>.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What happened: the first error's message.</param>
/// <param name="Errors">Every error, each at its row and column.</param>
public sealed record ProblemBody(string Type, string Title, int Status, string Detail, IReadOnlyList<ProblemError> Errors);

/// <summary>One error.</summary>
/// <param name="Row">Row as a person counts it, the header being row 1; null where there is no row.</param>
/// <param name="Column">Column or field, null where there is none.</param>
/// <param name="Found">What stood there.</param>
/// <param name="Expected">What would have been right.</param>
/// <param name="Message">What happened.</param>
/// <param name="Code">The same in every language.</param>
public sealed record ProblemError(int? Row, string? Column, string? Found, string Expected, string Message, string Code)
{
    public static ProblemError Of(Problem problem, Language language) =>
        new(problem.Row, problem.Column, problem.Found, problem.Expected(language), problem.Message(language), problem.Code);
}

/// <summary>Answers an expected refusal of a verb. The first problem decides the status.</summary>
public sealed class Refused : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public const string MediaType = "application/problem+json";

    /// <summary>Refusals of what is there already or was changed by somebody else.</summary>
    private static readonly HashSet<string> Conflicts = new(StringComparer.Ordinal)
    {
        "already_corrected", "batch_dropped", "client_key_reused", "idempotency_in_progress", "delivery_on_its_way", "webhook_too_many", "idempotency_done_before", "email_taken", "file_importing", "file_known", "file_known_elsewhere", "last_administrator", "node_code_taken", "pack_known", "source_name_taken",
        "invitation_open", "invitation_closed",
        "edition_altered", "recomputation_differs", "pack_not_kept", "evidence_missing", "token_too_many", "passkey_too_many", "pack_four_eyes",
        "pack_rejected", "library_known", "library_importing", "library_dropped", "library_name_taken", "library_read_only", "process_changed", "process_in_use", "method_known", "method_is_own", "method_read_only", "method_changed", "mapping_known",
    };

    private static readonly HashSet<string> TooLarge = new(StringComparer.Ordinal) { "blob_too_large", "body_too_large", "pack_too_large", "table_too_many_rows", "upload_too_large" };

    private readonly IReadOnlyList<Problem> _problems;
    private readonly int _status;

    private Refused(int status, IReadOnlyList<Problem> problems)
    {
        _status = status;
        _problems = problems;
    }

    public int? StatusCode => _status;

    public static Refused Of(params IReadOnlyList<Problem> problems) => new(StatusOf(problems[0].Code), problems);

    /// <summary>A refusal that no verb gave: nobody signed in, no such address, a request that could not be read.</summary>
    public static Refused OfStatus(int status) => new(status, []);

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder)
    {
        foreach (var status in (ReadOnlySpan<int>)[404, 409, 422])
        {
            builder.Metadata.Add(new ProducesResponseTypeMetadata(status, typeof(ProblemBody), [MediaType]));
        }
    }

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var language = LanguageChoice.Of(httpContext);
        var title = Title(_status, language);
        var errors = _problems.Select(p => ProblemError.Of(p, language)).ToList();
        var body = new ProblemBody(
            errors.Count > 0 ? "urn:tanlu:problem:" + errors[0].Code : "about:blank", title, _status, errors.Count > 0 ? errors[0].Message : Texts.Get(language, $"api.detail.{Known(_status)}"), errors);
        httpContext.Response.StatusCode = _status;
        httpContext.Response.Headers.ContentLanguage = Texts.Tag(language);
        return httpContext.Response.WriteAsJsonAsync(body, ApiJson.Options, MediaType, httpContext.RequestAborted);
    }

    private static int StatusOf(string code) => code switch
    {
        "not_permitted" or "other_site" or "token_not_here" => StatusCodes.Status403Forbidden,
        "not_found" => StatusCodes.Status404NotFound,
        "sign_in_failed" or "passkey_failed" => StatusCodes.Status401Unauthorized,
        "sign_in_locked" or "sign_in_throttled" or "too_many_requests" => StatusCodes.Status429TooManyRequests,
        "database_unavailable" => StatusCodes.Status503ServiceUnavailable,
        "disk_full" => StatusCodes.Status507InsufficientStorage,
        "changed_meanwhile" => StatusCodes.Status412PreconditionFailed,
        _ when Conflicts.Contains(code) => StatusCodes.Status409Conflict,
        _ when TooLarge.Contains(code) => StatusCodes.Status413PayloadTooLarge,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    private static string Title(int status, Language language) => Texts.Get(language, $"api.title.{Known(status)}");

    private static int Known(int status) => status is 400 or 401 or 403 or 404 or 405 or 409 or 412 or 413 or 415 or 422 or 429 or 503 or 507 ? status : status >= 500 ? 500 : 400;
}

/// <summary>How the API writes JSON: snake_case as in files and on the command line, Chinese as Chinese.</summary>
internal static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Set(new JsonSerializerOptions(JsonSerializerDefaults.Web));

    public static JsonSerializerOptions Set(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DictionaryKeyPolicy = null;
        options.PropertyNameCaseInsensitive = false;
        options.Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.Strict;
        return options;
    }
}
