using System.Security.Cryptography;
using System.Text;

namespace Tanlu.Exchange;

/// <summary>The ids of datasets.</summary>
internal static class DatasetIds
{
    /// <summary>Any fixed UUID serves as the space in which names are unique (RFC 4122, 4.3); this one is the product's own.</summary>
    private static readonly Guid Space = new("6d0b3f1e-94f4-5c1e-9d4a-7c2f1b7a5e60");

    /// <summary>An id as packages hold it: a UUID in lower case, anything else as it stands.</summary>
    public static string Normal(string id)
    {
        var plain = id.Trim();
        return Guid.TryParseExact(plain, "D", out var uuid) ? uuid.ToString("D") : plain;
    }

    public static bool IsUuid(string id) => Guid.TryParseExact(id, "D", out _);

    /// <summary>The UUID of a name: RFC 4122 version 5 over the parts, which no separator within them can confuse.</summary>
    public static string Named(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part.Length).Append(':').Append(part);
        }

        var name = Encoding.UTF8.GetBytes(text.ToString());
        var bytes = new byte[16 + name.Length];
        Space.TryWriteBytes(bytes, bigEndian: true, out _);
        name.CopyTo(bytes, 16);

        // RFC 4122, 4.3 prescribes SHA-1 for version 5; nothing is protected by it here.
#pragma warning disable CA5350
        var hash = SHA1.HashData(bytes);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true).ToString("D");
    }
}
