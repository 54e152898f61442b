namespace Tanlu.Exchange;

/// <summary>The flows of a SimaPro file. Elementary flows are told apart by compartment, sub-compartment and name, products and wastes by their name alone.</summary>
internal sealed class SimaProFlows
{
    private readonly Dictionary<string, FlowDataset> _flows = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Compartment, string Name), (string Unit, string? Cas, string? Formula)> _substances = [];
    private readonly Dictionary<string, (string Quantity, double Factor)> _units = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, List<UnitDataset>> _quantities = new(StringComparer.Ordinal);

    /// <summary>The flows in the order in which the file names them, with what its lists of units and substances say of them.</summary>
    public IReadOnlyList<FlowDataset> All => [.. _flows.Values.Select(Completed)];

    public IReadOnlyList<UnitGroupDataset> UnitGroups =>
        [.. _quantities.Select(q => new UnitGroupDataset(q.Key, q.Key, q.Value.Find(u => u.Factor == 1)?.Name ?? q.Value[0].Name, q.Value))];

    public IReadOnlyList<FlowPropertyDataset> FlowProperties => [.. _quantities.Keys.Select(q => new FlowPropertyDataset(q, q, q))];

    public FlowDataset Elementary(string compartment, string subcompartment, string name, string unit, string? cas = null)
    {
        var id = $"{compartment}|{subcompartment}|{name}";
        if (!_flows.TryGetValue(id, out var flow))
        {
            flow = new FlowDataset
            {
                Id = id, Name = name, Kind = FlowKind.Elementary, Unit = unit, Compartment = compartment, Subcompartment = subcompartment,
                Category = subcompartment.Length == 0 ? compartment : $"{compartment}/{subcompartment}", Cas = cas,
            };
            _flows[id] = flow;
        }

        return flow;
    }

    public FlowDataset Product(string name, string unit, bool waste, string category = "", bool defined = false)
    {
        if (_flows.TryGetValue(name, out var flow) && !defined)
        {
            return flow;
        }

        // What a process makes or treats is what its product is, however others named it before.
        flow = new FlowDataset { Id = name, Name = name, Kind = waste ? FlowKind.Waste : FlowKind.Product, Unit = unit, Category = category, Location = SimaProNames.Location(name) };
        _flows[name] = flow;
        return flow;
    }

    public bool IsWaste(string product) => _flows.TryGetValue(product, out var flow) && flow.Kind == FlowKind.Waste;

    public void Substance(string compartment, SimaProRow row)
    {
        var formula = row[3].IndexOf("Formula:", StringComparison.OrdinalIgnoreCase) is >= 0 and var at ? row[3][(at + 8)..].Split('\n')[0].Trim() : "";
        _substances.TryAdd((compartment, row[0]), (row[1], Cas(row[2]), formula.Length is > 0 and < 80 ? formula : null));
    }

    public void Unit(SimaProRow row, double factor)
    {
        if (!_units.TryAdd(row[0], (row[1], factor)))
        {
            return;
        }

        if (!_quantities.TryGetValue(row[1], out var units))
        {
            _quantities[row[1]] = units = [];
        }

        units.Add(new UnitDataset(row[0], factor));
    }

    /// <summary>The number without leading zeros; null where the cell holds no such number (spreadsheets turn some into dates).</summary>
    public static string? Cas(string text)
    {
        var plain = text.Trim().TrimStart('0');
        var parts = plain.Split('-');
        return parts.Length == 3 && parts[0].Length is >= 2 and <= 7 && parts[1].Length == 2 && parts[2].Length == 1 && parts.All(p => p.All(char.IsAsciiDigit)) ? plain : null;
    }

    private FlowDataset Completed(FlowDataset flow)
    {
        if (flow.Kind == FlowKind.Elementary && _substances.TryGetValue((flow.Compartment, flow.Name), out var substance))
        {
            flow = flow with { Unit = substance.Unit.Length > 0 ? substance.Unit : flow.Unit, Cas = flow.Cas ?? substance.Cas, Formula = substance.Formula };
        }

        return _units.TryGetValue(flow.Unit, out var unit) ? flow with { PropertyId = unit.Quantity } : flow;
    }
}
