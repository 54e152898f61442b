using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.OpenApi;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>The one file of a multipart request, with its other fields. It lies in a temporary file of the framework until the request ends.</summary>
internal sealed class UploadedFile
{
    /// <summary>Larger than any file a verb takes; the verb has the smaller limit of its own.</summary>
    public const long Largest = 2L << 30;

    private readonly IFormFile _file;
    private readonly IFormCollection _form;

    private UploadedFile(IFormFile file, IFormCollection form)
    {
        _file = file;
        _form = form;
    }

    /// <summary>The last part of the name the sender gave, whatever path stood before it.</summary>
    public string Name => _file.FileName[(_file.FileName.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>Reads the request's form. The size is checked here and not by the binding, so that a file that is too large is told as such.</summary>
    public static async Task<Outcome<UploadedFile>> Read(HttpContext http, CancellationToken ct)
    {
        if (!http.Request.HasFormContentType)
        {
            return new Problem("upload_not_multipart", Found: http.Request.ContentType);
        }

        try
        {
            var form = await http.Request.ReadFormAsync(new FormOptions { MultipartBodyLengthLimit = Largest, ValueCountLimit = 64 }, ct);
            return form.Files is [var file] ? new UploadedFile(file, form) : new Problem("upload_one_file", Column: "file", Found: form.Files.Count.ToString(CultureInfo.InvariantCulture));
        }
        catch (InvalidDataException)
        {
            return new Problem("upload_broken");
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return new Problem("upload_too_large", Args: [(Largest >> 20).ToString(CultureInfo.InvariantCulture)]);
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
        .WithMetadata(new RequestSizeLimitAttribute(UploadedFile.Largest))
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
