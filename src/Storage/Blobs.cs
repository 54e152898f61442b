using System.Buffers;
using System.Security.Cryptography;
using Tanlu.Kernel;

namespace Tanlu.Storage;

/// <summary>The SHA-256 of a file's content, which is also its only name: 64 lower-case hexadecimal digits.</summary>
public readonly record struct BlobHash
{
    private const int Digits = 64;

    private readonly string? _hex;

    private BlobHash(string hex) => _hex = hex;

    public static BlobHash? TryParse(string? text) =>
        text is { Length: Digits } && text.All(c => c is (>= '0' and <= '9') or (>= 'a' and <= 'f')) ? new BlobHash(text) : null;

    public static BlobHash Parse(string text) => TryParse(text) ?? throw new FormatException("Not the hash of a blob.");

    public override string ToString() => _hex ?? throw new InvalidOperationException("No hash was given.");

    internal static BlobHash Of(ReadOnlySpan<byte> sha256) => new(Convert.ToHexStringLower(sha256));
}

/// <param name="Size">In bytes.</param>
public sealed record Blob(BlobHash Hash, long Size);

/// <summary>The stored content no longer has the hash it is named after, or is cut short.</summary>
public sealed class BlobCorrupted(BlobHash hash) : IOException($"The stored file {hash} no longer has the content it was stored with.");

/// <summary>
/// Evidence files, kept by the hash of their content in <c>blobs/ab/cd/&lt;hash&gt;</c> of the data folder. A file is written once and never overwritten;
/// no name that a person gave ever becomes a path; what is read is checked against its hash.
/// </summary>
public sealed class Blobs
{
    private const int BufferSize = 128 * 1024;
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly string _arriving;
    private readonly string _passing;
    private readonly string _leaving;
    private readonly long _largest;
    private readonly TimeProvider _clock;

    private Blobs(StorageSettings settings, TimeProvider clock)
    {
        _folder = settings.BlobFolder;
        _arriving = Path.Combine(_folder, "arriving");
        _passing = Path.Combine(_folder, "passing");
        _leaving = Path.Combine(_folder, "leaving");
        _largest = settings.LargestBlob;
        _clock = clock;
    }

    public static Blobs Open(StorageSettings settings, TimeProvider clock)
    {
        var blobs = new Blobs(settings, clock);
        foreach (var folder in new[] { settings.DataFolder, blobs._folder, blobs._arriving, blobs._passing, blobs._leaving })
        {
            DataFolder.Make(folder);
        }

        // What a crash left half-written; younger files may belong to another process.
        var before = clock.GetUtcNow() - Abandoned;
        foreach (var file in Directory.EnumerateFiles(blobs._arriving).Where(f => File.GetLastWriteTimeUtc(f) < before.UtcDateTime))
        {
            File.Delete(file);
        }

        return blobs;
    }

    /// <summary>
    /// Stores a content of unknown length; storing the same content again is the same blob. Refused with <c>blob_too_large</c> above
    /// <see cref="StorageSettings.LargestBlob"/>, without reading further. The content is on disk when the task ends.
    /// </summary>
    /// <exception cref="DiskFull">Nothing of it stays.</exception>
    public Task<Outcome<Blob>> Put(Stream content, CancellationToken ct) => Put(content, passing: false, ct);

    /// <summary>
    /// As <see cref="Put(Stream,CancellationToken)"/>, for a file that its sender may never come back for: <see cref="RemoveAbandoned"/> takes it away a day after it was last
    /// sent, unless a row names it by then or it was stored for good.
    /// </summary>
    public Task<Outcome<Blob>> PutInPassing(Stream content, CancellationToken ct) => Put(content, passing: true, ct);

    /// <summary>
    /// Takes away what was stored in passing more than a day ago and no row of the book names. A file that is sent again while it leaves stays: storing it again
    /// makes it young, and its age is looked at once more after its name is gone.
    /// </summary>
    /// <returns>Files taken away.</returns>
    public async Task<int> RemoveAbandoned(Db db, CancellationToken ct)
    {
        var before = (_clock.GetUtcNow() - Abandoned).UtcDateTime;

        // What a crash caught while it was leaving goes back first.
        foreach (var caught in Directory.EnumerateFiles(_leaving))
        {
            Return(caught);
        }

        var old = Directory.EnumerateFiles(_passing).Where(mark => File.GetLastWriteTimeUtc(mark) < before).ToList();
        if (old.Count == 0)
        {
            return 0;
        }

        var named = await db.Read(tx => BlobNames.In(tx, TableShape.All(tx)), ct);
        var removed = 0;
        foreach (var mark in old)
        {
            if (BlobHash.TryParse(Path.GetFileName(mark)) is { } hash && !named.Contains(hash) && Leave(hash, before))
            {
                removed++;
            }

            File.Delete(mark);
        }

        return removed;
    }

    public bool Has(BlobHash hash) => File.Exists(PathOf(hash));

