using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>Exact CO2e: mg × <see cref="Gwp.Scale"/> in 128 bits; turned into kg or t only to be shown.</summary>
public readonly record struct Co2eSum(Int128 Scaled)
{
    public double Kilograms => Co2e.Kilograms(Scaled);

    public double Tonnes => Kilograms / 1000;

    public static Co2eSum operator +(Co2eSum a, Co2eSum b) => new(a.Scaled + b.Scaled);

    public double ShareOf(Co2eSum whole) => whole.Scaled == 0 ? 0 : (double)Scaled / (double)whole.Scaled;
}

/// <summary>Mass and CO2e of one gas; the mass is 0 for CO2e that was posted as such.</summary>
/// <param name="Gas">Null for fixed CO2e.</param>
public sealed record GasTotal(Gas? Gas, GwpSet FixedGwp, Int128 MassMg, Co2eSum Co2e);

/// <summary>
/// An inventory: what the postings of a boundary and period add up to under one GWP set and one route. Holds no figure of its own: every number
/// is a sum over <see cref="Entries"/>. There is deliberately no grand total over location and market.
/// </summary>
public sealed class Statement
{
    private const double WhPerTce = 29_307_600_000.0 / 3600; // GB/T 2589-2020: 1 tce = 29 307.6 MJ

    private readonly IReadOnlyList<StatementEntry> _entries;

    // CO2e of each entry in the scopes: every cut adds these up again.
    private readonly Int128[] _inScopes;

    /// <param name="more">Caveats that do not follow from the entries but from where they were read.</param>
    public Statement(IEnumerable<StatementEntry> entries, GwpSet gwp, Route route, params IReadOnlyList<Caveat> more)
        : this([.. entries.Where(e => e.Counts(route))], gwp, route) => Caveats = [.. Inventory.Caveats.Of(this), .. more];

    private Statement(IReadOnlyList<StatementEntry> entries, GwpSet gwp, Route route)
    {
        Gwp = gwp;
        Route = route;
        _entries = entries;
        _inScopes = [.. entries.Select(e => Co2e.InScopes(e.Amounts, e.Key.OtherGas, gwp))];
        Caveats = [];
    }

    public GwpSet Gwp { get; }

    public Route Route { get; }

    public IReadOnlyList<StatementEntry> Entries => _entries;

    /// <summary>Computed from the entries; they print with every figure and cannot be left out.</summary>
    public IReadOnlyList<Caveat> Caveats { get; private init; }

    public Co2eSum Scope1 => Scope(1);

    /// <summary>Scope 2 by location. Market-based scope 2 is not given: it exists only with instruments.</summary>
    public Co2eSum Scope2Location => Scope(2);

    public Co2eSum Scope3 => Scope(3);

    /// <summary>Scopes 1, 2 (location) and 3 together.</summary>
    public Co2eSum AllScopes => Sum(_ => true);

    /// <summary>Biogenic CO2 in mg, outside the scopes.</summary>
    public Int128 BiogenicCo2Mg => _entries.Aggregate(Int128.Zero, (sum, e) => sum + e.Amounts.Co2Biogenic);

    /// <summary>Gases outside the Kyoto list (Montreal Protocol), reported apart.</summary>
    public Co2eSum Apart => new(_entries.Aggregate(Int128.Zero, (sum, e) => sum + Co2e.Apart(e.Amounts, e.Key.OtherGas, Gwp)));

    /// <summary>Energy used, Wh.</summary>
    public Int128 EnergyWh => _entries.Aggregate(Int128.Zero, (sum, e) => sum + e.Amounts.EnergyWh);

    public double EnergyMWh => (double)EnergyWh / 1e6;

    public double EnergyGJ => (double)EnergyWh * 3.6e-6;

    public double EnergyTce => (double)EnergyWh / WhPerTce;

    public Co2eSum Scope(int scope) => Sum(e => e.Key.Account.Scope == scope);

    public Co2eSum Category3(int category) => Sum(e => e.Key.Account.Category3 == category);

    public Co2eSum Of(StatementEntry entry) => new(Co2e.InScopes(entry.Amounts, entry.Key.OtherGas, Gwp));

    public Co2eSum Sum(Func<StatementEntry, bool> which)
    {
        var sum = Int128.Zero;
        for (var at = 0; at < _inScopes.Length; at++)
        {
            sum += which(_entries[at]) ? _inScopes[at] : 0;
        }

        return new Co2eSum(sum);
    }

    /// <summary>Sums by any cut: site, month, source, account …</summary>
    public IReadOnlyDictionary<TKey, Co2eSum> By<TKey>(Func<StatementEntry, TKey> key)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, Co2eSum>();
        for (var at = 0; at < _inScopes.Length; at++)
        {
            var cut = key(_entries[at]);
            sums[cut] = new Co2eSum(sums.GetValueOrDefault(cut).Scaled + _inScopes[at]);
        }

        return sums;
    }

    /// <summary>Energy by any cut, Wh: it stands beside the carbon of the same cut.</summary>
    public IReadOnlyDictionary<TKey, Int128> EnergyBy<TKey>(Func<StatementEntry, TKey> key)
        where TKey : notnull
    {
        var sums = new Dictionary<TKey, Int128>();
        foreach (var entry in _entries)
        {
            var cut = key(entry);
            sums[cut] = sums.GetValueOrDefault(cut) + entry.Amounts.EnergyWh;
        }

        return sums;
    }

    /// <summary>A statement that was frozen: the caveats are those it was frozen with.</summary>
    internal static Statement Frozen(IReadOnlyList<StatementEntry> entries, GwpSet gwp, Route route, IReadOnlyList<Caveat> caveats) =>
        new(entries, gwp, route) { Caveats = caveats };

    /// <summary>Masses and CO2e by gas, the named gases first, then others by id, then CO2e posted as such by its set.</summary>
    public IReadOnlyList<GasTotal> ByGas()
    {
        var masses = new SortedDictionary<short, Int128>();
        var fixedCo2e = new SortedDictionary<GwpSet, Int128>();
        foreach (var entry in _entries)
        {
            Add(Gases.Co2, entry.Amounts.Co2);
            Add(Gases.Co2Biogenic, entry.Amounts.Co2Biogenic);
            Add(Gases.Ch4Fossil, entry.Amounts.Ch4Fossil);
            Add(Gases.Ch4NonFossil, entry.Amounts.Ch4NonFossil);
            Add(Gases.Ch4, entry.Amounts.Ch4);
            Add(Gases.N2O, entry.Amounts.N2O);
            if (entry.Key.OtherGas != 0)
            {
                Add(Gases.Get(entry.Key.OtherGas), entry.Amounts.Other);
            }

            if (entry.Amounts.Co2eFixed != 0)
            {
                fixedCo2e[entry.Key.FixedGwp] = fixedCo2e.GetValueOrDefault(entry.Key.FixedGwp) + entry.Amounts.Co2eFixed;
            }
        }

        return
        [
            .. masses.Where(m => m.Value != 0).Select(m => new GasTotal(Gases.Get(m.Key), GwpSet.None, m.Value, new Co2eSum(m.Value * Kernel.Gwp.Scaled(Gwp, m.Key)))),
            .. fixedCo2e.Select(f => new GasTotal(null, f.Key, 0, new Co2eSum(f.Value * Kernel.Gwp.Scale))),
        ];

        void Add(Gas gas, long mg) => masses[gas.Id] = masses.GetValueOrDefault(gas.Id) + mg;
    }
}
