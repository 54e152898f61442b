using System.Net;
using Microsoft.AspNetCore.HttpOverrides;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Identity;

/// <summary>
/// Who may say on whose behalf a request comes. Only the proxies that the settings name are believed about the caller's address and about https; from anybody else the
/// headers are ignored, or every sender could choose the address that is counted and shown.
/// </summary>
internal static class TrustedProxies
{
    public static void Use(WebApplication app, ServerSettings settings)
    {
        var named = (settings.Proxies ?? "").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        if (named.Length == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var name in named)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else if (System.Net.IPNetwork.TryParse(name, out var network))
            {
                options.KnownIPNetworks.Add(network);
            }
            else
            {
                throw new InvalidDataException($"Tanlu:Proxies: {name} is neither an address such as 10.0.0.5 nor a network such as 10.0.0.0/24.");
            }
        }

        app.UseForwardedHeaders(options);
    }
}
