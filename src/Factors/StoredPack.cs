using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>Whether an edition is calculated with. The numbers are stored, but for <see cref="Replaced"/>.</summary>
public enum PackState
{
    /// <summary>Imported; nobody has let it serve yet.</summary>
    Waiting = 0,

    Serving = 1,

    /// <summary>It served until a later edition repeated its versions. What was calculated with it still rests on it.</summary>
    Replaced = 2,

    Rejected = 3,
}

/// <summary>Who let an edition serve or rejected it, when and why.</summary>
public sealed record PackDecision(DateTimeOffset At, long By, string ByName, string Reason);

/// <summary>What a list of packs shows of one without reading its file.</summary>
public sealed record PackIdentity(
    [property: JsonPropertyName("name_en")] string NameEn,
    [property: JsonPropertyName("name_zh")] string NameZh,
    [property: JsonPropertyName("publisher")] string Publisher,
    [property: JsonPropertyName("licence")] string Licence,
    [property: JsonPropertyName("licence_url")] string LicenceUrl,
    [property: JsonPropertyName("attribution")] string Attribution,
    [property: JsonPropertyName("share_alike")] bool ShareAlike,
    [property: JsonPropertyName("redistributable")] bool Redistributable)
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static PackIdentity Of(FactorPack p) => new(p.NameEn, p.NameZh, p.Publisher, p.Licence, p.LicenceUrl, p.Attribution, p.ShareAlike, p.Redistributable);

    public string Name(Language language) => language == Language.Chinese ? NameZh : NameEn;

    internal string Json => JsonSerializer.Serialize(this, Plain);

    internal static PackIdentity Parse(string json) => JsonSerializer.Deserialize<PackIdentity>(json)!;
}

/// <summary>A pack edition that this installation keeps.</summary>
/// <param name="Tenant">0 for a pack of the installation, which serves every tenant.</param>
/// <param name="Hash">SHA-256 of the kept bytes; postings pin it.</param>
/// <param name="FileName">Name of the file it came from, for display only.</param>
/// <param name="Versions">Factor versions in it.</param>
public sealed record StoredPack(
    long Id, long Tenant, string Code, string Version, string Hash, string FileName, int Versions, DateTimeOffset ImportedAt, long ImportedBy, string ImportedByName, PackState State,
    PackIdentity Identity)
{
    /// <summary>The last decision; null where there was none.</summary>
    public PackDecision? Decision { get; init; }

    /// <summary>The tenant has switched the pack off: it is kept, but nothing is matched with it.</summary>
    public bool SwitchedOff { get; init; }

    /// <summary>It ships with the product.</summary>
    public bool OfProduct => Tenant == 0;
}
