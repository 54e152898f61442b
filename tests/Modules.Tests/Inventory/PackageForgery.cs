using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tanlu.Inventory;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>A package in the hands of a forger: files can be changed and every hash of the manifest made to fit again.</summary>
internal sealed class PackageForgery
{
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    public PackageForgery(byte[] package)
    {
        using var zip = new ZipArchive(new MemoryStream(package), ZipArchiveMode.Read);
        foreach (var entry in zip.Entries)
        {
            using var bytes = new MemoryStream();
            using var content = entry.Open();
            content.CopyTo(bytes);
            _files[entry.FullName] = bytes.ToArray();
        }
    }

    public IReadOnlyCollection<string> Names => _files.Keys;

    public byte[] this[string name]
    {
        get => _files[name];
        set => _files[name] = value;
    }

    public void Remove(string name) => _files.Remove(name);

    public string Text(string name) => Encoding.UTF8.GetString(_files[name]);

    public List<string[]> Table(string name) => [.. PackageText.Records(new StringReader(Text(name)))];

    public void Write(string name, IEnumerable<string[]> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            PackageText.Append(text, row);
        }

        _files[name] = Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Changes cells of the rows that fit; fails where none does.</summary>
    public void Change(string name, string column, Func<Func<string, string>, bool> which, Func<string, string> to)
    {
        var rows = Table(name);
        var columns = PackageForm.Tables[name].ToList();
        var changed = 0;
        foreach (var row in rows.Skip(1).Where(r => which(c => r[columns.IndexOf(c)])))
        {
            var at = columns.IndexOf(column);
            row[at] = to(row[at]);
            changed++;
        }

        Assert.True(changed > 0);
        Write(name, rows);
    }

    /// <summary>The package with the manifest as it was, or with every hash, length and count made to fit.</summary>
    public byte[] Zip(bool fitting)
    {
        if (fitting)
        {
            var manifest = JsonNode.Parse(_files[PackageForm.Manifest])!;
            manifest["files"] = new JsonArray([.. _files.Where(f => f.Key != PackageForm.Manifest).Select(f => (JsonNode?)Entry(f.Key, f.Value))]);
            _files[PackageForm.Manifest] = JsonSerializer.SerializeToUtf8Bytes(manifest);
        }

        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in _files)
            {
                using var entry = zip.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }

    private JsonObject Entry(string name, byte[] content)
    {
        var entry = new JsonObject { ["name"] = name, ["bytes"] = content.Length, ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)) };
        if (PackageForm.Tables.ContainsKey(name))
        {
            entry["rows"] = Table(name).Count - 1;
        }

        return entry;
    }
}
