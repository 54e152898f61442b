using System.Globalization;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>The methods and mapping tables that this process remembers: those of the product, and the versions of tenants that were asked for last. A version never changes, so what is remembered of it holds.</summary>
public sealed class MethodShelf(Db db)
{
    private const int MostHeld = 8;

    private static readonly Lazy<IReadOnlyList<StoredMethod>> Known = new(() =>
    [
        .. ClimateMethods.All.Select(method => new StoredMethod(
            new MethodRow(
                method.Id, null, method.Id, method.Name, method.Version, 1, method.Indicators.Count, method.Indicators.Sum(i => i.Factors.Count), 0, 0, DataRight.Open, "", "", "", null, false, false,
                MethodHash.Of(method), null, null, "", ""),
            MethodRules.WithSets(method), [])),
    ]);

    private readonly LinkedList<(long Tenant, string Key, int Version, StoredMethod Method)> _held = new();
    private readonly LinkedList<(long Tenant, long Id, FlowMappingSet Mapping)> _mappings = new();
    private readonly Lock _gate = new();

    /// <summary>The methods of the product.</summary>
    public static IReadOnlyList<StoredMethod> BuiltIn => Known.Value;

    internal static StoredMethod? BuiltInOf(string key) => Known.Value.FirstOrDefault(m => m.Row.Key == key);

    internal static long? NumberOf(string key) => long.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    /// <summary>A method of the product or the tenant; null where there is none.</summary>
    internal async Task<StoredMethod?> Find(long tenant, string key, int? version, CancellationToken ct)
    {
        if (BuiltInOf(key) is { } known)
        {
            return version is null or 1 ? known : null;
        }

        if (NumberOf(key) is not { } id || await db.Read(tx => MethodStore.Find(tx, tenant, id, version), ct) is not { } row)
        {
            return null;
        }

        lock (_gate)
        {
            if (_held.FirstOrDefault(h => h.Tenant == tenant && h.Key == row.Key && h.Version == row.Version) is { Method: { } held })
            {
                return held with { Row = row };
            }
        }

        var document = DatasetJson.Open<MethodDocument>(await db.Read(tx => MethodStore.Document(tx, tenant, id, row.Version), ct));
        var method = new StoredMethod(row, MethodRules.WithSets(document.Method()), document.Repeated);
        lock (_gate)
        {
            _held.AddFirst((tenant, row.Key, row.Version, method));
            Trim(_held);
        }

        return method;
    }

    /// <summary>A version of a mapping table; null where the tenant has none of this number.</summary>
    internal async Task<FlowMappingSet?> Mapping(long tenant, long id, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_mappings.FirstOrDefault(m => m.Tenant == tenant && m.Id == id) is { Mapping: { } held })
            {
                return held;
            }
        }

        var found = await db.Read(tx => MethodStore.Mapping(tx, tenant, id) is { } row ? ((MappingRow, byte[])?)(row, MethodStore.MappingDocument(tx, tenant, id)) : null, ct);
        if (found is not var (mapping, document))
        {
            return null;
        }

        var set = new FlowMappingSet(mapping.Name, $"{mapping.Version}", DatasetJson.Open<List<Exchange.FlowMapping>>(document));
        lock (_gate)
        {
            _mappings.AddFirst((tenant, id, set));
            Trim(_mappings);
        }

        return set;
    }

    private static void Trim<T>(LinkedList<T> held)
    {
        while (held.Count > MostHeld)
        {
            held.RemoveLast();
        }
    }
}
