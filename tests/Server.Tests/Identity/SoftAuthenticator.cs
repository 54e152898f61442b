using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;

namespace Tanlu.Server.Tests.Identity;

/// <summary>
/// An authenticator in software with one key (ES256), which answers as a browser would hand it on; and which can be made to answer wrongly, which a real one cannot.
/// </summary>
internal sealed class SoftAuthenticator : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(32);
    private string _owner = "";

    /// <summary>The address the browser would be at.</summary>
    public string Origin { get; set; } = "http://localhost";

    public string Domain { get; set; } = "localhost";

    public uint Count { get; set; }

    /// <summary>The owner was asked for a PIN or a finger.</summary>
    public bool Verifies { get; set; } = true;

    private string Id => WebEncoders.Base64UrlEncode(_id);

    /// <summary>The answer to creation options.</summary>
    public string Create(string options, string? challenge = null)
    {
        using var json = JsonDocument.Parse(options);
        _owner = json.RootElement.GetProperty("user").GetProperty("id").GetString()!;
        var point = _key.ExportParameters(false).Q;
        byte[] length = [0, (byte)_id.Length];
        byte[] publicKey = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        byte[] data = [.. Data(0x40), .. new byte[16], .. length, .. _id, .. publicKey];
        byte[] attestation = [0xA3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xA0, .. Text("authData"), 0x59, (byte)(data.Length >> 8), (byte)data.Length, .. data];
        return Answer(new JsonObject
        {
            ["clientDataJSON"] = Encoded(Client("webauthn.create", challenge ?? Challenge(json))),
            ["attestationObject"] = Encoded(attestation),
            ["transports"] = new JsonArray("internal"),
        });
    }

    /// <summary>The answer to request options.</summary>
    public string Get(string options, string? challenge = null, bool damaged = false)
    {
        using var json = JsonDocument.Parse(options);
        Count++;
        var client = Client("webauthn.get", challenge ?? Challenge(json));
        var data = Data(0);
        var signature = _key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        if (damaged)
        {
            data[33] ^= 0x10;
        }

        return Answer(new JsonObject
        {
            ["clientDataJSON"] = Encoded(client), ["authenticatorData"] = Encoded(data), ["signature"] = Encoded(signature), ["userHandle"] = _owner,
        });
    }

    public void Dispose() => _key.Dispose();

    private static string Challenge(JsonDocument options) => options.RootElement.GetProperty("challenge").GetString()!;

    private static string Encoded(byte[] bytes) => WebEncoders.Base64UrlEncode(bytes);

    // CBOR text of up to 23 bytes.
    private static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.ASCII.GetBytes(text)];

    private string Answer(JsonObject response) => new JsonObject
    {
        ["id"] = Id, ["rawId"] = Id, ["type"] = "public-key", ["authenticatorAttachment"] = "platform", ["clientExtensionResults"] = new JsonObject(), ["response"] = response,
    }.ToJsonString();

    private byte[] Client(string type, string challenge) =>
        JsonSerializer.SerializeToUtf8Bytes(new { type, challenge, origin = Origin, crossOrigin = false });

    private byte[] Data(byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, Count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(Domain)), (byte)(flags | 0x01 | (Verifies ? 0x04 : 0)), .. count];
    }
}
