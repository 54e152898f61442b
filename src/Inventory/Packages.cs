using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;
using static Tanlu.Inventory.PackageText;

namespace Tanlu.Inventory;

/// <summary>A package ready to be sent. Disposing the content removes it.</summary>
/// <param name="Name">File name to offer.</param>
/// <param name="Hash">SHA-256 of the file, as the audit log keeps it.</param>
/// <param name="Sealed">Postings whose factor may not be passed on.</param>
public sealed record Package(string Name, Stream Content, string Hash, EditionHead Edition, long Rows, long Postings, long Sealed, int Evidence);

/// <summary>
/// Packages: everything that an edition rests on as one file, which anybody can recompute without this program (<c>docs/reference/package-format.md</c>). Making one needs
/// <see cref="Right.ExportPackage"/> over the edition's boundary; evidence is enclosed for who may read it.
/// </summary>
public sealed class Packages(Db db, OrganisationTree tree, Editions editions, PinnedCalculations calculations, EvidenceFiles evidence, Audit audit)
{
    /// <summary>The program that made a package.</summary>
    public static string Program { get; } =
        "tanlu " + (typeof(Packages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? typeof(Packages).Assembly.GetName().Version!.ToString(3));

    /// <summary>
    /// Makes the package of an edition: the same edition gives the same bytes. Rows of other parts of the organisation that share a batch leave as hashes only, and so does what
    /// rests on factors that may not be passed on. Refused with <c>package_site_moved</c> where a site of the edition has left what the caller sees.
    /// </summary>
    /// <param name="enclose">Enclose the evidence that the caller may read; each file that is opened stands in the audit log.</param>
    public async Task<Outcome<Package>> Export(Caller caller, long number, bool enclose, CancellationToken ct)
    {
        if (!caller.May(Right.ExportPackage))
        {
            return Refusal.NotPermitted();
        }

        var found = await editions.Get(caller, number, ct);
        if (!found.Ok)
        {
            return Outcome<Package>.Refused(found.Problems);
        }

        var edition = found.Value;
        var sites = edition.Sites.Keys.Order().ToList();
        var seen = (await tree.Subtree(caller, null, null, ct)).Then(nodes => Outcome<Dictionary<long, Node>>.Done(nodes.ToDictionary(n => n.Id)));
        if (!seen.Ok)
        {
            return Outcome<Package>.Refused(seen.Problems);
        }

        if (sites.Find(s => !seen.Value.ContainsKey(s)) is > 0 and var moved)
        {
            return new Problem("package_site_moved", Found: edition.Sites[moved].Code);
        }

        var book = await db.Read(tx => BookOf(tx, caller.Tenant, edition, sites, [.. sites.Select(s => seen.Value[s])]), ct);
        var made = await calculations.Of(caller.Tenant, [.. book.Calculations], ct);
        using var draft = new PackageDraft();
        var pins = await db.Read(tx => BookRecords.Calculations(tx, caller.Tenant, [.. book.Calculations]), ct);
        var builder = new PackageBuilder(draft, edition, made, pins.Where(c => c.CodeVersion != BookRecords.ThisCode).Select(c => c.Id).ToHashSet());
        await Rows(caller, edition, book, builder, ct);
        await Records(caller, edition, book, draft, builder, new PackageRecords(draft, made, builder.Lost), pins, ct);
        var enclosed = await Evidence(caller, draft, builder.Evidence, enclose && caller.May(Right.ReadEvidence), ct);
        return enclosed.Ok ? await Written(caller, edition, draft, builder, enclosed.Value, ct) : Outcome<Package>.Refused(enclosed.Problems);
    }

    private static BookParts BookOf(Tx tx, long tenant, Edition edition, IReadOnlyCollection<long> sites, IReadOnlyList<Node> nodes) => new(
        BookRecords.Batches(tx, tenant, edition.Head.Book.Seq), BookRecords.BatchesAt(tx, tenant, sites), BookRecords.CalculationsAt(tx, tenant, sites), BookRecords.CalculationHashes(tx, tenant),
        nodes);

    /// <summary>Batch by batch, each in a transaction of its own: what is sealed does not change.</summary>
    private async Task Rows(Caller caller, Edition edition, BookParts book, PackageBuilder builder, CancellationToken ct)
    {
        foreach (var batch in book.Batches)
        {
            if (edition.Head.Node != 0 && !book.At.Contains(batch.Batch.Id))
            {
                builder.Hidden(batch);
                continue;
            }

            await db.Read(
                tx =>
                {
                    builder.Shown(batch, row => BookRows.Each(tx, caller.Tenant, batch.Batch.Id, book.Hashes, row));
                    return true;
                },
                ct);
        }
    }

    private async Task Records(
        Caller caller, Edition edition, BookParts book, PackageDraft draft, PackageBuilder builder, PackageRecords records, IReadOnlyList<BookCalculation> pins, CancellationToken ct)
    {
        var sources = await db.Read(tx => BookRecords.Sources(tx, caller.Tenant, builder.Sources), ct);
        records.Calculations(pins.Where(p => builder.Used.Contains(p.Id)));
        records.Sealed(builder.UsedSealed);
        foreach (var gas in builder.OtherGases.Concat(edition.Statement.Entries.Select(e => e.Key.OtherGas).Where(g => g != 0)))
        {
            records.Gas(gas);
        }

        records.Finish(edition.Head.Gwp);
        builder.LeftOut();
        builder.SealedSums();
        draft.Open(PackageForm.Edition).Bytes(builder.Content());
        foreach (var node in book.Nodes)
        {
            // Names are those of the edition, whatever the tree says since.
            var name = edition.Sites[node.Id];
            draft[PackageForm.Nodes].Row(
                Number(node.Id), node.Parent is { } parent && edition.Sites.ContainsKey(parent) ? Number(parent) : "", node.Kind.ToString().ToLowerInvariant(), Text(name.Code), Text(name.En),
                Text(name.Zh), Text(node.Region), Day(node.ValidFrom), node.ValidTo is { } to ? Day(to) : "");
        }

        foreach (var source in sources)
        {
            var name = edition.Sources.GetValueOrDefault(source.Id) ?? new EditionName($"{source.SiteCode}/{source.Code}", source.Name, "");
            draft[PackageForm.Sources].Row(Number(source.Id), Number(source.Site), Text(name.Code), Text(name.En));
        }
    }

    private async Task<Outcome<int>> Evidence(Caller caller, PackageDraft draft, IReadOnlyCollection<string> named, bool enclose, CancellationToken ct)
    {
        var count = 0;
        foreach (var hash in named.Where(n => BlobHash.TryParse(n) is not null))
        {
            var known = await evidence.Find(caller, hash, ct);
            if (!known.Ok)
            {
                continue;
            }

            var file = known.Value;
            if (enclose)
            {
                var opened = await evidence.Open(caller, hash, ct);
                if (!opened.Ok)
                {
                    return Outcome<int>.Refused(opened.Problems);
                }

                try
                {
                    await using var content = opened.Value.Content;
                    var spool = draft.Open(PackageForm.EvidenceFolder + hash);
                    var buffer = new byte[64 << 10];
                    while (await content.ReadAsync(buffer, ct) is > 0 and var read)
                    {
                        spool.Bytes(buffer.AsSpan(0, read));
                    }
                }
                catch (BlobCorrupted)
                {
                    return new Problem("package_evidence_damaged", Found: file.Name, Args: [hash]);
                }

                count++;
            }

            draft[PackageForm.Evidence].Row(hash, Text(file.Name), file.MediaType, Number(file.Size), enclose ? "1" : "0");
        }

        return count;
    }

    private async Task<Package> Written(Caller caller, Edition edition, PackageDraft draft, PackageBuilder builder, int enclosed, CancellationToken ct)
    {
        var head = edition.Head;
        var file = PackageTemporary.File();
        try
        {
            draft.Write(file, json => Manifest(json, caller.Tenant, head, builder));
            file.Position = 0;
            var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
            file.Position = 0;
            await db.Write(
                tx =>
                {
                    audit.Write(
                        tx, caller, "package.export", $"edition/{head.Number}", ("edition_hash", Convert.ToHexStringLower(head.Hash)), ("package_hash", hash), ("rows", Number(builder.Rows)),
                        ("postings", Number(builder.Postings)), ("sealed", Number(builder.SealedPostings)), ("evidence", Number(enclosed)));
                    return true;
                },
                ct);
            return new Package($"edition-{head.Number}.zip", file, hash, head, builder.Rows, builder.Postings, builder.SealedPostings, enclosed);
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static void Manifest(Utf8JsonWriter json, long tenant, EditionHead head, PackageBuilder builder)
    {
        json.WriteString("program", Program);
        json.WriteNumber("tenant", tenant);
        json.WriteStartObject("edition");
        json.WriteNumber("number", head.Number);
        json.WriteString("hash", Convert.ToHexStringLower(head.Hash));
        json.WriteEndObject();
        json.WriteStartObject("book");
        json.WriteNumber("seq", head.Book.Seq);
        json.WriteString("root", Convert.ToHexStringLower(head.Book.Root));
        json.WriteString("chain", Convert.ToHexStringLower(head.Book.Chain));
        json.WriteEndObject();
        json.WriteStartObject("sealed");
        json.WriteNumber("cells", builder.SealedCells);
        json.WriteNumber("postings", builder.SealedPostings);
        json.WriteEndObject();
    }

    private sealed record BookParts(
        IReadOnlyList<BookBatch> Batches, IReadOnlySet<long> At, IReadOnlySet<long> Calculations, IReadOnlyDictionary<long, byte[]> Hashes, IReadOnlyList<Node> Nodes);
}
