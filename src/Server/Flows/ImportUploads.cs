using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Server.Flows;

/// <summary>A file between the steps of the import wizard.</summary>
/// <param name="Ticket">What the browser carries: signed, for one person, for a while.</param>
/// <param name="Name">The sender's own name for it; only ever shown.</param>
public sealed record ImportUpload(string Ticket, string Hash, string Name, long Size);

/// <summary>
/// Keeps uploaded files by the hash of their content between the steps of the wizard. The browser holds a signed ticket, so no path and no hash of a person's
/// choosing ever opens a file, another person's ticket opens nothing, and an old one has ended.
/// </summary>
internal sealed class ImportUploads(Blobs blobs, IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>Largest file that the wizard takes; larger ones go through the command line.</summary>
    public const long Largest = 256L << 20;

    private const int LongestName = 120;
    private static readonly TimeSpan Kept = TimeSpan.FromHours(4);

    private readonly IDataProtector _protector = protection.CreateProtector("import-upload");

    /// <param name="right">What the file is for needs this right.</param>
    public async Task<Outcome<ImportUpload>> Keep(Caller caller, Stream content, string name, CancellationToken ct, Right right = Right.WriteActivities)
    {
        if (!caller.May(right))
        {
            return new Problem("not_permitted");
        }

        var stored = await blobs.PutInPassing(content, ct);
        if (!stored.Ok)
        {
            return Outcome<ImportUpload>.Refused(stored.Problems);
        }

        if (stored.Value.Size == 0)
        {
            return new Problem("upload_empty", Column: "file");
        }

        var sealedIn = new Sealed(caller.Tenant, caller.Person, stored.Value.Hash.ToString(), OwnName(name), stored.Value.Size, time.GetUtcNow().Add(Kept).ToUnixTimeSeconds());
        return Opened(_protector.Protect(JsonSerializer.Serialize(sealedIn)), sealedIn);
    }

    /// <summary>The file of a ticket; <c>upload_gone</c> where the ticket is another person's, too old, or not ours.</summary>
    public Outcome<ImportUpload> Find(Caller caller, string ticket)
    {
        if (!caller.May(Right.WriteActivities))
        {
            return new Problem("not_permitted");
        }

        try
        {
            var inside = JsonSerializer.Deserialize<Sealed>(_protector.Unprotect(ticket))!;
            return inside.Tenant == caller.Tenant && inside.Person == caller.Person && inside.Ends > time.GetUtcNow().ToUnixTimeSeconds() && blobs.Has(BlobHash.Parse(inside.Hash))
                ? Opened(ticket, inside)
                : new Problem("upload_gone", Column: "file");
        }
        catch (Exception e) when (e is CryptographicException or FormatException or JsonException)
        {
            return new Problem("upload_gone", Column: "file");
        }
    }

    public Stream Open(ImportUpload upload) => Open(upload.Hash) ?? throw new FileNotFoundException($"The upload {upload.Hash} is gone.");

    /// <summary>The content for a job, whose payload named it; null where it is gone.</summary>
    public Stream? Open(string hash) => blobs.OpenRead(BlobHash.Parse(hash));

    public bool Has(string hash) => blobs.Has(BlobHash.Parse(hash));

    /// <summary>About how many rows the content has, by its line breaks; null for a workbook, whose rows nobody can count without reading it.</summary>
    public async Task<long?> RowsOf(string hash, CancellationToken ct)
    {
        await using var content = Open(hash);
        var buffer = new byte[1 << 17];
        long lines = 0;
        var last = (byte)'\n';
        for (var first = true; content is not null && await content.ReadAsync(buffer, ct) is > 0 and var read; first = false)
        {
            if (first && (buffer.AsSpan(0, read).StartsWith("PK"u8) || buffer.AsSpan(0, read).StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0])))
            {
                return null;
            }

            lines += buffer.AsSpan(0, read).Count((byte)'\n');
            last = buffer[read - 1];
        }

        // The header is no row, and the last row may lack its line break.
        return Math.Max(0, lines - 1 + (last == (byte)'\n' ? 0 : 1));
    }

    private static ImportUpload Opened(string ticket, Sealed inside) => new(ticket, inside.Hash, inside.Name, inside.Size);

    private static string OwnName(string name)
    {
        var own = new string([.. name[(name.LastIndexOfAny(['/', '\\']) + 1)..].Where(c => !char.IsControl(c)).Take(LongestName)]);
        return own.Length > 0 ? own : "file";
    }

    private sealed record Sealed(long Tenant, long Person, string Hash, string Name, long Size, long Ends);
}
