using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// The bytes of the file, so that they can be read several times and by several readers at once: a file where it lies, a stream
/// copied to memory when small and to a private temporary file when not.
/// </summary>
internal sealed class TableBytes : IDisposable
{
    private const int InMemory = 4 << 20;

    private readonly string? _path;
    private readonly byte[] _memory;
    private readonly FileStream? _spool;

    private TableBytes(string? path, byte[] memory, FileStream? spool, long length)
    {
        _path = path;
        _memory = memory;
        _spool = spool;
        Length = length;
    }

    public long Length { get; }

    public static Outcome<TableBytes> FromFile(string path, TableLimits limits)
    {
        try
        {
            using var file = Reader(path);
            if (!file.CanSeek)
            {
                return FromStream(file, limits);
            }

            return file.Length > limits.FileBytes
                ? TooLarge(limits.FileBytes)
                : new TableBytes(path, [], spool: null, file.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Problem("table_not_found", Found: Path.GetFileName(path));
        }
    }

    public static Outcome<TableBytes> FromStream(Stream stream, TableLimits limits)
    {
        var small = new MemoryStream();
        FileStream? spool = null;
        var buffer = new byte[128 << 10];
        var length = 0L;
        try
        {
            int read;
            while ((read = stream.Read(buffer)) > 0)
            {
                length += read;
                if (length > limits.FileBytes)
                {
                    spool?.Dispose();
                    return TooLarge(limits.FileBytes);
                }

                if (spool is null && length > InMemory)
                {
                    spool = Spool();
                    small.Position = 0;
                    small.CopyTo(spool);
                    small = new MemoryStream();
                }

                ((Stream?)spool ?? small).Write(buffer, 0, read);
            }
        }
        catch
        {
            spool?.Dispose();
            throw;
        }

        spool?.Flush();
        return new TableBytes(spool?.Name, small.ToArray(), spool, length);
    }

    /// <summary>Length of a buffer for the file's text in UTF-8, which can be three times its bytes: no more than asked for, less for a small file.</summary>
    public int Room(int most) => (int)Math.Min(most, (Length * 3) + 64);

    /// <summary>An independent reader from the first byte on.</summary>
    public Stream Open() => _path is null ? new MemoryStream(_memory, writable: false) : Reader(_path);

    public void Dispose() => _spool?.Dispose();

    internal static Problem TooLarge(long limit) => new("table_too_large", Args: [(limit >> 20).ToString()]);

    // Reads are 1 MiB each already, so a buffer of the stream's own would only copy.
    private static FileStream Reader(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1, FileOptions.SequentialScan);

    private static FileStream Spool()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), "tanlu-" + Path.GetRandomFileName()), options);
    }
}
