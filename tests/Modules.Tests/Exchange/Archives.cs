using System.IO.Compression;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>Archives as strangers send them.</summary>
internal static class Archives
{
    public static MemoryStream Zip(params IReadOnlyList<(string Name, byte[] Content)> parts)
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in parts)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
