using System.Net;
using System.Net.Sockets;

namespace Tanlu.Server.Hosting;

/// <summary>Which addresses belong to the public internet. What is not known to be public is not.</summary>
internal static class PublicAddress
{
    /// <summary>Ranges of IPv4 that are not public (IANA special-purpose registry, multicast, reserved).</summary>
    private static readonly IPNetwork[] NotPublic4 =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
        }.Select(IPNetwork.Parse),
    ];

    /// <summary>Within global unicast: protocol assignments with Teredo, documentation, and 6to4, which carries an IPv4 address inside.</summary>
    private static readonly IPNetwork[] NotPublic6 = [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool Is(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !NotPublic4.Any(n => n.Contains(address)),
        // Only global unicast (2000::/3): this leaves out mapped, NAT64, unique local, link-local and multicast addresses at once.
        AddressFamily.InterNetworkV6 => !address.IsIPv4MappedToIPv6 && address.ScopeId == 0 && (address.GetAddressBytes()[0] & 0xE0) == 0x20 && !NotPublic6.Any(n => n.Contains(address)),
        _ => false,
    };
}
