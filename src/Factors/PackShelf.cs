using System.Collections.Concurrent;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>What a tenant calculates with at one moment.</summary>
/// <param name="Packs">Its own editions that serve, in the order in which they began to.</param>
/// <param name="Off">Codes of the packs that it has switched off.</param>
/// <param name="Whole">All that serves, switched off or not.</param>
/// <param name="Library">What matching looks in.</param>
internal sealed record ServingState(long Revision, IReadOnlyList<StoredPack> Packs, IReadOnlySet<string> Off, FactorLibrary Whole, FactorLibrary Library);

/// <summary>
/// The packs in memory. An edition's file is read and indexed once, when it is first needed, whichever tenants use it; what a tenant calculates with is an immutable
/// snapshot over those indexes, swapped whole when the tenant's revision says that it has changed, in this process or another.
/// </summary>
internal sealed class PackShelf(Db db, Blobs blobs)
{
    private readonly ConcurrentDictionary<long, ServingState> _serving = new();
    private readonly ConcurrentDictionary<(string Hash, bool OfProduct), Lazy<Task<PackIndex>>> _indexes = new();
    private readonly ConcurrentDictionary<string, FactorLibrary> _pinned = new(StringComparer.Ordinal);

    public async Task<ServingState> Serving(long tenant, CancellationToken ct)
    {
        var known = _serving.GetValueOrDefault(tenant);
        var found = await db.Read(
            tx => FactorPackStore.Setting(tx, tenant).Revision is var revision && revision == known?.Revision
                ? null
                : new { Revision = revision, Packs = FactorPackStore.Serving(tx, tenant), Off = FactorPackStore.Off(tx, tenant) },
            ct);
        if (found is null)
        {
            return known!;
        }

        var whole = await Over(found.Packs);
        var state = new ServingState(found.Revision, found.Packs, found.Off, whole, found.Off.Aggregate(whole, (library, code) => library.Without(code)));

        // Two requests may load at once; the later state stays.
        return _serving.AddOrUpdate(tenant, state, (_, other) => other.Revision > state.Revision ? other : state);
    }

    /// <summary>The product's packs with these editions on top, a later one in place of the one whose versions it repeats.</summary>
    public async Task<FactorLibrary> Over(IEnumerable<StoredPack> packs)
    {
        // Files are read side by side, and put on top of each other in their order.
        var indexes = await Task.WhenAll(packs.Select(IndexOf));
        return indexes.Aggregate(FactorLibrary.BuiltIn, (library, index) => library.With(index));
    }

    /// <summary>The library that held exactly these editions.</summary>
    public async Task<Outcome<FactorLibrary>> Pinned(long tenant, IReadOnlyList<PackPin> pins, CancellationToken ct)
    {
        // The tenant is part of the key: a pack of another tenant is not to be had by its hash.
        var key = tenant.ToString(CultureInfo.InvariantCulture) + ":" + string.Join(',', pins.Select(p => p.Hash));
        if (_pinned.TryGetValue(key, out var known))
        {
            return known;
        }

        var serving = (await Serving(tenant, ct)).Library;
        if (serving.Packs.Select(p => new PackPin(p.Code, p.Hash)).SequenceEqual(pins))
        {
            return serving;
        }

        var library = FactorLibrary.Empty;
        foreach (var pin in pins)
        {
            if (FactorLibrary.BuiltIn.IndexOf(pin) is { } own)
            {
                library = library.With(own);
                continue;
            }

            if (await db.Read(tx => FactorPackStore.ByHash(tx, tenant, pin.Hash), ct) is not { } pack)
            {
                return new Problem("pack_not_kept", Found: pin.Code, Args: [pin.Code, pin.Hash]);
            }

            library = library.With(await IndexOf(pack));
        }

        // Old sets are asked for one at a time by people; a handful is enough.
        if (_pinned.Count > 16)
        {
            _pinned.Clear();
        }

        return _pinned.GetOrAdd(key, library);
    }

    public async Task<PackIndex> IndexOf(StoredPack pack)
    {
        var key = (pack.Hash, pack.OfProduct);
        try
        {
            return await _indexes.GetOrAdd(key, _ => new Lazy<Task<PackIndex>>(() => Task.Run(() => Read(pack)))).Value;
        }
        catch
        {
            // A file that could not be read now may be there after a restore.
            _indexes.TryRemove(key, out _);
            throw;
        }
    }

    /// <summary>The kept bytes of an edition.</summary>
    public Stream Open(StoredPack pack) =>
        blobs.OpenRead(BlobHash.Parse(pack.Hash)) ?? throw new FileNotFoundException($"The kept file of pack {pack.Code} {pack.Version} is gone.");

    private async Task<PackIndex> Read(StoredPack pack)
    {
        await using var content = Open(pack);
        using var bytes = new MemoryStream();
        await content.CopyToAsync(bytes);
        var reading = PackFile.Parse(bytes.ToArray(), pack.FileName, builtIn: pack.OfProduct).Value;
        return new PackIndex(reading.Pack, reading.Versions);
    }
}
