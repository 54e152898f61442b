using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>The step by which a method was found to know a flow.</summary>
public enum FlowMatch : byte
{
    /// <summary>The method does not know the flow.</summary>
    None,
    Id,
    Mapping,
    Cas,
    Name,
}

/// <summary>Why a flow, or one that looks like it, has no factor.</summary>
public enum FlowGap : byte
{
    None,

    /// <summary>No step finds it in the method.</summary>
    NotInMethod,

    /// <summary>Its compartment is spelt in no known way, so that only an id or a mapping could lead to a factor.</summary>
    PlaceUnknown,

    /// <summary>The factor is for a unit to which the flow's unit does not lead.</summary>
    UnitDiffers,

    /// <summary>Several flows of the method could be meant, with different factors.</summary>
    Ambiguous,

    /// <summary>The method has factors for other places only, and none for everywhere.</summary>
    OtherPlacesOnly,
}

/// <param name="Values">Per indicator the factor for one unit of the inventory's flow.</param>
internal sealed record FlowFound(FlowMatch Step, MethodFlow? MethodFlow, IReadOnlyDictionary<int, double> Values, FlowGap Gap);

/// <summary>The search for one flow of an inventory in a method.</summary>
internal sealed class FlowSearch(MethodIndex index, FlowDataset flow, int indicators)
{
    private readonly string _name = FlowNames.Normalise(flow.Name);
    private readonly FlowPlace _place = FlowPlace.Of(flow);
    private readonly string _location = flow.Location;

    public FlowFound Find(FlowMappingSet? mapping)
    {
        var readable = _place.Compartment.Length > 0 || FlowPlace.IsUnsaid(flow);
        var gap = readable ? FlowGap.NotInMethod : FlowGap.PlaceUnknown;
        return ById()
            ?? (mapping is null ? null : ByMapping(mapping))
            ?? (readable && flow.Kind == FlowKind.Elementary ? ByCas(ref gap) ?? ByName(ref gap) : null)
            ?? new FlowFound(FlowMatch.None, null, new Dictionary<int, double>(), gap);
    }

    private FlowFound? ById()
    {
        if (index.ById(flow.Id) is not { } known)
        {
            return null;
        }

        var values = new Dictionary<int, double>();
        var gap = Take(values, [known], _location, 1, flow.Unit);
        return new FlowFound(FlowMatch.Id, known, values, gap);
    }

    private FlowFound? ByMapping(FlowMappingSet mapping)
    {
        MethodFlow? first = null;
        var gap = FlowGap.None;
        var values = new Dictionary<int, double>();
        foreach (var mapped in mapping.Of(flow, _name, _place))
        {
            var place = FlowPlace.Of(mapped.Context);
            IReadOnlyList<MethodFlow> known = index.ById(mapped.Id) is { } byId ? [byId] : index.ByName(FlowNames.Normalise(mapped.Name), place.Compartment);
            if (known.Count == 0 || FlowUnits.Ratio(flow.Unit, mapped.FromUnit) is not { } toSource)
            {
                continue;
            }

            first ??= known[0];
            foreach (var sub in place.Resorts())
            {
                var here = known.Count == 1 ? known : [.. known.Where(k => k.Place.Sub == sub)];
                gap = Worse(gap, Take(values, here, _location, toSource * mapped.Factor, mapped.Unit));
            }
        }

        return first is null ? null : new FlowFound(FlowMatch.Mapping, first, values, gap);
    }

    private FlowFound? ByCas(ref FlowGap gap)
    {
        if (FlowNames.Cas(flow.Cas) is not { } cas || _place.Compartment.Length == 0)
        {
            return null;
        }

        var origin = FlowNames.OriginOf(_name);
        var known = index.ByCas(cas, _place.Compartment);
        return Narrowed(FlowMatch.Cas, [.. known.Where(k => k.Origin == origin)], _location, ref gap)
            ?? (Alternative(origin) is { } other ? Narrowed(FlowMatch.Cas, [.. known.Where(k => k.Origin == other)], _location, ref gap) : null);
    }

    private FlowFound? ByName(ref FlowGap gap)
    {
        if (Narrowed(FlowMatch.Name, index.ByName(_name, _place.Compartment), _location, ref gap) is { } named)
        {
            return named;
        }

        foreach (var synonym in flow.Synonyms)
        {
            if (Narrowed(FlowMatch.Name, index.ByName(FlowNames.Normalise(synonym), _place.Compartment), _location, ref gap) is { } other)
            {
                return other;
            }
        }

        // Some lists write the place into the name.
        return FlowNames.Located(flow.Name) is { } located
            ? Narrowed(FlowMatch.Name, index.ByName(FlowNames.Normalise(located.Name), _place.Compartment), located.Location, ref gap)
            : null;
    }

