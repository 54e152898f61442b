using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.Features;
using Tanlu.Automation;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>A route whose verb finds by itself what an earlier call with the same key did.</summary>
internal sealed record RepeatsItself;

/// <summary>A route whose answer holds a secret that is shown once: the answer is kept nowhere, and its key only says what was made.</summary>
internal sealed record ShownOnce;

/// <summary>
/// <c>Idempotency-Key</c> on every POST: the same key with the same content gives the answer of the first call, and does nothing again; with another content it is refused.
/// </summary>
internal sealed class Idempotency(IdempotencyKeys keys, IDataProtectionProvider protection)
{
    public const string Header = "Idempotency-Key";

    private static readonly string[] KeptHeaders = ["Content-Type", "Content-Language", "Location", "ETag"];

    private readonly IDataProtector _protector = protection.CreateProtector("idempotency");

    public static async ValueTask<object?> Once(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return HttpMethods.IsPost(http.Request.Method) && http.Request.Headers.ContainsKey(Header) && Identity.SignInCookie.CallerOf(http) is not null
            ? await http.RequestServices.GetRequiredService<Idempotency>().Run(context, next)
            : await next(context);
    }

    private async ValueTask<object?> Run(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var caller = http.Caller();
        var route = $"POST {http.Request.Path}";
        var key = http.Request.Headers[Header].ToString();
        var hash = await HashOf(context);
        if (!hash.Ok)
        {
            return Refused.Of(hash.Problems);
        }

        var begun = await keys.Begin(caller, route, key, hash.Value, http.GetEndpoint()!.Metadata.GetMetadata<RepeatsItself>() is not null, http.RequestAborted);
        if (!begun.Ok)
        {
            if (begun.Problems[0].Code == "idempotency_in_progress")
            {
                http.Response.Headers.RetryAfter = "1";
            }

            return Refused.Of(begun.Problems);
        }

        if (begun.Value.Before is { } before)
        {
            await Replay(http, before);
            return Results.Empty;
        }

        http.Items[typeof(Idempotency)] = begun.Value.Request;
        var known = false;
        try
        {
            var answer = await Captured(http, await next(context));
            known = true;
            if (answer.Status < StatusCodes.Status300MultipleChoices && http.GetEndpoint()!.Metadata.GetMetadata<ShownOnce>() is not null)
            {
                // A secret is shown once: the key says what was made, and the answer is kept nowhere.
                await keys.Failed(caller, route, key, CancellationToken.None);
            }
            else if (answer.Status < StatusCodes.Status300MultipleChoices)
            {
                // Whoever hung up still did the thing, and asks again.
                await keys.Answered(caller, route, key, answer with { Body = _protector.Protect(answer.Body) }, CancellationToken.None);
            }
            else
            {
                await keys.Refused(caller, route, key, CancellationToken.None);
            }

            // A refusal without words is worded further out, which an answer that has begun would prevent.
            if (answer.Body.Length > 0)
            {
                await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted);
            }

            return Results.Empty;
        }
        finally
        {
            if (!known)
            {
                await keys.Failed(caller, route, key, CancellationToken.None);
            }
        }
    }

    /// <summary>Lets the result write itself, and keeps the bytes back until they are kept.</summary>
    private static async Task<KeptAnswer> Captured(HttpContext http, object? result)
    {
        var outside = http.Response.Body;
        using var inside = new MemoryStream();
        http.Response.Body = inside;
        try
        {
            await (result as IResult ?? Results.Json(result, ApiJson.Options)).ExecuteAsync(http);
        }
        finally
        {
            http.Response.Body = outside;
        }

        var headers = KeptHeaders.Where(http.Response.Headers.ContainsKey).ToDictionary(h => h, h => http.Response.Headers[h].ToString());
        return new KeptAnswer(http.Response.StatusCode, headers, inside.ToArray());
    }

    private async Task Replay(HttpContext http, KeptAnswer before)
    {
        http.Response.StatusCode = before.Status;
        foreach (var (name, value) in before.Headers)
        {
            http.Response.Headers[name] = value;
        }

        http.Response.Headers["Idempotency-Replayed"] = "true";
        await http.Response.Body.WriteAsync(_protector.Unprotect(before.Body), http.RequestAborted);
    }

    /// <summary>
    /// Hash of the content in its own form: of a JSON body what was read of it, so that blanks do not matter; of an upload the fields and the file, because the border
    /// between the parts of a form is another one each time.
    /// </summary>
    private static async Task<Kernel.Outcome<string>> HashOf(EndpointFilterInvocationContext context)
    {
        var http = context.HttpContext;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(http.Request.QueryString.Value));
        if (http.Request.HasFormContentType)
        {
            var form = await UploadedFile.Form(http, http.RequestAborted);
            if (!form.Ok)
            {
                return Kernel.Outcome<string>.Refused(form.Problems);
            }

            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(form.Value.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => new { f.Key, Value = f.Value.ToArray() })));
            foreach (var file in form.Value.Files)
            {
                await using var content = file.OpenReadStream();
                hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(new { file.Name, file.FileName }));
                hash.AppendData(await SHA256.HashDataAsync(content, http.RequestAborted));
            }
        }
        else
        {
            foreach (var body in context.Arguments.Where(a => a?.GetType().Name.EndsWith("Body", StringComparison.Ordinal) == true))
            {
                hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(body, body!.GetType(), ApiJson.Options));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
