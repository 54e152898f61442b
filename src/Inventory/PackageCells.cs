using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>Adds postings up to the cells of the edition, and the cells to its totals.</summary>
internal sealed class PackageCells
{
    private readonly PackageEdition _edition;
    private readonly PackageFacts _facts;
    private readonly PackageFindings _findings;
    private readonly Dictionary<EditionCellKey, Int128[]> _sums = [];
    private readonly HashSet<EditionCellKey> _together = [];
    private readonly HashSet<(long Site, int Month)> _leftOut = [];
    private readonly Int128[] _totals = new Int128[400];
    private Int128 _apart;
    private Int128 _biogenic;
    private Int128 _energy;
    private Int128 _sealed;
    private Int128 _lostSum;

    public PackageCells(PackageEdition edition, PackageFacts facts, PackageFindings findings)
    {
        (_edition, _facts, _findings) = (edition, facts, findings);
        var cells = edition.Cells.Select(c => (c.Key.Site, c.Key.Month)).ToHashSet();
        facts.Each(
            PackageForm.LeftOut,
            r =>
            {
                if (!_leftOut.Add((r.Long("site"), r.Month("month").Number)) || cells.Contains((r.Long("site"), r.Month("month").Number)))
                {
                    findings.Add("unexpected", r.File, r.Place, "month", "", r["month"]);
                }
            });
    }

    public double RecomputedShare => Whole == 0 ? 1 : (double)(Whole - _sealed - _lostSum) / (double)Whole;

    public double SealedShare => Whole == 0 ? 0 : (double)_sealed / (double)Whole;

    public double LostShare => Whole == 0 ? 0 : (double)_lostSum / (double)Whole;

    private Int128 Whole => _totals.Aggregate(Int128.Zero, (sum, t) => sum + t);

    public static long[] Columns(Amounts a) => [a.Co2, a.Co2Biogenic, a.Ch4Fossil, a.Ch4NonFossil, a.Ch4, a.N2O, a.Other, a.Co2eFixed, a.EnergyWh];

    public void Add(PackagePosting p)
    {
        if (!_edition.Sites.ContainsKey(p.Site))
        {
            _findings.Add("unexpected", PackageForm.Postings, p.Row.Place, "site", "", p.Row["site"]);
        }

        if (p.Month.Number < _edition.From.Number || p.Month.Number >= _edition.To.Number || (p.Key.Route != Route.Both && p.Key.Route != _edition.Route)
            || _leftOut.Contains((p.Site, p.Month.Number)))
        {
            return;
        }

        if (!_facts.Calculations.TryGetValue(p.Calculation, out var calculation) || (calculation.Parts is { } parts && (p.Part < 0 || p.Part >= parts.Count)))
        {
            _findings.Add("missing", PackageForm.Calculations, "", "calculation", p.Row["calculation"] + "/" + p.Row["part"], "");
            return;
        }

        var key = new EditionCellKey(p.Site, p.Month.Number, p.Source, calculation.Parts?[p.Part].Origin ?? calculation.Activity, p.Key, p.Quality, p.Evidenced);
        if (calculation.Parts is null)
        {
            _together.Add(key);
        }

        AddTo(_sums, key, p.Amounts);
    }

    /// <summary>The key under which a cell is compared: its own, or where a lost calculation may have gone into it, the one that all origins of the activity share.</summary>
    private EditionCellKey Compared(EditionCellKey key)
    {
        var shared = key with { Origin = key.Origin.Split('\n')[0] };
        return _together.Contains(shared) ? shared : key;
    }

    public void Verify()
    {
        var stated = new Dictionary<EditionCellKey, Int128[]>();
        foreach (var (key, sums) in _sums.Where(s => Compared(s.Key) != s.Key).ToList())
        {
            _sums.Remove(key);
            AddTo(_sums, Compared(key), sums);
        }

        foreach (var cell in _edition.Cells)
        {
            if (cell.Amounts is { } amounts)
            {
                AddTo(stated, Compared(cell.Key), amounts);
                Count(cell.Key, amounts);
            }
            else
            {
                _sums.Remove(Compared(cell.Key));
            }
        }

        foreach (var (key, sums) in stated)
        {
            var found = _sums.Remove(key, out var known) ? known : new Int128[9];
            for (var at = 0; at < 9; at++)
            {
                _findings.Same(PackageForm.Edition, Name(key), PackageForm.Amounts[at], found[at], sums[at]);
            }
        }

        foreach (var (key, sums) in _sums.Where(s => s.Value.Any(v => v != 0)))
        {
            _findings.Add("missing", PackageForm.Edition, Name(key), "cells", string.Join(' ', sums), "");
        }

        Totals();
    }

