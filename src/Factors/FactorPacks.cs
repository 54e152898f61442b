using System.Collections.Concurrent;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class FactorsModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("factors", typeof(FactorsModule).Assembly);
}

/// <summary>What an import of a pack gave.</summary>
/// <param name="Quarantine">One problem per row that was refused; the other rows serve.</param>
public sealed record PackImport(StoredPack Pack, IReadOnlyList<Problem> Quarantine)
{
    /// <summary>The set with its publisher and licence, as the file names it.</summary>
    public required FactorPack Set { get; init; }

    /// <summary>Rows of the file below its header.</summary>
    public int Rows { get; init; }
}

/// <summary>A pack edition as a calculation pins it.</summary>
public sealed record PackPin(string Code, string Hash);

/// <summary>
/// The factor packs of the installation and of its tenants. A tenant calculates with the product's packs and its own, a later edition in place of the one
/// whose versions it repeats; replaced editions stay here, because postings pin them. Importing needs <see cref="Right.ImportFactors"/> over the whole tenant.
/// </summary>
public sealed class FactorPacks(Db db, Blobs blobs, Audit audit, TimeProvider time)
{
    private const int LargestFile = 64 << 20;

    private readonly ConcurrentDictionary<long, (long Newest, FactorLibrary Library)> _serving = new();
    private readonly ConcurrentDictionary<string, Lazy<Task<PackReading>>> _readings = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, FactorLibrary> _pinned = new(StringComparer.Ordinal);

    /// <summary>
    /// Keeps the packs that ship with this program, so that what was calculated with them can be explained after the program is replaced. Run at start.
    /// </summary>
    public async Task KeepBuiltIn(CancellationToken ct)
    {
        foreach (var name in DataRows.Names("packs/"))
        {
            var bytes = DataRows.Bytes(name);
            var reading = PackFile.Parse(bytes, name, builtIn: true).Value;
            if (await db.Read(tx => FactorPackStore.Own(tx, 0, reading.Pack.Hash), ct) is not null)
            {
                continue;
            }

            await Keep(bytes, ct);
            var stored = Draft(Caller.System(0), reading, Path.GetFileName(name));
            await db.Write(tx => FactorPackStore.Own(tx, 0, stored.Hash) ?? FactorPackStore.Insert(tx, stored, stored.Hash, 0, []), ct);
        }
    }

