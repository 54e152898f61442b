using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>What is known of an evidence file beside its content.</summary>
/// <param name="Node">Node whose subtree it belongs to; 0 is the whole tenant.</param>
/// <param name="Hash">SHA-256 of the content, by which activities name it.</param>
/// <param name="Name">The cleaned name under which it was first added.</param>
/// <param name="MediaType">By content, whatever the sender claimed.</param>
/// <param name="Size">Bytes.</param>
public sealed record EvidenceFile(long Id, long Tenant, long Node, BlobHash Hash, string Name, string MediaType, long Size, long AddedBy, DateTimeOffset AddedAt);

/// <summary>A page of evidence files, newest first; <see cref="Next"/> is the <c>before</c> of the following page, or null.</summary>
public sealed record EvidencePage(IReadOnlyList<EvidenceFile> Files, long? Next);

/// <summary>
/// Evidence: files kept byte for byte by the hash of their content. A content is stored once, but each tenant and subtree sees it only
/// where it was added there; knowing a hash opens nothing.
/// </summary>
public sealed class EvidenceFiles(Db db, Blobs blobs, TimeProvider time, Audit audit)
{
    public const int LongestPage = 500;

    /// <summary>
    /// Adds a file to the part of the organisation below <paramref name="node"/> (null: all that the caller sees). The same content again
    /// is the file that is there already, under its first name. Needs <see cref="Right.WriteEvidence"/>.
    /// </summary>
    public async Task<Outcome<EvidenceFile>> Add(Caller caller, Stream content, string name, long? node, CancellationToken ct)
    {
        var below = node ?? caller.Node;
        if (!caller.May(Right.WriteEvidence))
        {
            return Refusal.NotPermitted();
        }

        if (!await db.Read(tx => Reaches(tx, caller, below), ct))
        {
            return Refusal.NotFound($"node/{below}");
        }

        var cleaned = EvidenceName.Clean(name);
        var stored = await blobs.Put(content, ct);
        if (!stored.Ok)
        {
            return Outcome<EvidenceFile>.Refused(stored.Problems);
        }

        var blob = stored.Value;
        if (blob.Size == 0)
        {
            return new Problem("evidence_empty", Found: cleaned);
        }

        var draft = new EvidenceFile(0, caller.Tenant, below, blob.Hash, cleaned, await Sniff(blob.Hash, cleaned, ct), blob.Size, caller.Person, time.GetUtcNow());
        return await db.Write<Outcome<EvidenceFile>>(
            tx =>
            {
                if (!Reaches(tx, caller, below))
                {
                    return Refusal.NotFound($"node/{below}");
                }

                if (EvidenceStore.At(tx, caller.Tenant, below, blob.Hash) is { } known)
                {
                    return known;
                }

                var file = EvidenceStore.Insert(tx, draft);
                audit.Write(
                    tx, caller, "evidence.add", Subject(file.Hash),
                    ("name", file.Name), ("media_type", file.MediaType), ("size", file.Size.ToString()), ("node", file.Node.ToString()));
                return file;
            },
            ct);
    }

    /// <summary>
    /// The content, byte for byte; the reader disposes the stream. Every opening stands in the audit log. Reading a content that was altered on
    /// disk ends in <see cref="BlobCorrupted"/>. Needs <see cref="Right.ReadEvidence"/>.
    /// </summary>
    public async Task<Outcome<(EvidenceFile File, Stream Content)>> Open(Caller caller, string hash, CancellationToken ct)
    {
        if (!caller.May(Right.ReadEvidence))
        {
            return Refusal.NotPermitted();
        }

        if (BlobHash.TryParse(hash) is not { } key)
        {
            return Refusal.NotFound(hash);
        }

        var found = await db.Write<Outcome<EvidenceFile>>(
            tx =>
            {
                if (EvidenceStore.Find(tx, caller, key) is not { } file)
                {
                    return Refusal.NotFound(hash);
                }

                if (!blobs.Has(key))
                {
                    return new Problem("evidence_missing", Found: file.Name);
                }

                audit.Write(tx, caller, "evidence.open", Subject(key), ("name", file.Name));
                return file;
            },
            ct);
        return found.Then<(EvidenceFile, Stream)>(
            file => blobs.OpenRead(key) is { } content ? (file, content) : new Problem("evidence_missing", Found: file.Name));
    }

    /// <summary>What is known of a file, without opening it.</summary>
    public async Task<Outcome<EvidenceFile>> Find(Caller caller, string hash, CancellationToken ct)
    {
        if (!caller.May(Right.ReadEvidence))
        {
            return Refusal.NotPermitted();
        }

        return BlobHash.TryParse(hash) is { } key && await db.Read(tx => EvidenceStore.Find(tx, caller, key), ct) is { } file
            ? file
            : Refusal.NotFound(hash);
    }

    /// <summary>The files the caller sees, newest first.</summary>
    /// <param name="before">Files with a smaller id only; null starts at the newest.</param>
    /// <param name="take">At most <see cref="LongestPage"/>.</param>
    public async Task<Outcome<EvidencePage>> List(Caller caller, long? before, int take, CancellationToken ct)
    {
        if (!caller.May(Right.ReadEvidence))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        var found = await db.Read(tx => EvidenceStore.List(tx, caller, before ?? long.MaxValue, rows + 1), ct);
        return found.Count > rows ? new EvidencePage(found[..rows], found[rows - 1].Id) : new EvidencePage(found, null);
    }

    private static string Subject(BlobHash hash) => $"evidence/{hash}";

    private static bool Reaches(Tx tx, Caller caller, long node) =>
        NodeStore.PathOf(tx, caller.Tenant, node) is { } path && caller.May(Right.WriteEvidence, path);

    private async Task<string> Sniff(BlobHash hash, string name, CancellationToken ct)
    {
        await using var content = blobs.OpenRead(hash) ?? throw new IOException($"The file {hash} is gone right after it was stored.");
        var head = new byte[EvidenceName.HeadBytes];
        var read = await content.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        return EvidenceName.MediaType(head.AsSpan(0, read), name);
    }
}
