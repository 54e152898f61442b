using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Tanlu.Tables;

/// <summary>
/// The encoding of a text file, found from its bytes: a byte order mark decides; else valid UTF-8; else GB18030 (of which GBK and
/// GB2312 are parts) when the high bytes pair up as Chinese text does; else Windows-1252, which holds all printable Latin-1.
/// </summary>
/// <param name="Name">Name for display: utf-8, utf-16, gb18030, windows-1252.</param>
/// <param name="Decoder">Null where the bytes are UTF-8 and need no change.</param>
/// <param name="Skip">Length of the byte order mark.</param>
internal sealed record TextEncoding(string Name, Encoding? Decoder, int Skip)
{
    private const int Block = 256 << 10;
    private const int Sample = 1 << 20;

    private static readonly TextEncoding Utf8 = new("utf-8", null, 0);

    public static TextEncoding Of(TableBytes bytes)
    {
        using var stream = bytes.Open();
        var buffer = new byte[bytes.Room(Block + Sample)];
        var block = Math.Min(Block, buffer.Length);
        var length = stream.ReadAtLeast(buffer.AsSpan(0, block), block, throwOnEndOfStream: false);
        var head = buffer.AsSpan(0, length);
        if (head.StartsWith("\uFEFF"u8))
        {
            return Utf8 with { Skip = 3 };
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            return new TextEncoding("utf-16", new UnicodeEncoding(bigEndian: false, byteOrderMark: false), 2);
        }

        if (head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return new TextEncoding("utf-16", new UnicodeEncoding(bigEndian: true, byteOrderMark: false), 2);
        }

        // ASCII says nothing: look on until something speaks. The scan runs at memory speed.
        while (length > 0 && Ascii.IsValid(buffer.AsSpan(0, length)))
        {
            length = stream.ReadAtLeast(buffer.AsSpan(0, block), block, throwOnEndOfStream: false);
        }

        if (length == 0)
        {
            return Utf8;
        }

        length += stream.ReadAtLeast(buffer.AsSpan(length), buffer.Length - length, throwOnEndOfStream: false);
        return OfSample(buffer.AsSpan(0, length));
    }

    internal static TextEncoding OfSample(ReadOnlySpan<byte> sample)
    {
        var (good, bad) = CountUtf8(sample);

        // One damaged character in a UTF-8 file must not turn the whole file into Latin letters: the damaged row is reported instead.
        if (bad == 0 || good >= 9 * bad)
        {
            return Utf8;
        }

        var (common, other) = CountGb(sample);
        return common > 0 && common >= 9 * other
            ? new TextEncoding("gb18030", CodePagesEncodingProvider.Instance.GetEncoding("GB18030"), 0)
            : new TextEncoding("windows-1252", CodePagesEncodingProvider.Instance.GetEncoding(1252), 0);
    }

    /// <summary>The file as UTF-8, without its byte order mark.</summary>
    public Stream Open(TableBytes bytes)
    {
        var stream = bytes.Open();
        stream.Position = Skip;
        return Decoder is null ? stream : Encoding.CreateTranscodingStream(stream, Decoder, Encoding.UTF8);
    }

    private static (int Good, int Bad) CountUtf8(ReadOnlySpan<byte> sample)
    {
        int good = 0, bad = 0;
        if (System.Text.Unicode.Utf8.IsValid(sample))
        {
            return (1, 0);
        }

        while (sample.IndexOfAnyExceptInRange((byte)0, (byte)0x7F) is >= 0 and var at)
        {
            sample = sample[at..];
            var status = Rune.DecodeFromUtf8(sample, out _, out var used);
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            (good, bad) = status == OperationStatus.Done ? (good + 1, bad) : (good, bad + 1);
            sample = sample[used..];
        }

        return (good, bad);
    }

    /// <summary>Pairs in the rows that GB2312 uses (punctuation, hanzi) against everything else that has its high bit set.</summary>
    private static (int Common, int Other) CountGb(ReadOnlySpan<byte> sample)
    {
        int common = 0, other = 0;
        for (var i = 0; i < sample.Length; i++)
        {
            var lead = sample[i];
            if (lead < 0x80)
            {
                continue;
            }

            if (i + 1 == sample.Length)
            {
                break;
            }

            var trail = sample[i + 1];
            if (lead is >= 0xA1 and <= 0xF7 && trail is >= 0xA1 and <= 0xFE)
            {
                common++;
                i++;
            }
            else if (lead is >= 0x81 and <= 0xFE && trail is (>= 0x40 and <= 0xFE and not 0x7F) or (>= 0x30 and <= 0x39))
            {
                // A rare hanzi, or the letter after an accented Latin one.
                other++;
                i++;
            }
            else
            {
                other++;
            }
        }

        return (common, other);
    }
}
