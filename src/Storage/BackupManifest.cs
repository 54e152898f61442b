using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Tanlu.Storage;

/// <summary>The first thing that is read of a backup: what it holds, and the hash of every part.</summary>
/// <param name="Format">Version of the file's own form; a program reads those that it knows.</param>
/// <param name="Program">Version of the program that wrote it.</param>
/// <param name="Engine">Where the book was kept; a backup of one engine restores into the other.</param>
/// <param name="Damaged">Hashes of evidence files that were damaged already when the backup was made, and are not in it.</param>
public sealed record BackupManifest(
    int Format, string Program, DateTimeOffset MadeAt, Dialect Engine, IReadOnlyList<BackupMigration> Migrations, IReadOnlyList<BackupTable> Tables, IReadOnlyList<BackupPart> Blobs,
    IReadOnlyList<BackupPart> Keys, IReadOnlyList<string> Damaged)
{
    /// <summary>The form that this program writes and the only one so far.</summary>
    public const int CurrentFormat = 1;

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    [JsonIgnore]
    public long Rows => Tables.Sum(t => t.Rows);

    internal byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Form);

    internal static BackupManifest Read(byte[] json) => JsonSerializer.Deserialize<BackupManifest>(json, Form) ?? throw new JsonException("The manifest is empty.");

    /// <summary>The form alone, before anything else of a manifest of another form is believed.</summary>
    internal static int FormatOf(byte[] json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.GetProperty("format").GetInt32();
    }
}

/// <param name="Hash">SHA-256 of the migration's text.</param>
public sealed record BackupMigration(string Module, int Number, string Hash);

/// <param name="Kind">int64, double, text or bytes.</param>
public sealed record BackupColumn(string Name, string Kind);

/// <summary>A table: its rows in the order of the key, see <see cref="RowEncoder"/>.</summary>
/// <param name="LastId">The highest id that was ever given; 0 where the table gives none.</param>
/// <param name="Sha256">Of the encoded rows. The same rows have the same hash on both engines.</param>
/// <param name="LeftOut">The rows were left out on purpose: what they hold should not come back.</param>
public sealed record BackupTable(string Name, IReadOnlyList<BackupColumn> Columns, long Rows, long LastId, string Sha256, bool LeftOut);

/// <summary>A file in the backup.</summary>
public sealed record BackupPart(string Name, long Size, string Sha256);
