using System.Collections.Frozen;
using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>The treaty a gas falls under: it decides whether the gas counts in the scopes (GHG Protocol: Kyoto gases only) or is reported apart.</summary>
public enum GasRegime : byte
{
    Kyoto,
    Montreal,
    Other,
}

/// <summary>A greenhouse gas as the book keeps it: a mass is posted per gas, CO2e is derived.</summary>
/// <param name="Id">Stable number that postings store.</param>
/// <param name="Code">Code in packs and files, e.g. <c>co2</c>, <c>ch4_fossil</c>, <c>HFC-134a</c>.</param>
/// <param name="Biogenic">Biogenic CO2: reported apart from the scopes.</param>
public sealed record Gas(short Id, string Code, string Formula, GasRegime Regime, bool Biogenic, string En, string Zh)
{
    public string Name(Language language) => language == Language.Chinese ? Zh : En;

    public override string ToString() => Code;
}

/// <summary>The gas table (<c>data/gases/gases.csv</c>).</summary>
public static class Gases
{
    private static readonly FrozenDictionary<string, Gas> BySpelling;
    private static readonly FrozenDictionary<short, Gas> ById;

    static Gases()
    {
        var spellings = new Dictionary<string, Gas>(StringComparer.OrdinalIgnoreCase);
        var ids = new Dictionary<short, Gas>();
        foreach (var row in DataRows.Read("gases/gases.csv"))
        {
            var gas = new Gas(
                short.Parse(row["id"], CultureInfo.InvariantCulture), row["code"], row["formula"],
                Enum.Parse<GasRegime>(row["regime"], ignoreCase: true), row["biogenic"] == "1", row["name_en"], row["name_zh"]);
            ids.Add(gas.Id, gas);
            foreach (var spelling in row["aliases"].Split('|', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Prepend(gas.Code))
            {
                if (!spellings.TryAdd(spelling, gas) && spellings[spelling] != gas)
                {
                    throw new InvalidDataException($"The gas spelling “{spelling}” stands for both {spellings[spelling].Code} and {gas.Code}.");
                }
            }
        }

        BySpelling = spellings.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        ById = ids.ToFrozenDictionary();

        // Here and not as initialisers, which would run before the tables are filled.
        Co2 = Get("co2");
        Co2Biogenic = Get("co2_biogenic");
        Ch4Fossil = Get("ch4_fossil");
        Ch4NonFossil = Get("ch4_nonfossil");
        Ch4 = Get("ch4");
        N2O = Get("n2o");
    }

    public static Gas Co2 { get; }

    /// <summary>CO2 from biomass, kept outside the scopes (GHG Protocol Corporate Standard, ch. 4).</summary>
    public static Gas Co2Biogenic { get; }

    public static Gas Ch4Fossil { get; }

    public static Gas Ch4NonFossil { get; }

    /// <summary>Methane whose carbon is already counted as CO2 (combustion with full oxidation), or of unknown origin.</summary>
    public static Gas Ch4 { get; }

    public static Gas N2O { get; }

    public static IEnumerable<Gas> All => ById.Values.OrderBy(g => g.Id);

    public static Gas? Find(string spelling) => BySpelling.GetValueOrDefault(spelling.Trim());

    public static Gas Get(string code) => Find(code) ?? throw new InvalidDataException($"No gas “{code}”.");

    public static Gas Get(short id) => ById[id];
}