    private void Totals()
    {
        _facts.Each(
            PackageForm.Sealed,
            r =>
            {
                var account = r.Int("account");
                var cells = _edition.Cells.Count(c => c.Amounts is null && c.Key.Key.Account.Number == account);
                if (!_findings.Same(r.File, r.Place, "cells", cells, r.Int("cells")) || account is not (100 or 200 or (> 300 and <= 315)))
                {
                    return;
                }

                _totals[account] += r.Wide("co2e_mg_x1000");
                _sealed += r.Wide("co2e_mg_x1000");
                _apart += r.Wide("apart_mg_x1000");
                _biogenic += r.Wide("biogenic_co2_mg");
            });
        Total("scope1", _totals[100]);
        Total("scope2_location", _totals[200]);
        Total("scope3", _totals.Skip(301).Aggregate(Int128.Zero, (sum, t) => sum + t));
        for (var category = 1; category <= 15; category++)
        {
            Total("scope3_" + PackageText.Number((long)category), _totals[300 + category]);
        }

        Total("apart", _apart);
        _findings.Same(PackageForm.Edition, "", "biogenic_co2_mg", PackageText.Number(_biogenic), _edition.BiogenicMg);
        if (_edition.EnergyWh is { } energy)
        {
            _findings.Same(PackageForm.Edition, "", "energy_wh", PackageText.Number(_energy), energy);
        }

        void Total(string name, Int128 sum) => _findings.Same(PackageForm.Edition, "totals_mg_co2e_x1000", name, PackageText.Number(sum), _edition.Totals.GetValueOrDefault(name, ""));
    }

    private void Count(EditionCellKey key, Amounts a)
    {
        if (key.Key.Account.Number is not (100 or 200 or (> 300 and <= 315)))
        {
            _findings.Add("unexpected", PackageForm.Edition, Name(key), "account", "", PackageText.Number((long)key.Key.Account.Number));
            return;
        }

        var other = key.Key.OtherGas != 0 && _facts.Gases.TryGetValue(key.Key.OtherGas, out var gas) ? gas : default;
        var inScopes = ((Int128)a.Co2 * 1000) + (a.Ch4Fossil * Gwp(Gases.Ch4Fossil)) + (a.Ch4NonFossil * Gwp(Gases.Ch4NonFossil)) + (a.Ch4 * Gwp(Gases.Ch4)) + (a.N2O * Gwp(Gases.N2O))
            + ((Int128)a.Co2eFixed * 1000);
        if (key.Key.OtherGas != 0 && other.Regime == GasRegime.Kyoto)
        {
            inScopes += (Int128)a.Other * other.Gwp;
        }
        else if (key.Key.OtherGas != 0)
        {
            _apart += (Int128)a.Other * other.Gwp;
        }

        _totals[key.Key.Account.Number] += inScopes;
        _lostSum += Compared(key) != key ? inScopes : 0;
        _biogenic += a.Co2Biogenic;
        _energy += a.EnergyWh;

        Int128 Gwp(Gas of) => _facts.Gases.TryGetValue(of.Id, out var known) ? known.Gwp : 0;
    }

    private static string Name(EditionCellKey key) => string.Create(
        System.Globalization.CultureInfo.InvariantCulture, $"{key.Site} {new Month(key.Month)} {key.Source} {key.Origin.Replace('\n', ' ')} {key.Key.Account.Number}");

    private static void AddTo(Dictionary<EditionCellKey, Int128[]> sums, EditionCellKey key, Amounts amounts) => AddTo(sums, key, Array.ConvertAll(Columns(amounts), c => (Int128)c));

    private static void AddTo(Dictionary<EditionCellKey, Int128[]> sums, EditionCellKey key, Int128[] amounts)
    {
        var sum = sums.TryGetValue(key, out var known) ? known : sums[key] = new Int128[9];
        for (var at = 0; at < 9; at++)
        {
            sum[at] += amounts[at];
        }
    }
}