    /// <summary>
    /// Takes in a pack file or a publisher's file for the caller's tenant. Rows that do not hold are kept apart with their reason; a file that holds none
    /// is refused, and so is one that is there already.
    /// </summary>
    public async Task<Outcome<PackImport>> Import(Caller caller, Stream content, string name, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (await Received(content, ct) is not { } bytes)
        {
            return new Problem("pack_too_large", Found: name, Args: [(LargestFile >> 20).ToString(CultureInfo.InvariantCulture)]);
        }

        var read = await Task.Run(() => FactorImport.Read(bytes, name), ct);
        if (!read.Ok)
        {
            return Outcome<PackImport>.Refused(read.Problems);
        }

        var (kept, reading) = Normal(bytes, read.Value, name);
        if (reading.Versions.Count == 0)
        {
            return reading.Quarantine.Count > 0 ? Outcome<PackImport>.Refused(reading.Quarantine) : new Problem("pack_empty", Found: name);
        }

        await Keep(kept, ct);
        var stored = Draft(caller, reading, name);
        return await db.Write<Outcome<PackImport>>(
            tx =>
            {
                if (FactorPackStore.Own(tx, caller.Tenant, stored.Hash) is { } known)
                {
                    return new Problem("pack_known", Found: name, Args: [known.Code, known.Version, known.ImportedAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)]);
                }

                var pack = FactorPackStore.Insert(tx, stored, PackFile.Hash(bytes), caller.Person, reading.Quarantine);
                audit.Write(
                    tx, caller, "factors.import", $"pack/{pack.Id}", ("code", pack.Code), ("version", pack.Version), ("hash", pack.Hash), ("file", name),
                    ("versions", pack.Versions.ToString(CultureInfo.InvariantCulture)),
                    ("refused", reading.Quarantine.Count.ToString(CultureInfo.InvariantCulture)));
                return new PackImport(pack, reading.Quarantine) { Set = reading.Pack, Rows = read.Value.Rows };
            },
            ct);
    }

    /// <summary>Every edition that the caller's tenant has or had, newest first.</summary>
    public async Task<Outcome<IReadOnlyList<StoredPack>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<StoredPack>>.Done(await db.Read(tx => FactorPackStore.All(tx, caller.Tenant), ct))
        : Refusal.NotPermitted();

    /// <summary>The rows of a pack that were refused when it came in.</summary>
    public async Task<Outcome<IReadOnlyList<Problem>>> Quarantine(Caller caller, long pack, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<Problem>>.Done(await db.Read(tx => FactorPackStore.Quarantine(tx, caller.Tenant, pack), ct))
        : Refusal.NotPermitted();

    /// <summary>What the tenant calculates with now: the packs of the product and the tenant's own, in the order of import.</summary>
    public async Task<FactorLibrary> LibraryFor(long tenant, CancellationToken ct)
    {
        var newest = await db.Read(tx => FactorPackStore.Newest(tx, tenant), ct);
        if (_serving.TryGetValue(tenant, out var known) && known.Newest == newest)
        {
            return known.Library;
        }

        var library = FactorLibrary.BuiltIn;
        foreach (var pack in await db.Read(tx => FactorPackStore.Own(tx, tenant), ct))
        {
            library = library.With(await Reading(pack));
        }

        _serving[tenant] = (newest, library);
        return library;
    }

    /// <summary>
    /// The library that held exactly these editions, as a calculation of the tenant pins them. Refused with <c>pack_not_kept</c> where one of them is not kept here.
    /// </summary>
    public async Task<Outcome<FactorLibrary>> LibraryOf(long tenant, IReadOnlyList<PackPin> pins, CancellationToken ct)
    {
        // The tenant is part of the key: a pack of another tenant is not to be had by its hash.
        var key = tenant.ToString(CultureInfo.InvariantCulture) + ":" + string.Join(',', pins.Select(p => p.Hash));
        if (_pinned.TryGetValue(key, out var known))
        {
            return known;
        }

        var serving = await LibraryFor(tenant, ct);
        if (serving.Packs.Select(p => new PackPin(p.Code, p.Hash)).SequenceEqual(pins))
        {
            return serving;
        }

        var shipped = FactorLibrary.BuiltIn.All.ToLookup(v => v.Pack);
        var library = FactorLibrary.Empty;
        foreach (var pin in pins)
        {
            if (shipped.FirstOrDefault(p => p.Key.Hash == pin.Hash && p.Key.Code == pin.Code) is { } own)
            {
                library = library.With(own.Key, [.. own]);
                continue;
            }

            if (await db.Read(tx => FactorPackStore.ByHash(tx, tenant, pin.Hash), ct) is not { } pack)
            {
                return new Problem("pack_not_kept", Found: pin.Code, Args: [pin.Code, pin.Hash]);
            }

            library = library.With(await Reading(pack));
        }

        // Old sets are asked for one at a time by people; a handful is enough.
        if (_pinned.Count > 16)
        {
            _pinned.Clear();
        }

        return _pinned.GetOrAdd(key, library);
    }

    private Task<PackReading> Reading(StoredPack pack) =>
        _readings.GetOrAdd(pack.Hash, _ => new Lazy<Task<PackReading>>(() => Read(pack))).Value;

    private async Task<PackReading> Read(StoredPack pack)
    {
        await using var content = blobs.OpenRead(BlobHash.Parse(pack.Hash)) ?? throw new FileNotFoundException($"The kept file of pack {pack.Code} {pack.Version} is gone.");
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        return PackFile.Parse(bytes.ToArray(), pack.FileName, builtIn: pack.Tenant == 0).Value;
    }

    private async Task Keep(byte[] bytes, CancellationToken ct)
    {
        using var content = new MemoryStream(bytes, writable: false);
        var kept = await blobs.Put(content, ct);
        if (!kept.Ok)
        {
            throw new IOException("A pack is larger than the largest file that is kept.");
        }
    }

    /// <summary>
    /// What is kept and pinned: a pack file as it came, any other publisher's file in the pack form, so that it stays readable when its importer changes.
    /// </summary>
    private static (byte[] Kept, PackReading Reading) Normal(byte[] bytes, PackReading read, string name)
    {
        if (PackFile.Recognises(bytes) || read.Versions.Count == 0)
        {
            return (bytes, read);
        }

        var written = PackFile.Write(read.Pack, read.Versions);
        var again = PackFile.Parse(written, name, builtIn: false).Value;
        return (written, again with { Quarantine = [.. read.Quarantine, .. again.Quarantine] });
    }

    private StoredPack Draft(Caller caller, PackReading reading, string name) => new(
        0, caller.Tenant, reading.Pack.Code, reading.Pack.Version, reading.Pack.Hash, name, reading.Versions.Count, time.GetUtcNow(), caller.Name);

    private static async Task<byte[]?> Received(Stream content, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[128 << 10];
        while (await content.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (bytes.Length + read > LargestFile)
            {
                return null;
            }

            bytes.Write(buffer, 0, read);
        }

        return bytes.ToArray();
    }
}
