using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Tanlu.Server.Api;
using Tanlu.Server.Identity;

namespace Tanlu.Server.Hosting;

/// <summary>A route whose answer costs much: a few at once, whoever asks.</summary>
internal sealed record HeavyRoute;

/// <summary>A route on which somebody tries to become somebody: far fewer tries than other requests, by address.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class SignInRouteAttribute : Attribute;

/// <summary>
/// Rate limits of this process: a bucket for each person and each token, one for each address from which nobody signed in, a small one for tries to sign in, and a few
/// places for heavy exports. A refusal is 429 with the seconds to wait.
/// </summary>
internal sealed class RateLimits : IDisposable
{
    private readonly PartitionedRateLimiter<HttpContext> _requests;
    private readonly PartitionedRateLimiter<HttpContext> _signIns;
    private readonly ConcurrencyLimiter _heavy;
    private readonly LimitSettings _limits;

    public RateLimits(ServerSettings settings)
    {
        _limits = settings.Limits;
        _requests = PartitionedRateLimiter.Create<HttpContext, string>(http => SignInCookie.CallerOf(http) is { } caller
            ? Bucket(caller.ByToken != 0 ? $"token {caller.ByToken}" : $"person {caller.Person}", _limits.Burst, _limits.PerSecond, TimeSpan.FromSeconds(1))
            : Address(http, _limits.AnonymousBurst, _limits.AnonymousPerSecond, TimeSpan.FromSeconds(1)));
        _signIns = PartitionedRateLimiter.Create<HttpContext, string>(http => Address(http, _limits.SignInsPerMinute, _limits.SignInsPerMinute, TimeSpan.FromMinutes(1)));
        _heavy = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = _limits.HeavyAtOnce, QueueLimit = _limits.HeavyWaiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst });
    }

    public static void Add(IServiceCollection services) => services.AddSingleton<RateLimits>();

    /// <summary>After it is known who asks, before anything is done for them.</summary>
    public static void Use(WebApplication app)
    {
        var limits = app.Services.GetRequiredService<RateLimits>();
        app.Use(limits.Pass);
    }

    public void Dispose()
    {
        _requests.Dispose();
        _signIns.Dispose();
        _heavy.Dispose();
    }

    private async Task Pass(HttpContext http, RequestDelegate next)
    {
        using var request = _requests.AttemptAcquire(http);
        var api = http.Request.Path.StartsWithSegments("/api");
        if (api && _requests.GetStatistics(http) is { } state)
        {
            var (burst, second) = SignInCookie.CallerOf(http) is null ? (_limits.AnonymousBurst, _limits.AnonymousPerSecond) : (_limits.Burst, _limits.PerSecond);
            var left = Math.Max(0, state.CurrentAvailablePermits);
            http.Response.Headers["RateLimit-Limit"] = Number(burst);
            http.Response.Headers["RateLimit-Remaining"] = Number((int)left);
            http.Response.Headers["RateLimit-Reset"] = Number((int)((burst - left + second - 1) / second));
        }

        if (!request.IsAcquired)
        {
            await Refuse(http, request, 1);
            return;
        }

        if (http.GetEndpoint()?.Metadata is not { } metadata)
        {
            await next(http);
            return;
        }

        if (metadata.GetMetadata<SignInRouteAttribute>() is not null && HttpMethods.IsPost(http.Request.Method))
        {
            using var attempt = _signIns.AttemptAcquire(http);
            if (!attempt.IsAcquired)
            {
                await Refuse(http, attempt, 60);
                return;
            }
        }

        if (metadata.GetMetadata<HeavyRoute>() is not null)
        {
            using var place = await _heavy.AcquireAsync(1, http.RequestAborted);
            if (!place.IsAcquired)
            {
                await Refuse(http, place, 5);
                return;
            }

            await next(http);
            return;
        }

        await next(http);
    }

    /// <summary>429 with the time to wait, as problem details or as a page: the error pages write the body.</summary>
    private static Task Refuse(HttpContext http, RateLimitLease lease, int otherwise)
    {
        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : otherwise;
        http.Response.Headers.RetryAfter = Number(Math.Max(1, wait));
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return http.Request.Path.StartsWithSegments("/api") ? Refused.Of(new Kernel.Problem("too_many_requests", Args: [Number(Math.Max(1, wait))])).ExecuteAsync(http) : Task.CompletedTask;
    }

    private static RateLimitPartition<string> Address(HttpContext http, int burst, int refill, TimeSpan every) => Who(http.Connection.RemoteIpAddress) is { } who
        ? Bucket(who, burst, refill, every)
        // A local socket has no address: what stands before it knows its callers.
        : RateLimitPartition.GetNoLimiter("local socket");

    private static RateLimitPartition<string> Bucket(string who, int burst, int refill, TimeSpan every) => RateLimitPartition.GetTokenBucketLimiter(
        who, _ => new TokenBucketRateLimiterOptions { TokenLimit = burst, TokensPerPeriod = refill, ReplenishmentPeriod = every, QueueLimit = 0, AutoReplenishment = true });

    /// <summary>An address as one caller: of IPv6 the network, because whoever has one address of it has them all.</summary>
    internal static string? Who(IPAddress? address)
    {
        if (address is null)
        {
            return null;
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(plain.GetAddressBytes().AsSpan(0, 8)) + "::/64" : plain.ToString();
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
