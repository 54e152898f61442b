using System.Globalization;
using System.Security.Cryptography;

namespace Tanlu.Organisation;

/// <summary>
/// The end of a chain at some moment. Written down elsewhere (in a mail, on paper, with an auditor), it proves later that no row before it was changed and none was cut off since:
/// whoever can write the database can rewrite the whole chain, but not what others have kept.
/// </summary>
/// <param name="Seq">Number of the last row; 0 is an empty log.</param>
/// <param name="Hash">SHA-256 of that row, in hexadecimal digits.</param>
public sealed record AuditHead(long Seq, string Hash)
{
    /// <summary><c>1042:9f86d0…</c></summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Seq}:{Hash}");

    public static AuditHead? Parse(string text) =>
        text.Trim().Split(':') is [var seq, { Length: 2 * SHA256.HashSizeInBytes } hash] && long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && hash.All(char.IsAsciiHexDigit)
            ? new AuditHead(number, hash.ToLowerInvariant())
            : null;
}

/// <summary>Which rows of the log are wanted; what is null is not asked for.</summary>
/// <param name="Person">Whose acts; 0 is the platform, below zero a device.</param>
/// <param name="Verb">What was done, e.g. <c>node.move</c>, or all of a kind, e.g. <c>node</c>.</param>
/// <param name="Subject">What it was done to, e.g. <c>node/4</c>.</param>
/// <param name="From">First day, in universal time.</param>
/// <param name="To">Last day.</param>
public sealed record AuditFilter(long? Person = null, string? Verb = null, string? Subject = null, DateOnly? From = null, DateOnly? To = null)
{
    public static AuditFilter None { get; } = new();
}
