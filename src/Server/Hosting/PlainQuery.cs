namespace Tanlu.Server.Hosting;

/// <summary>
/// A zero character stands in no text that the book keeps, so a query with one asks for nothing that can be there; it is refused before a store says so. In a path the
/// server refuses it by itself.
/// </summary>
internal sealed class PlainQuery(RequestDelegate next)
{
    public Task Invoke(HttpContext context)
    {
        if (context.Request.QueryString.Value?.Contains("%00", StringComparison.Ordinal) != true)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }
}
