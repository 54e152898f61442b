using System.IO.Compression;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// Writes openLCA's JSON-LD, schema 2. Reading the file again gives the same package for all that openLCA can hold; the same package gives the same bytes. Ids that are no UUID become
/// name-based ones (RFC 4122, version 5) over format, package and id, so that a second export meets the datasets of the first.
/// </summary>
public static class OpenLcaWriter
{
    private static readonly DateTimeOffset ZipTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the package; the stream stays the caller's. Returns what openLCA cannot hold, dataset and field named.</summary>
    public static IReadOnlyList<Problem> Write(DatasetPackage package, Stream to)
    {
        var names = new OpenLcaNames(package);
        var entries = new SortedDictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal);
        void Entry(string folder, string id, Action<Utf8JsonWriter> write)
        {
            if (!entries.TryAdd($"{folder}/{id}.json", write))
            {
                names.Note("lca_write_duplicate", id, null, folder);
            }
        }

        OpenLcaWriteReference.Add(names, Entry);
        OpenLcaWriteProcesses.Add(names, Entry);
        OpenLcaWriteMethods.Add(names, Entry);
        OpenLcaWriteSystems.Add(names, Entry);

        // Texts, places and units turn up while the datasets are written; they are written behind them under names that sort by themselves.
        using (var zip = new ZipArchive(to, ZipArchiveMode.Create, leaveOpen: true))
        {
            Part(zip, "openlca.json", json => json.WriteNumber("schemaVersion", 2));
            foreach (var (path, write) in entries)
            {
                Part(zip, path, write);
            }

            foreach (var (path, write) in names.Mentioned)
            {
                Part(zip, path, write);
            }
        }

        if (package.Licence.Length > 0)
        {
            names.Note("lca_write_lost", package.Name, null, "licence", package.Licence);
        }

        return names.Notes;
    }

    private static void Part(ZipArchive zip, string path, Action<Utf8JsonWriter> write)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.Optimal);
        entry.LastWriteTime = ZipTime;
        using var stream = entry.Open();
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
    }
}
