using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using static Tanlu.Inventory.PackageText;

namespace Tanlu.Inventory;

/// <summary>Turns what a package's rows rest on into its tables: calculations, factors, packs, units, gases.</summary>
/// <param name="made">The calculations made again, by id.</param>
/// <param name="lost">Those that come out otherwise than they were posted.</param>
internal sealed class PackageRecords(PackageDraft draft, IReadOnlyDictionary<long, PinnedCalculation> made, IReadOnlySet<long> lost)
{
    private readonly SortedDictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Id, string Pack), FactorVersion> _factors = [];
    private readonly SortedDictionary<string, FactorPack> _packs = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, IReadOnlyList<PackPin>> _sets = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _substances = new(StringComparer.Ordinal);
    private readonly SortedSet<short> _gases = [.. ((Gas[])[Gases.Co2, Gases.Co2Biogenic, Gases.Ch4Fossil, Gases.Ch4NonFossil, Gases.Ch4, Gases.N2O]).Select(g => g.Id)];

    /// <summary>Whether a calculation rests on a value that its publisher does not let pass on: its quantity would tell it.</summary>
    public static bool IsSealed(PinnedCalculation calculation) => calculation.Made is { } c && c.Lines.Any(l => l.Factor is { Pack.Redistributable: false });

    /// <summary>Writes the calculations of the rows in the package.</summary>
    public void Calculations(IEnumerable<BookCalculation> calculations)
    {
        foreach (var pin in calculations.OrderBy(c => c.Id))
        {
            var calculation = lost.Contains(pin.Id) ? null : made[pin.Id].Made;
            _sets[Convert.ToHexStringLower(pin.FactorSet)] = pin.Packs;
            draft[PackageForm.Calculations].Row(
                Number(pin.Id), Convert.ToHexStringLower(pin.Hash), calculation is null ? "lost" : "open", Text(pin.Activity), Text(pin.Unit), calculation is null ? "" : Unit(calculation.ReadAs),
                Text(pin.Region), Day(pin.On), Number(pin.Days), Text(pin.Factor), Number(pin.Scope), Number(pin.Category3), Text(pin.Measured), Text(pin.Factors), Text(pin.CodeVersion),
                Convert.ToHexStringLower(pin.FactorSet), calculation?.Energy is null ? "0" : "1");
            if (calculation is not null)
            {
                Lines(pin.Id, calculation);
            }
        }
    }

    /// <summary>Names the factors of calculations that are sealed, without their values.</summary>
    public void Sealed(IEnumerable<PinnedCalculation> calculations)
    {
        foreach (var line in calculations.SelectMany(c => c.Made!.Lines))
        {
            Factor(line.Factor);
        }
    }

    /// <summary>Remembers a gas that a posting names.</summary>
    public void Gas(short gas) => _gases.Add(gas);

    /// <summary>Writes what was gathered on the way.</summary>
    public void Finish(GwpSet gwp)
    {
        foreach (var ((id, pack), v) in _factors)
        {
            var open = v.Pack.Redistributable;
            _packs[pack] = v.Pack;
            foreach (var component in v.Components.Where(_ => open))
            {
                Unit(component.Unit);
                if (component.Gas is { } gas)
                {
                    Gas(gas.Id);
                }
            }

            draft[PackageForm.Factors].Row(
                Text(id), pack, open ? "0" : "1", Text(v.Activity), PackFile.RoleName(v.Role), Text(v.Geography), Text(v.Technology), Day(v.ValidFrom), v.ValidTo is { } to ? Day(to) : "",
                Text(v.NameEn), Text(v.NameZh), open ? Text(PackFile.ComponentsText(v.Components)) : "", State(v.Basis), Gwp.Code(v.Gwp), Number(v.Priority), Text(v.Source), Text(v.Page), v.Mark,
                v.UncertaintyPercent is { } u && open ? Number(u) : "", open ? Text(v.Quality) : "", open ? Text(v.Note) : "");
        }

        foreach (var (hash, pack) in _packs)
        {
            draft[PackageForm.Packs].Row(
                hash, pack.Code, Text(pack.Version), Text(pack.NameEn), Text(pack.NameZh), Text(pack.Publisher), Text(pack.Licence), Text(pack.LicenceUrl), Text(pack.Attribution), pack.ShareAlike ? "1" : "0",
                pack.Redistributable ? "allowed" : "forbidden");
        }

        foreach (var (set, packs) in _sets)
        {
            for (var at = 0; at < packs.Count; at++)
            {
                draft[PackageForm.FactorSets].Row(set, Number(at), packs[at].Code, packs[at].Hash);
            }
        }

        foreach (var substance in _substances)
        {
            Substance(substance);
        }

        foreach (var (key, unit) in _units)
        {
            draft[PackageForm.Units].Row(Text(key), Of(unit.Dimension), unit.Factor.ToString(), State(unit.GasState), State(unit.CalorificBasis));
        }

        foreach (var gas in _gases.Select(Gases.Get))
        {
            var value = Gwp.Find(gwp, gas);
            draft[PackageForm.Gases].Row(
                Number(gas.Id), Text(gas.Code), Text(gas.Formula), gas.Regime.ToString().ToLowerInvariant(), Number(Gwp.Scaled(gwp, gas.Id)), Text(value?.Source),
                Text(value?.Page));
        }
    }

    private void Lines(long id, Calculation calculation)
    {
        var request = calculation.Request;
        Unit(request.Unit);
        foreach (var measured in (ReadOnlySpan<MeasuredValue?>)[request.Measured.NetCalorificValue, request.Measured.CarbonContent, request.Measured.Density])
        {
            if (measured is { } given)
            {
                Unit(given.Unit);
            }
        }

        for (var at = 0; at < calculation.Lines.Count; at++)
        {
            var line = calculation.Lines[at];
            Factor(line.Factor);
            if (line.Factor is null)
            {
                _substances.Add(request.Activity);
            }

            foreach (var gas in line.Gases)
            {
                Gas(gas.Gas.Id);
            }

            draft[PackageForm.Lines].Row(
                Number(id), Number(at), Number(line.Account.Number), Number((long)line.Route), PackFile.RoleName(line.Role), Text(line.Factor?.Id), line.Factor?.Pack.Hash ?? "",
                string.Join('|', line.Flags.Select(f => f.Code)));
        }
    }

    private void Factor(FactorVersion? version)
    {
        if (version is not null)
        {
            _factors[(version.Id, version.Pack.Hash)] = version;
        }
    }

    /// <summary>The gases of a refrigerant by mass; a pure one is wholly itself.</summary>
    private void Substance(string activity)
    {
        var code = activity["refrigerant.".Length..];
        if (Blends.Find(code) is { } blend)
        {
            foreach (var (gas, share) in blend.Parts)
            {
                draft[PackageForm.Substances].Row(Text(activity), Number(gas.Id), Number(share), Text(blend.Source));
            }
        }
        else
        {
            draft[PackageForm.Substances].Row(Text(activity), Number(Gases.Find(code)!.Id), "1", "");
        }
    }

    private string Unit(Unit unit)
    {
        var key = Key(unit);
        _units[key] = unit;
        return Text(key);
    }
}
