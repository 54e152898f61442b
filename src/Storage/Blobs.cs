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
    private readonly long _largest;

    private Blobs(StorageSettings settings)
    {
        _folder = settings.BlobFolder;
        _arriving = Path.Combine(_folder, "arriving");
        _largest = settings.LargestBlob;
    }

    public static Blobs Open(StorageSettings settings, TimeProvider clock)
    {
        var blobs = new Blobs(settings);
        DataFolder.Make(settings.DataFolder);
        DataFolder.Make(blobs._folder);
        DataFolder.Make(blobs._arriving);

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
    public async Task<Outcome<Blob>> Put(Stream content, CancellationToken ct)
    {
        var arriving = Path.Combine(_arriving, Guid.NewGuid().ToString("N"));
        try
        {
            if (await Receive(content, arriving, ct) is not { } blob)
            {
                return new Problem("blob_too_large", Args: [(_largest >> 20).ToString()]);
            }

            await Settle(arriving, blob, ct);
            return blob;
        }
        finally
        {
            File.Delete(arriving);
        }
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

    private string PathOf(BlobHash hash)
    {
        var name = hash.ToString();
        return Path.Combine(_folder, name[..2], name[2..4], name);
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
        try
        {
            File.Move(arriving, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Known already. A damaged copy is reported rather than trusted or silently replaced.
            await using var kept = OpenRead(blob.Hash)!;
            await kept.CopyToAsync(Stream.Null, ct);
            return;
        }

        FolderEntries.Flush(second);
        FolderEntries.Flush(Path.GetDirectoryName(second)!);
        FolderEntries.Flush(_folder);
    }
}
