using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>One part of a calculation: the key of its postings and nine rates, mg or Wh per unit of effective quantity.</summary>
internal sealed record PackagePart(PostingKey Key, double[] Rates, string Origin)
{
    public Amounts Round(double effective)
    {
        Span<long> n = stackalloc long[9];
        for (var at = 0; at < 9; at++)
        {
            var value = Math.Round(effective * Rates[at], MidpointRounding.ToEven);
            n[at] = Math.Abs(value) < 9.2233720368547748e18 ? (long)value : throw new OverflowException();
        }

        return new Amounts(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8]);
    }
}

/// <summary>A calculation of the package, worked out.</summary>
/// <param name="Parts">Null where the package says that its program could not make it again.</param>
internal sealed record PackageCalculation(long Id, byte[] Hash, double Offset, double Multiplier, IReadOnlyList<PackagePart>? Parts, string Activity);

/// <summary>What the small tables of a package say, and what follows from them: units, gases, factors, and every calculation's rates.</summary>
internal sealed class PackageFacts
{
    private readonly PackageReader _reader;
    private readonly PackageFindings _findings;
    private readonly Dictionary<string, Unit> _units = new(StringComparer.Ordinal);
    private readonly Dictionary<string, short> _gasByCode = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Id, string Pack), PackageFactor> _factors = [];
    private readonly Dictionary<string, string> _licences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(short Gas, double Share)>> _substances = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<PackageLine>> _lines = [];

    public PackageFacts(PackageReader reader, PackageFindings findings)
    {
        _reader = reader;
        _findings = findings;
        Each(PackageForm.Units, Unit);
        Each(PackageForm.Gases, Gas);
        foreach (var code in PackageForm.OwnColumn.Where(c => !_gasByCode.ContainsKey(c)))
        {
            findings.Add("missing", PackageForm.Gases, "", "code", code, "");
        }

        Each(PackageForm.Packs, Pack);
        Each(PackageForm.Factors, Factor);
        Each(PackageForm.Substances, r => Add(_substances, r.Text("substance"), ((short)r.Int("gas"), r.Double("share"))));
        Each(PackageForm.Lines, Line);
        var sets = Sets();
        Each(PackageForm.Calculations, r => Calculation(r, sets));
    }

    public Dictionary<long, PackageCalculation> Calculations { get; } = [];

    /// <summary>Regime and GWP × 1000 of each gas.</summary>
    public Dictionary<short, (GasRegime Regime, long Gwp)> Gases { get; } = [];

    /// <summary>Reads a table row by row; what cannot be read is a difference, not an end.</summary>
    public void Each(string table, Action<PackageRow> row)
    {
        try
        {
            foreach (var r in _reader.Rows(table))
            {
                try
                {
                    row(r);
                }
                catch (PackageUnreadable broken)
                {
                    _findings.Add(broken);
                }
            }
        }
        catch (PackageUnreadable broken)
        {
            _findings.Add(broken);
        }
    }

    private void Unit(PackageRow r)
    {
        Unit unit;
        try
        {
            unit = new Unit(r.Text("unit"), Dimension.Parse(r.Has("dimension") ? r["dimension"] : throw r.Unreadable("dimension")), Rational.Parse(r["factor"]), State(r, "gas_state"), State(r, "basis"));
        }
        catch (Exception broken) when (broken is FormatException or OverflowException or DivideByZeroException or InvalidOperationException)
        {
            throw r.Unreadable("factor");
        }

        Once(_units.TryAdd(unit.Code, unit), r, "unit");

        // A unit is what the world says it is: where this program knows its code, the package may not say otherwise.
        var code = unit.Code.Split(" @ ")[0];
        if (Units.Find(code) is { } known)
        {
            _findings.Same(r.File, r.Place, "factor", known.Factor.ToString(), unit.Factor.ToString());
            _findings.Same(r.File, r.Place, "dimension", PackageText.Of(known.Dimension), PackageText.Of(unit.Dimension));
            if (code == unit.Code)
            {
                _findings.Same(r.File, r.Place, "gas_state", PackageText.State(known.GasState), PackageText.State(unit.GasState));
                _findings.Same(r.File, r.Place, "basis", PackageText.State(known.CalorificBasis), PackageText.State(unit.CalorificBasis));
            }
            else
            {
                _findings.Same(r.File, r.Place, "gas_state", unit.Code[(code.Length + 3)..], PackageText.State(unit.Condition));
            }
        }
    }

    private void Gas(PackageRow r)
    {
        var id = (short)r.Int("gas");
        if (!Enum.TryParse<GasRegime>(r["regime"], ignoreCase: true, out var regime) || r["regime"].Any(char.IsAsciiDigit))
        {
            throw r.Unreadable("regime");
        }

        Once(Gases.TryAdd(id, (regime, r.Long("gwp_x1000"))) && _gasByCode.TryAdd(r.Text("code"), id), r, "gas");
        if (Kernel.Gases.Find(r.Text("code")) is { } known)
        {
            _findings.Same(r.File, r.Place, "gas", known.Id, id);
            _findings.Same(r.File, r.Place, "regime", known.Regime, regime);
        }
        else
        {
            _findings.Add("unexpected", r.File, r.Place, "code", "", r["code"]);
        }
    }

    private void Pack(PackageRow r)
    {
        r.Hash("pack_hash");
        Once(_licences.TryAdd(r["pack_hash"], r.Text("licence")), r, "pack_hash");
    }

    private void Factor(PackageRow r)
    {
        var @sealed = r.Flag("sealed");
        if (!_licences.ContainsKey(r["pack_hash"]))
        {
            _findings.Add("missing", PackageForm.Packs, "", "pack_hash", r["pack_hash"], "");
        }

        var factor = new PackageFactor(
            r.Text("factor"), r["pack_hash"], @sealed, r.Text("activity"), @sealed ? [] : [.. r.Text("components").Split('|').Select(c => Component(r, c))], State(r, "basis"),
            Gwp.Parse(r["gwp"]) ?? (r.Has("gwp") ? throw r.Unreadable("gwp") : GwpSet.None), r.Text("source"), r["mark"]);
        Once(_factors.TryAdd((factor.Id, factor.Pack), factor), r, "factor");
    }

    private PackageComponent Component(PackageRow r, string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var blank = equals < 0 ? -1 : text.IndexOf(' ', equals);
        if (blank < 0 || !double.TryParse(text.AsSpan(equals + 1, blank - equals - 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            throw r.Unreadable("components");
        }

        var (name, unit) = (text[..equals], UnitOf(r, "components", text[(blank + 1)..]));
        if (name is "co2e" or "ncv" or "gcv" or "carbon" or "oxidation" or "density" or "leak_rate")
        {
            return new PackageComponent(name, 0, value, unit);
        }

        var part = name.EndsWith("_as_co2e", StringComparison.Ordinal);
        return _gasByCode.TryGetValue(part ? name[..^8] : name, out var gas) ? new PackageComponent(part ? "gas_as_co2e" : "gas", gas, value, unit) : throw r.Unreadable("components");
    }

    private void Line(PackageRow r)
    {
        var lines = _lines.TryGetValue(r.Long("calculation"), out var known) ? known : _lines[r.Long("calculation")] = [];
        var route = r.Int("route") is >= 0 and <= 2 and var n ? (Route)n : throw r.Unreadable("route");
        var line = new PackageLine(new Account((short)r.Int("account")), route, r["role"], r.Text("factor"), r["pack_hash"], r["flags"]);
        _findings.Same(r.File, r.Place, "line", lines.Count, r.Int("line"));
        if (r.Has("factor") != r.Has("pack_hash"))
        {
            throw r.Unreadable("pack_hash");
        }

        lines.Add(line);
    }

    private Dictionary<string, byte[]> Sets()
    {
        var texts = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        Each(
            PackageForm.FactorSets,
            r =>
            {
                var text = texts.TryGetValue(r["factor_set"], out var known) ? known : texts[r["factor_set"]] = new StringBuilder();
                text.Append(text.Length > 0 ? "\n" : "").Append(r["code"]).Append(' ').Append(r["pack_hash"]);
                _findings.Same(r.File, r.Place, "place", text.ToString().AsSpan().Count('\n'), r.Int("place"));
            });
        return texts.ToDictionary(t => t.Key, t => SHA256.HashData(Encoding.UTF8.GetBytes(t.Value.ToString())));
    }

    private void Calculation(PackageRow r, Dictionary<string, byte[]> sets)
    {
        var set = sets.GetValueOrDefault(r["factor_set"]) ?? [];
        _findings.Same(r.File, r.Place, "factor_set", Convert.ToHexStringLower(set), r["factor_set"]);
        var hash = new PackageHashes().Start();
        foreach (var column in (ReadOnlySpan<string>)["activity", "unit", "region", "on_day", "days", "factor", "scope", "category3", "measured", "factors", "code_version"])
        {
            hash.Text(r.Text(column));
        }

        _findings.Same(r.File, r.Place, "hash", Convert.ToHexStringLower(hash.Raw(set).Done()), r["hash"]);
        var id = r.Long("calculation");
        if (r["state"] is not ("open" or "lost"))
        {
            throw r.Unreadable("state");
        }

        var worked = new PackageCalculation(id, r.Hash("hash"), 0, 1, null, r.Text("activity"));
        Once(Calculations.TryAdd(id, worked), r, "calculation");
        if (r["state"] == "open")
        {
            try
            {
                Calculations[id] = Worked(r, worked);
            }
            catch (FormatException broken)
            {
                _findings.Add("unreadable", r.File, r.Place, broken.Message, "", r.Text("factors"));
            }
        }
    }

    private PackageCalculation Worked(PackageRow r, PackageCalculation to)
    {
        var quantity = UnitOf(r, "read_as", r.Text("read_as"));
        _findings.Same(r.File, r.Place, "read_as", r.Text("unit"), r.Text("read_as").Split(" @ ")[0]);
        var measured = Measured(r);
        var (offset, multiplier) = measured switch
        {
            { StockStart: { } start, StockEnd: { } end } => (start - end, 1.0),
            { LeakRate: { } rate } => (0.0, rate * PackageArithmetic.Years(r.Day("on_day"), r.Int("days"))),
            _ => (0.0, 1.0),
        };
        var lines = _lines.GetValueOrDefault(to.Id) ?? throw new FormatException("lines");
        var factors = lines.Select(l => l.Factor).Where(f => f.Length > 0).Distinct();
        _findings.Same(r.File, r.Place, "factors", string.Join('|', factors), r.Text("factors"));
        var parts = new PackageParts();
        PackageFactor? main = null;
        foreach (var (line, at) in lines.Select((l, at) => (l, at)))
        {
            var factor = line.Factor.Length == 0 ? null : FactorOf(line);
            main ??= factor;
            var given = at > 0 && measured.NetCalorificValue is null && main?.Find("ncv") is { } ncv ? measured with { NetCalorificValue = ncv } : measured;
            var rates = factor is null ? Released(r, quantity) : PackageArithmetic.Of(factor, quantity, given);
            string[] origin = [r.Text("activity"), line.Factor, factor?.Source ?? "", factor is null ? "" : _licences.GetValueOrDefault(factor.Pack, ""), factor?.Mark ?? "V", .. line.Flags.Split('|', StringSplitOptions.RemoveEmptyEntries)];
            parts.Add(line, rates, factor, string.Join('\n', origin), at == 0 && r.Flag("counts_energy") ? rates.Wh : null);
        }

        return to with { Offset = offset, Multiplier = multiplier, Parts = parts.Done };
    }

    private PackageFactor FactorOf(PackageLine line)
    {
        var factor = _factors.GetValueOrDefault((line.Factor, line.Pack)) ?? throw new FormatException("factor " + line.Factor);
        return factor.Sealed ? throw new FormatException("sealed " + line.Factor) : factor;
    }

    private PackageRates Released(PackageRow r, Unit quantity) => new(
        [.. (_substances.GetValueOrDefault(r.Text("activity")) ?? throw new FormatException("substance")).Select(p => (p.Gas, quantity.ToCoherent * p.Share))], 0, false, null);

    private Measured Measured(PackageRow r)
    {
        if (!r.Has("measured"))
        {
            return Factors.Methods.Measured.Nothing;
        }

        try
        {
            using var json = JsonDocument.Parse(r.Text("measured"));
            var root = json.RootElement;
            return new Measured
            {
                NetCalorificValue = Value("ncv"), CarbonContent = Value("carbon_content"), Density = Value("density"), Oxidation = Plain("oxidation"), LeakRate = Plain("leak_rate"),
                StockStart = Plain("stock_start"), StockEnd = Plain("stock_end"),
            };

            MeasuredValue? Value(string name) => root.TryGetProperty(name, out var pair) ? new MeasuredValue(pair[0].GetDouble(), UnitOf(r, "measured", pair[1].GetString()!)) : null;

            double? Plain(string name) => root.TryGetProperty(name, out var number) ? number.GetDouble() : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException or IndexOutOfRangeException or FormatException)
        {
            throw r.Unreadable("measured");
        }
    }

    private Unit UnitOf(PackageRow r, string column, string code) => _units.GetValueOrDefault(code) ?? throw new PackageUnreadable(r.File, r.Place, column, code);

    private void Once(bool added, PackageRow r, string column)
    {
        if (!added)
        {
            _findings.Add("unexpected", r.File, r.Place, column, "", r[column]);
        }
    }

    private static UnitCondition State(PackageRow r, string column) => r[column] switch
    {
        "" => UnitCondition.None,
        "0C" => UnitCondition.Gas0C,
        "15C" => UnitCondition.Gas15C,
        "20C" => UnitCondition.Gas20C,
        "60F" => UnitCondition.Gas60F,
        "gross" => UnitCondition.GrossCalorific,
        "net" => UnitCondition.NetCalorific,
        _ => throw r.Unreadable(column),
    };

    private static void Add<T>(Dictionary<string, List<T>> to, string key, T value)
    {
        (to.TryGetValue(key, out var list) ? list : to[key] = []).Add(value);
    }
}

/// <summary>A line of a calculation as the package writes it.</summary>
internal sealed record PackageLine(Account Account, Route Route, string Role, string Factor, string Pack, string Flags);
