using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tanlu.Organisation;

/// <summary>
/// Password hashes in the form <c>pbkdf2-sha256$iterations$salt$hash</c> (Base64). The form carries its own parameters, so stronger ones
/// can follow without locking anyone out.
/// </summary>
internal static class PasswordHash
{
    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA-256.</summary>
    public const int Iterations = 600_000;

    public const int ShortestPassword = 12;
    public const int LongestPassword = 256;

    private const string Form = "pbkdf2-sha256";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>A hash that no password opens; verified for an unknown e-mail so that it takes as long as a known one.</summary>
    public static string Unopenable(int iterations) =>
        string.Join('$', Form, iterations, Convert.ToBase64String(new byte[SaltBytes]), Convert.ToBase64String(new byte[HashBytes]));

    public static bool LongEnough(string password) => password.EnumerateRunes().Count() >= ShortestPassword && password.Length <= LongestPassword;

    public static string Make(string password, int iterations)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Join('$', Form, iterations, Convert.ToBase64String(salt), Convert.ToBase64String(Derive(password, salt, iterations)));
    }

    /// <summary>Compares in constant time. Throws on a stored text of another form.</summary>
    public static bool Verify(string password, string stored)
    {
        var (iterations, salt, hash) = Parts(stored);
        return CryptographicOperations.FixedTimeEquals(Derive(password, salt, iterations), hash);
    }

    /// <summary>Whether the stored hash costs less than <see cref="Make"/> with these iterations.</summary>
    public static bool Outdated(string stored, int iterations) => Parts(stored).Iterations < iterations;

    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    private static (int Iterations, byte[] Salt, byte[] Hash) Parts(string stored) =>
        stored.Split('$') is [Form, var iterations, var salt, var hash]
            ? (int.Parse(iterations, NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromBase64String(salt), Convert.FromBase64String(hash))
            : throw new InvalidDataException("A stored password hash has an unknown form.");
}
