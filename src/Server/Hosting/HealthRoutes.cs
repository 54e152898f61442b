namespace Tanlu.Server.Hosting;

/// <summary>Probes for whoever watches the process. They say one word each, because anybody may ask.</summary>
internal static class HealthRoutes
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Text("live")).WithName("live").WithSummary("The process answers").AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/health/ready", Ready).WithName("ready").WithSummary("The database answers, so requests can be served").AllowAnonymous().ExcludeFromDescription();
    }

    private static async Task<IResult> Ready(PlatformHealth health, HttpContext http) => await health.Ready(http.RequestAborted)
        ? TypedResults.Text("ready")
        : TypedResults.Text("not ready", statusCode: StatusCodes.Status503ServiceUnavailable);
}