    /// <summary>Per indicator the factor of the flow's own sub-compartment, of a wider one, or of the unspecified one.</summary>
    private FlowFound? Narrowed(FlowMatch step, IReadOnlyList<MethodFlow> known, string location, ref FlowGap gap)
    {
        if (known.Count == 0)
        {
            return null;
        }

        var values = new Dictionary<int, double>();
        var seen = FlowGap.None;
        MethodFlow? first = null;
        foreach (var sub in _place.Resorts())
        {
            MethodFlow[] here = [.. known.Where(k => k.Place.Sub == sub)];
            first ??= here.FirstOrDefault();
            seen = Worse(seen, Take(values, here, location, 1, flow.Unit));
        }

        if (values.Count == 0 && _place.Sub.Length == 0)
        {
            // The flow does not say where within its compartment: what holds in every sub-compartment holds for it.
            first ??= known[0];
            seen = Worse(seen, Take(values, known, location, 1, flow.Unit));
        }

        if (values.Count == 0)
        {
            gap = seen == FlowGap.None ? gap : seen;
            return null;
        }

        return new FlowFound(step, first, values, seen);
    }

    /// <summary>Adds, for each indicator without a value, the one that the flows agree on.</summary>
    private FlowGap Take(Dictionary<int, double> values, IReadOnlyList<MethodFlow> known, string location, double factor, string unit)
    {
        var gap = FlowGap.None;
        for (var i = 0; i < indicators && known.Count > 0; i++)
        {
            if (!values.ContainsKey(i))
            {
                var (value, missing) = Value(i, known, location, factor, unit);
                gap = Worse(gap, missing);
                if (value is { } found)
                {
                    values.Add(i, found);
                }
            }
        }

        return gap;
    }

    private (double? Value, FlowGap Gap) Value(int indicator, IReadOnlyList<MethodFlow> known, string location, double factor, string unit)
    {
        double? agreed = null;
        var gap = FlowGap.None;
        var byName = false;
        foreach (var candidate in known)
        {
            var (value, missing) = Value(indicator, candidate, location, factor, unit);
            gap = Worse(gap, missing);
            if (value is not { } here)
            {
                continue;
            }

            var sameName = candidate.Name == _name;
            if (agreed is null || (sameName && !byName))
            {
                agreed = here;
                byName = sameName;
                gap = FlowGap.None;
            }
            else if (agreed != here && sameName == byName)
            {
                return (null, FlowGap.Ambiguous);
            }
        }

        return (agreed, agreed is null ? gap : FlowGap.None);
    }

    private (double? Value, FlowGap Gap) Value(int indicator, MethodFlow candidate, string location, double factor, string unit)
    {
        var gap = FlowGap.None;
        foreach (var place in Places(location))
        {
            foreach (var term in candidate.Terms)
            {
                if (term.Indicator != indicator)
                {
                    continue;
                }

                if (!string.Equals(term.Location, place, StringComparison.OrdinalIgnoreCase))
                {
                    gap = Worse(gap, FlowGap.OtherPlacesOnly);
                }
                else if (FlowUnits.Ratio(unit.Length > 0 ? unit : candidate.Dataset.Unit, term.Unit, flow, candidate.Dataset) is { } ratio)
                {
                    return (term.Value * factor * ratio, FlowGap.None);
                }
                else
                {
                    gap = FlowGap.UnitDiffers;
                }
            }
        }

        return (null, gap);
    }

    private static CarbonOrigin? Alternative(CarbonOrigin origin) => origin switch
    {
        CarbonOrigin.Unsaid => CarbonOrigin.Fossil,
        CarbonOrigin.Fossil => CarbonOrigin.Unsaid,
        _ => null,
    };

    private static IEnumerable<string> Places(string location)
    {
        for (var at = location; at.Length > 0; at = at.LastIndexOf('-') is var dash and > 0 ? at[..dash] : "")
        {
            yield return at;
        }

        yield return "";
    }

    private static FlowGap Worse(FlowGap a, FlowGap b) => b == FlowGap.None || a == FlowGap.Ambiguous ? a : a == FlowGap.UnitDiffers && b == FlowGap.OtherPlacesOnly ? a : b;
}
