using System.Security.Cryptography;

namespace Tanlu.Storage;

/// <summary>A stored file whose last bytes are given only after all of them had the right hash.</summary>
internal sealed class VerifiedStream : Stream
{
    private readonly FileStream _file;
    private readonly BlobHash _hash;
    private readonly IncrementalHash _seen = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly long _length;
    private long _position;
    private bool _verified;

    public VerifiedStream(FileStream file, BlobHash hash)
    {
        _file = file;
        _hash = hash;
        _length = file.Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = _file.Read(buffer);
        Verify(buffer[..read], asked: buffer.Length);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _file.ReadAsync(buffer, cancellationToken);
        Verify(buffer.Span[..read], asked: buffer.Length);
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _seen.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Verify(ReadOnlySpan<byte> read, int asked)
    {
        _position += read.Length;
        _seen.AppendData(read);
        var atEnd = _position >= _length || (read.Length == 0 && asked > 0);
        if (_verified && read.Length == 0)
        {
            return;
        }

        if (atEnd && (_position != _length || BlobHash.Of(_seen.GetCurrentHash()) != _hash))
        {
            throw new BlobCorrupted(_hash);
        }

        _verified = atEnd;
    }
}
