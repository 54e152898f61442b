using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Tanlu.Organisation;

/// <summary>One row of a tenant's audit log.</summary>
/// <param name="Seq">1, 2, 3 … without a gap within the tenant.</param>
/// <param name="Person">Who did it; 0 is the platform.</param>
/// <param name="Verb">What was done, e.g. <c>node.move</c>; its text is <c>audit.node.move</c>.</param>
/// <param name="Subject">What it was done to, e.g. <c>node/4</c>.</param>
/// <param name="Detail">A JSON object of texts in the order they were given; <c>{}</c> where there is nothing to add.</param>
/// <param name="Hash">SHA-256 over the hash of the row before and the canonical form of this one.</param>
public sealed record AuditEntry(
    long Tenant, long Seq, DateTimeOffset At, long Person, string PersonName, string Verb, string Subject, string Detail, byte[] Hash);

/// <summary>The chain of hashes that makes an edited, removed, inserted or reordered row show.</summary>
internal static class AuditChain
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private static readonly string[] SecretWords = ["password", "token", "secret"];

    /// <summary>The hash before the first row.</summary>
    public static byte[] Beginning { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>
    /// Canonical form: tenant, seq, UTC ticks and person as 8 bytes big-endian each, then the four texts as UTF-8, each behind
    /// its length in 4 bytes, so that no text can run into its neighbour.
    /// </summary>
    public static byte[] HashOf(byte[] previous, AuditEntry entry)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        Number(entry.Tenant);
        Number(entry.Seq);
        Number(entry.At.UtcTicks);
        Number(entry.Person);
        Words(entry.PersonName);
        Words(entry.Verb);
        Words(entry.Subject);
        Words(entry.Detail);
        return sha.GetHashAndReset();

        void Number(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            sha.AppendData(bytes);
        }

        void Words(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, utf8.Length);
            sha.AppendData(length);
            sha.AppendData(utf8);
        }
    }

    /// <summary>The detail as stored. A key that names a secret is a bug of the caller and throws.</summary>
    public static string Json(ReadOnlySpan<(string Key, string? Value)> detail)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Readable))
        {
            writer.WriteStartObject();
            foreach (var (key, value) in detail)
            {
                if (SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)))
                {
                    throw new ArgumentException($"The audit log takes no secret: {key}.", nameof(detail));
                }

                writer.WriteString(key, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
