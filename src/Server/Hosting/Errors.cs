using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Tanlu.Kernel;
using Tanlu.Server.Api;
using Tanlu.Server.Web.Layout;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>What a failed request answers: problem details below <c>/api</c>, elsewhere a page that says what to do, in the reader's language.</summary>
internal static class Errors
{
    public static void UseErrors(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Answer, AllowStatusCode404Response = true });
        app.UseStatusCodePages(context => Answer(context.HttpContext));
    }

    /// <summary>
    /// An address that nothing serves is a plain 404 for everybody, signed in or not. A route that takes everything would do that too, but it would hide the answers to a
    /// wrong method or content type.
    /// </summary>
    public static void UseMissing(this WebApplication app) =>
        app.Use((context, next) =>
        {
            if (context.GetEndpoint() is not null)
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });

    /// <summary>
    /// A form whose token does not fit ends here, because the page itself would answer 400 with an empty body. So it answers a form that it offers no more, such as taking out of use what
    /// somebody else has just taken out: what the page said of an empty body is taken back, and the error page stands instead.
    /// </summary>
    public static void UseFormRefusal(this WebApplication app) =>
        app.Use(async (context, next) =>
        {
            if (context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false })
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                return;
            }

            await next(context);
            if (context.Response is { StatusCode: StatusCodes.Status400BadRequest, HasStarted: false } && HttpMethods.IsPost(context.Request.Method) && !context.Request.Path.StartsWithSegments("/api"))
            {
                context.Response.Headers.ContentType = default;
            }
        });

    private static async Task Answer(HttpContext context)
    {
        var status = context.Response.StatusCode;
        if (context.Features.Get<IExceptionHandlerFeature>() is { } failure)
        {
            // A request that could not be read (too large, not JSON) is the sender's matter, not a failure of ours.
            status = failure.Error is BadHttpRequestException unreadable ? unreadable.StatusCode : Math.Max(status, StatusCodes.Status500InternalServerError);
        }

        var known = Known(context.Features.Get<IExceptionHandlerFeature>()?.Error);
        status = known is null ? status : Refused.Of(known).StatusCode!.Value;
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "5";
        }

        if (context.Request.Path.StartsWithSegments("/api"))
        {
            await (known is null ? Refused.OfStatus(status) : Refused.Of(known)).ExecuteAsync(context);
            return;
        }

        // A page that found nothing has written this header already, and the renderer of the error page adds it again.
        context.Response.Headers.Remove("blazor-enhanced-nav");

        // A renderer serves one page; the failed one may have used that of the request, so the error page has a scope of its own.
        var services = context.RequestServices;
        await using var scope = services.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;

        // A page that answered 404 itself has set its headers already, and the framework adds this one instead of setting it.
        context.Response.Headers.Remove("blazor-enhanced-nav");
        try
        {
            await PageDocument.Of<ErrorView>(status, new() { [nameof(ErrorView.Status)] = status }).ExecuteAsync(context);
        }
        finally
        {
            context.RequestServices = services;
        }
    }

    /// <summary>What the machine below us lacks; what it is called there is for the log.</summary>
    private static Problem? Known(Exception? failure) => failure switch
    {
        DiskFull => new Problem("disk_full", Found: "Tanlu"),
        DatabaseUnavailable => new Problem("database_unavailable"),
        _ => null,
    };
}
