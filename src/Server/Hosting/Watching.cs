using Microsoft.Extensions.Logging.Console;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Tanlu.Organisation;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Hosting;

/// <summary>
/// How the process is watched: its log on the error stream, its metrics by OpenTelemetry (a Prometheus page, and an OTLP collector where one is named), its last errors and
/// waits for the health page. No line holds a body, a query string, a password or a token.
/// </summary>
internal static class Watching
{
    private static readonly string[] Meters =
    [
        "Tanlu.Storage", "Tanlu.Ledger", SignInMeter.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "Npgsql", "System.Runtime",
    ];

    public static void Add(WebApplicationBuilder builder, ServerSettings settings)
    {
        var log = builder.Logging;
        log.ClearProviders();

        // The output stream is for results; a service manager collects both.
        builder.Services.Configure<ConsoleLoggerOptions>(o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        if (settings.LogForm == "json")
        {
            log.AddJsonConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
        else
        {
            log.AddSimpleConsole(o =>
            {
                o.UseUtcTimestamp = true;
                o.TimestampFormat = "yyyy-MM-dd HH:mm:ss'Z' ";
            });
        }

        // Lines for every request would hide what an operator must see, and they hold query strings.
        log.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // Why the host does not start is said by whoever starts it, in a sentence; the framework would print the stack first.
        var started = new StartMark();
        builder.Services.AddSingleton(started);
        log.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => started.Reached ? level >= LogLevel.Information : level is >= LogLevel.Information and < LogLevel.Error);
        log.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => started.Reached ? level >= LogLevel.Warning : level == LogLevel.Warning);
        builder.Services.AddSingleton<RecentErrors>();
        builder.Services.AddSingleton<ILoggerProvider>(s => s.GetRequiredService<RecentErrors>());
        builder.Services.AddSingleton<QueueWaits>();
        builder.Services.AddSingleton<PlatformHealth>();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(r => r.AddService("tanlu"))
            .WithMetrics(metrics =>
            {
                metrics.AddMeter(Meters).AddPrometheusExporter();
                if (!string.IsNullOrEmpty(settings.Otlp))
                {
                    metrics.AddOtlpExporter(o => o.Endpoint = new Uri(settings.Otlp));
                }
            });
    }

    /// <summary>What is measured from the first write on listens from now on.</summary>
    public static void MarkStart(WebApplication app)
    {
        _ = app.Services.GetRequiredService<QueueWaits>();
        var mark = app.Services.GetRequiredService<StartMark>();
        var time = app.Services.GetRequiredService<TimeProvider>();
        app.Lifetime.ApplicationStarted.Register(() => mark.Reach(time.GetUtcNow()));
    }

    /// <summary>The figures are those of the whole installation, so only who sees a whole tenant reads them.</summary>
    public static void MapMetrics(this WebApplication app) => app.MapPrometheusScrapingEndpoint("/metrics").RequireAuthorization(RightPolicies.Name(Right.OperatePlatform))
        .RequireAuthorization(p => p.RequireAssertion(c => c.Resource is HttpContext http && SignInCookie.CallerOf(http)?.SeesWholeTenant == true))
        .WithMetadata(new EndpointNameMetadata("metrics"));
}

/// <summary>Whether the host has started.</summary>
internal sealed class StartMark
{
    private volatile bool _reached;

    public bool Reached => _reached;

    /// <summary>When, once it is reached.</summary>
    public DateTimeOffset At { get; private set; }

    public void Reach(DateTimeOffset at)
    {
        At = at;
        _reached = true;
    }
}
