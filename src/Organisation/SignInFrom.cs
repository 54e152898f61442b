using System.Net;
using System.Net.Sockets;

namespace Tanlu.Organisation;

/// <summary>Where a sign-in comes from.</summary>
/// <param name="Address">Network address as the server sees it; empty where it is not known.</param>
/// <param name="Agent">Browser and platform in words, such as <c>Firefox, Windows</c>.</param>
/// <param name="Browser">Mark of a browser in which this e-mail address signed in before and which the server itself gave it; null for any other.</param>
public sealed record SignInFrom(string Address, string Agent, string? Browser = null)
{
    public const int LongestText = 100;

    private const int NetworkBytes = 8;

    /// <summary>A program in this process.</summary>
    public static SignInFrom Here { get; } = new("", "");

    /// <summary>What is counted as one sender: an IPv4 address, or the /64 network that one IPv6 customer has to himself.</summary>
    internal string? Sender
    {
        get
        {
            if (!IPAddress.TryParse(Address, out var address))
            {
                return null;
            }

            address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            return address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, NetworkBytes)) : address.ToString();
        }
    }
}