    /// <summary>
    /// The content as a forward-only stream, or null where there is none. The bytes are hashed on the way, and the read that would give the last of them
    /// throws <see cref="BlobCorrupted"/> where the content is not what was stored: a reader that reached the end has the true content.
    /// </summary>
    public Stream? OpenRead(BlobHash hash)
    {
        try
        {
            return new VerifiedStream(new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.Asynchronous | FileOptions.SequentialScan), hash);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Every file that is to be kept: all but those in passing that no row names.</summary>
    internal List<BlobHash> Kept(IReadOnlySet<BlobHash> named)
    {
        var passing = Directory.EnumerateFiles(_passing).Select(f => BlobHash.TryParse(Path.GetFileName(f))).ToHashSet();
        return
        [
            .. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(f => Path.GetRelativePath(_folder, f).Split(Path.DirectorySeparatorChar) is [{ Length: 2 }, { Length: 2 }, _])
                .Select(f => BlobHash.TryParse(Path.GetFileName(f))).OfType<BlobHash>().Where(h => !passing.Contains(h) || named.Contains(h)).OrderBy(h => h.ToString(), StringComparer.Ordinal),
        ];
    }

    /// <summary>Whether the file is there and holds what was stored.</summary>
    public async Task<bool> IsSound(BlobHash hash, CancellationToken ct) => await Sound(hash, ct) is not null;

    /// <summary>The file's size where it is there and holds what was stored; null where not.</summary>
    internal async Task<long?> Sound(BlobHash hash, CancellationToken ct)
    {
        try
        {
            await using var content = OpenRead(hash);
            if (content is null)
            {
                return null;
            }

            await content.CopyToAsync(Stream.Null, ct);
            return content.Length;
        }
        catch (BlobCorrupted)
        {
            return null;
        }
    }

    private string PathOf(BlobHash hash)
    {
        var name = hash.ToString();
        return Path.Combine(_folder, name[..2], name[2..4], name);
    }

    private async Task<Outcome<Blob>> Put(Stream content, bool passing, CancellationToken ct)
    {
        var arriving = Path.Combine(_arriving, Guid.NewGuid().ToString("N"));
        try
        {
            if (await Receive(content, arriving, ct) is not { } blob)
            {
                return new Problem("blob_too_large", Args: [(_largest >> 20).ToString()]);
            }

            // The mark comes before the file and goes after it: a crash leaves a file too many, never one too few.
            var mark = Path.Combine(_passing, blob.Hash.ToString());
            if (passing && (!Has(blob.Hash) || File.Exists(mark)))
            {
                await File.WriteAllBytesAsync(mark, [], ct);
                File.SetLastWriteTimeUtc(mark, _clock.GetUtcNow().UtcDateTime);
            }

            await Settle(arriving, blob, ct);
            if (!passing)
            {
                File.Delete(mark);
            }

            return blob;
        }
        catch (IOException full) when (DiskFull.Is(full))
        {
            throw new DiskFull(_folder, full);
        }
        finally
        {
            File.Delete(arriving);
        }
    }

    /// <summary>Whether the file is gone; it stays where somebody stored it again in the meantime.</summary>
    private bool Leave(BlobHash hash, DateTime before)
    {
        var leaving = Path.Combine(_leaving, hash.ToString());
        try
        {
            File.Move(PathOf(hash), leaving, overwrite: true);
        }
        catch (IOException missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }

        if (File.GetLastWriteTimeUtc(leaving) >= before)
        {
            Return(leaving);
            return false;
        }

        File.Delete(leaving);
        return true;
    }

    private void Return(string leaving)
    {
        if (BlobHash.TryParse(Path.GetFileName(leaving)) is { } hash && !Has(hash))
        {
            File.Move(leaving, PathOf(hash), overwrite: true);
            return;
        }

        File.Delete(leaving);
    }

    private async Task<Blob?> Receive(Stream content, string arriving, CancellationToken ct)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(arriving, options);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var size = 0L;
            while (await content.ReadAsync(buffer, ct) is > 0 and var read)
            {
                size += read;
                if (size > _largest)
                {
                    return null;
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            file.Flush(flushToDisk: true);
            return new Blob(BlobHash.Of(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task Settle(string arriving, Blob blob, CancellationToken ct)
    {
        var path = PathOf(blob.Hash);
        var second = Path.GetDirectoryName(path)!;
        DataFolder.Make(Path.GetDirectoryName(second)!);
        DataFolder.Make(second);
        while (true)
        {
            try
            {
                File.SetLastWriteTimeUtc(arriving, _clock.GetUtcNow().UtcDateTime);
                File.Move(arriving, path, overwrite: false);
                break;
            }
            catch (IOException) when (File.Exists(path))
            {
                // Known already. A damaged copy is reported rather than trusted or silently replaced.
                try
                {
                    await using var kept = new VerifiedStream(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, BufferSize, FileOptions.Asynchronous), blob.Hash);
                    await kept.CopyToAsync(Stream.Null, ct);
                    File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
                    return;
                }
                catch (FileNotFoundException)
                {
                    // It was leaving at this moment; the one that arrived takes its place.
                }
            }
        }

        FolderEntries.Flush(second);
        FolderEntries.Flush(Path.GetDirectoryName(second)!);
        FolderEntries.Flush(_folder);
    }
}
