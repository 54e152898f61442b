using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.OpenApi;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>The one file of a multipart request, with its other fields. It lies in a temporary file of the framework until the request ends.</summary>
internal sealed class UploadedFile
{
    private readonly IFormFile _file;
    private readonly IFormCollection _form;

    private UploadedFile(IFormFile file, IFormCollection form)
    {
        _file = file;
        _form = form;
    }

    /// <summary>The last part of the name the sender gave, whatever path stood before it.</summary>
    public string Name => _file.FileName[(_file.FileName.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>The one file of the request's form.</summary>
    public static async Task<Outcome<UploadedFile>> Read(HttpContext http, CancellationToken ct) => (await Form(http, ct)).Then<UploadedFile>(form =>
        form.Files is [var file] ? new UploadedFile(file, form) : new Problem("upload_one_file", Column: "file", Found: form.Files.Count.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Reads the request's form, once. The size is checked here and not by the binding, so that a file that is too large is told as such.</summary>
    public static async Task<Outcome<IFormCollection>> Form(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType)
        {
            return new Problem("upload_not_multipart", Found: http.Request.ContentType);
        }

        var largest = UploadLimits.Of(http);
        try
        {
            return Outcome<IFormCollection>.Done(await http.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = largest, ValueCountLimit = 64 }, ct));
        }
        catch (InvalidDataException) when (http.Request.ContentLength is null)
        {
            // Nobody said how long it is, and it went on beyond the limit.
            return UploadLimits.TooLarge(http);
        }
        catch (InvalidDataException)
        {
            return new Problem("upload_broken");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return UploadLimits.TooLarge(http);
        }
    }

    public Stream Open() => _file.OpenReadStream();

    public string Text(string field) => _form[field].ToString();

    public bool Yes(string field) => Text(field) is "1" or "true" or "on";

    public long? Number(string field) => long.TryParse(Text(field), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Values of a field that may come several times.</summary>
    public IReadOnlyList<string> All(string field) => [.. _form[field].OfType<string>()];
}

internal static class UploadRoutes
{
    /// <summary>
    /// A route that takes a file: its own size limit, and no form token, because the same-site check of the group does that work for programs and pages alike.
    /// </summary>
    public static RouteHandlerBuilder TakesFile(this RouteHandlerBuilder route, params (string Field, string What)[] fields) => route
        .WithMetadata(new UploadRoute())
        .DisableAntiforgery()
        .Produces<ProblemBody>(StatusCodes.Status413PayloadTooLarge, Refused.MediaType)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            var schema = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Required = new HashSet<string> { "file" },
                Properties = new Dictionary<string, IOpenApiSchema> { ["file"] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            };
            foreach (var (field, what) in fields)
            {
                schema.Properties[field] = new OpenApiSchema { Type = JsonSchemaType.String, Description = what };
            }

            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType> { ["multipart/form-data"] = new() { Schema = schema } },
            };
            return Task.CompletedTask;
        });
}
