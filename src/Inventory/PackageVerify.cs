using System.Globalization;
using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>
/// Recomputes a package without a database: quantity × factor components → coefficients → milligrams by month → postings → cells → totals, and every hash from the rows up. Pure but
/// for reading the stream. Whatever does not hold is named by file, row and field.
/// </summary>
public static class PackageVerify
{
    /// <summary>Refused where the file is no package at all, or one that must not be read; a package that can be read gives a report.</summary>
    /// <param name="content">A stream that can seek.</param>
    /// <param name="head">What the edition's page says; null where only the package itself is at hand.</param>
    public static Outcome<PackageReport> Of(Stream content, PackageHead? head)
    {
        var opened = PackageReader.Open(content);
        if (!opened.Ok)
        {
            return Outcome<PackageReport>.Refused(opened.Problems);
        }

        using var reader = opened.Value;
        try
        {
            return Report(reader, head);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException)
        {
            return new Problem("package_unreadable", Found: broken.Message);
        }
    }

    private static PackageReport Report(PackageReader reader, PackageHead? head)
    {
        var findings = new PackageFindings();
        var manifest = PackageManifest.Read(reader);
        Files(reader, manifest, findings);
        var edition = PackageEdition.Read(reader, manifest, findings);
        var facts = new PackageFacts(reader, findings);
        var cells = new PackageCells(edition, facts, findings);
        var batches = new PackageBatches(facts, findings);
        var rows = new PackageRows(reader, facts, batches, cells, findings);
        rows.Verify();
        batches.Verify(manifest, edition, rows);
        cells.Verify();
        PackageNames.Verify(facts, edition, rows, findings);
        var evidence = PackageEvidence.Verify(reader, facts, rows, findings);
        Head(manifest, edition, head, findings);
        return new PackageReport(
            manifest.Program, manifest.Number, manifest.EditionHash, edition.Sealed ? null : edition.Hash, manifest.Chain, batches.Shown, batches.Hidden, rows.Rows, rows.Partial, rows.Postings,
            rows.Recomputed, edition.Cells.Count, edition.Cells.Count(c => c.Amounts is null), rows.Evidence.Count, evidence, cells.RecomputedShare, cells.SealedShare, cells.LostShare,
            head is not null, batches.Bound, findings.Kept, findings.Count);
    }

    private static void Files(PackageReader reader, PackageManifest manifest, PackageFindings findings)
    {
        var stated = manifest.Files.ToDictionary(f => f.Name, StringComparer.Ordinal);
        foreach (var name in reader.Names)
        {
            if (!stated.Remove(name, out var entry))
            {
                findings.Add("unexpected", name, "", "", "", name);
                continue;
            }

            var (bytes, hash) = reader.HashOf(name);
            if (bytes != entry.Bytes || hash != entry.Hash)
            {
                findings.Add("file_altered", name, "", "sha256", entry.Hash, hash);
            }
        }

        foreach (var name in stated.Keys)
        {
            findings.Add("missing", name, "", "", name, "");
        }

        foreach (var file in manifest.Files.Where(f => PackageForm.Tables.ContainsKey(f.Name)))
        {
            findings.Same(PackageForm.Manifest, file.Name, "rows", Count(reader, file.Name, findings), file.Rows);
        }
    }

    private static long Count(PackageReader reader, string name, PackageFindings findings)
    {
        try
        {
            return reader.Rows(name).LongCount();
        }
        catch (PackageUnreadable broken)
        {
            findings.Add(broken);
            return -1;
        }
    }

    private static void Head(PackageManifest manifest, PackageEdition edition, PackageHead? head, PackageFindings findings)
    {
        if (head?.Number is { } number && number != manifest.Number)
        {
            findings.Add("head_differs", PackageForm.Manifest, "", "number", number.ToString(CultureInfo.InvariantCulture), manifest.Number.ToString(CultureInfo.InvariantCulture));
        }

        // A sealed edition cannot be hashed again: its stated hash is compared, and the chain binds the rows.
        var hash = edition.Sealed ? manifest.EditionHash : edition.Hash;
        if (head?.Edition is { } wanted && wanted != hash)
        {
            findings.Add("head_differs", PackageForm.Edition, "", "hash", wanted, hash);
        }

        if (head?.Chain is { } chain && chain != manifest.Chain)
        {
            findings.Add("head_differs", PackageForm.Batches, "", "chain", chain, manifest.Chain);
        }
    }
}

/// <summary>The manifest of a package.</summary>
internal sealed record PackageManifest(string Program, long Tenant, long Number, string EditionHash, long Seq, string Root, string Chain, long SealedCells, IReadOnlyList<PackageEntry> Files)
{
    public static PackageManifest Read(PackageReader reader)
    {
        try
        {
            var root = reader.Manifest.RootElement;
            var (edition, book) = (root.GetProperty("edition"), root.GetProperty("book"));
            var read = new PackageManifest(
                Text(root, "program"), root.GetProperty("tenant").GetInt64(), edition.GetProperty("number").GetInt64(), Text(edition, "hash"), book.GetProperty("seq").GetInt64(), Text(book, "root"),
                Text(book, "chain"), root.GetProperty("sealed").GetProperty("cells").GetInt64(),
                [.. root.GetProperty("files").EnumerateArray().Select(f => new PackageEntry(Text(f, "name"), f.GetProperty("bytes").GetInt64(), Text(f, "sha256"), f.TryGetProperty("rows", out var rows) ? rows.GetInt64() : -1))]);
            foreach (var file in read.Files.GroupBy(f => f.Name).Where(g => g.Count() > 1))
            {
                throw new InvalidDataException($"{PackageForm.Manifest}: {file.Key}");
            }

            return read;
        }
        catch (Exception broken) when (broken is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{PackageForm.Manifest}: {broken.Message}", broken);
        }
    }

    private static string Text(JsonElement of, string name) => of.GetProperty(name).GetString() ?? throw new FormatException(name);
}

/// <summary>The evidence of a package.</summary>
internal static class PackageEvidence
{
    /// <summary>Checks every enclosed file against its name and answers how many there are.</summary>
    public static int Verify(PackageReader reader, PackageFacts facts, PackageRows rows, PackageFindings findings)
    {
        var enclosed = reader.Names.Where(n => n.StartsWith(PackageForm.EvidenceFolder, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        var count = enclosed.Count;
        facts.Each(
            PackageForm.Evidence,
            r =>
            {
                if (BlobHash.TryParse(r["hash"]) is null)
                {
                    throw r.Unreadable("hash");
                }

                if (!rows.Evidence.Contains(r["hash"]))
                {
                    findings.Add("unexpected", r.File, r.Place, "hash", "", r["hash"]);
                }

                var name = PackageForm.EvidenceFolder + r["hash"];
                if (!r.Flag("enclosed"))
                {
                    return;
                }

                if (!enclosed.Remove(name))
                {
                    findings.Add("missing", name, "", "", r["hash"], "");
                    return;
                }

                var (bytes, hash) = reader.HashOf(name);
                findings.Same(name, "", "sha256", r["hash"], hash);
                findings.Same(r.File, r.Place, "bytes", bytes, r.Long("bytes"));
            });
        foreach (var name in enclosed)
        {
            findings.Add("unexpected", name, "", "", "", name);
        }

        return count;
    }
}
