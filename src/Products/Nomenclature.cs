using System.Collections.Concurrent;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>The flows, properties and units of several packages as one: what an id means, and what an amount is in another unit.</summary>
internal sealed class Nomenclature
{
    private readonly Dictionary<(int Package, string Id), int> _flows = [];
    private readonly List<(int Package, FlowDataset Flow)> _list = [];
    private readonly Dictionary<(int Package, string Id), FlowPropertyDataset> _properties = [];
    private readonly Dictionary<(int Package, string Id), UnitGroupDataset> _groups = [];
    private readonly ConcurrentDictionary<(int Flow, int FromPackage, string From, string? FromProperty, int ToPackage, string To, string? ToProperty), double?> _factors = [];
    private readonly ConcurrentDictionary<(string From, string To), double?> _ratios = [];

    public Nomenclature(IReadOnlyList<DatasetPackage> packages)
    {
        for (var p = 0; p < packages.Count; p++)
        {
            foreach (var flow in packages[p].Flows)
            {
                if (_flows.TryAdd(Key(p, flow.Id), _list.Count))
                {
                    _list.Add((p, flow));
                }
            }

            foreach (var property in packages[p].FlowProperties)
            {
                _properties.TryAdd(Key(p, property.Id), property);
            }

            foreach (var group in packages[p].UnitGroups)
            {
                _groups.TryAdd(Key(p, group.Id), group);
            }
        }
    }

    public int Count => _list.Count;

    public FlowDataset this[int flow] => _list[flow].Flow;

    /// <summary>A UUID means the same in every package; any other id something in its own only.</summary>
    public static (int Package, string Id) Key(int package, string id) => IsGlobal(id) ? (-1, id) : (package, id);

    public int? Find(int package, string id) => _flows.TryGetValue(Key(package, id), out var flow) ? flow : null;

    /// <summary>So many of the second unit are one of the first, for this flow; null where nothing says so.</summary>
    public double? Factor(int flow, int fromPackage, string from, string? fromProperty, int toPackage, string to, string? toProperty)
    {
        var reference = _list[flow].Flow.PropertyId;
        if (from == to && (fromProperty ?? reference) == (toProperty ?? reference))
        {
            return 1;
        }

        var key = (flow, fromPackage, from, fromProperty, toPackage, to, toProperty);
        if (!_factors.TryGetValue(key, out var factor))
        {
            factor = Direct(flow, fromPackage, from, fromProperty, toPackage, to, toProperty)
                ?? ToReference(flow, fromPackage, from, fromProperty) / ToReference(flow, toPackage, to, toProperty);
            _factors[key] = factor = factor is { } f && double.IsFinite(f) && f > 0 ? factor : null;
        }

        return factor;
    }

    /// <summary>What an amount of a flow is in a plain unit such as kg or MJ, by its own unit or one of its properties; null where nothing says so.</summary>
    public double? In(int flow, int package, string from, string? fromProperty, string to)
    {
        if (Ratio(from, to) is { } direct)
        {
            return direct;
        }

        var (home, dataset) = _list[flow];
        return ToReference(flow, package, from, fromProperty) is not { } reference ? null
            : RatioIn(home, dataset.PropertyId, dataset.Unit, to) is { } own ? reference * own
            : dataset.Properties.Select(p => RatioIn(home, p.PropertyId, p.Unit, to) * p.Factor * reference).FirstOrDefault(f => f is > 0);
    }

    /// <summary>What an amount of a flow is in one of its properties, by id or name; null where it has no such property.</summary>
    public double? InProperty(int flow, int package, string from, string? fromProperty, string property)
    {
        var (home, dataset) = _list[flow];
        if (ToReference(flow, package, from, fromProperty) is not { } reference)
        {
            return null;
        }

        if (dataset.PropertyId is { } own && (own == property || IsNamed(home, own, property)))
        {
            return reference;
        }

        return dataset.Properties.FirstOrDefault(p => p.PropertyId == property || p.Name.Equals(property, StringComparison.OrdinalIgnoreCase))?.Factor * reference;
    }

    /// <summary>So many of the second unit are one of the first, by the unit table; null where it does not know both or they measure different things.</summary>
    public static double? UnitRatio(string from, string to) =>
        from == to ? 1 : Units.Find(from) is { } a && Units.Find(to) is { } b ? Units.Ratio(a, b) : null;

    private static bool IsGlobal(string id) => id.Length == 36 && Guid.TryParseExact(id, "D", out _) && !id.AsSpan().ContainsAnyInRange('A', 'Z');

    private bool IsNamed(int package, string id, string name) =>
        _properties.TryGetValue(Key(package, id), out var property) && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    private double? Direct(int flow, int fromPackage, string from, string? fromProperty, int toPackage, string to, string? toProperty)
    {
        var reference = _list[flow].Flow.PropertyId;
        if ((fromProperty ?? reference) != (toProperty ?? reference))
        {
            return null;
        }

        return (UnitFactor(fromPackage, fromProperty ?? reference, from) ?? UnitFactor(_list[flow].Package, fromProperty ?? reference, from))
            / (UnitFactor(toPackage, toProperty ?? reference, to) ?? UnitFactor(_list[flow].Package, toProperty ?? reference, to))
            ?? Ratio(from, to);
    }

    /// <summary>So many of the flow's own unit are one of this unit of this property.</summary>
    private double? ToReference(int flow, int package, string unit, string? property)
    {
        var (home, dataset) = _list[flow];
        if (property is null || property == dataset.PropertyId)
        {
            if (unit == dataset.Unit)
            {
                return 1;
            }

            if (RatioIn(package, dataset.PropertyId, unit, dataset.Unit) is { } own)
            {
                return own;
            }
        }

        foreach (var other in dataset.Properties)
        {
            if ((property is null || other.PropertyId == property) && other.Factor > 0
                && (RatioIn(package, other.PropertyId, unit, other.Unit) ?? RatioIn(home, other.PropertyId, unit, other.Unit)) is { } ratio)
            {
                return ratio / other.Factor;
            }
        }

        return null;
    }

    private double? RatioIn(int package, string? property, string from, string to) =>
        from == to ? 1 : UnitFactor(package, property, from) / UnitFactor(package, property, to) ?? Ratio(from, to);

    private double? UnitFactor(int package, string? property, string unit) =>
        property is not null && _properties.TryGetValue(Key(package, property), out var found) && _groups.TryGetValue(Key(package, found.UnitGroupId), out var group)
            ? group.Units.FirstOrDefault(u => u.Name == unit)?.Factor
            : null;

    private double? Ratio(string from, string to)
    {
        if (from == to)
        {
            return 1;
        }

        if (!_ratios.TryGetValue((from, to), out var ratio))
        {
            _ratios[(from, to)] = ratio = UnitRatio(from, to);
        }

        return ratio;
    }
}
