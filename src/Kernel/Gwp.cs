using System.Collections.Frozen;
using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>The IPCC assessment report whose 100-year global warming potentials are meant. The numbers are stored in postings.</summary>
public enum GwpSet : byte
{
    /// <summary>No set: the figure is a gas mass, or the publisher does not say.</summary>
    None = 0,
    Sar = 1,
    Ar4 = 2,
    Ar5 = 3,
    Ar6 = 4,
}

/// <summary>One value of a set as a scaled integer.</summary>
/// <param name="Scaled">GWP-100 × <see cref="Gwp.Scale"/>, exact.</param>
public sealed record GwpValue(GwpSet Set, Gas Gas, long Scaled, string Source, string Page, string Mark, string Note)
{
    public double Value => (double)Scaled / Gwp.Scale;
}

/// <summary>
/// GWP-100 values as scaled integers (<c>data/gases/gwp100.csv</c>), so that CO2e of integer masses is an exact sum, additive in any order.
/// </summary>
public static class Gwp
{
    /// <summary>Values are stored as thousandths: the finest published step is 0.001.</summary>
    public const int Scale = 1000;

    private static readonly FrozenDictionary<(GwpSet, short), GwpValue> Values = Load();

    public static IEnumerable<GwpValue> All => Values.Values.OrderBy(v => v.Set).ThenBy(v => v.Gas.Id);

    public static GwpValue? Find(GwpSet set, Gas gas) => Values.GetValueOrDefault((set, gas.Id));

    /// <summary>The scaled value; 0 where the set has none for the gas (a hydrocarbon, biogenic CO2).</summary>
    public static long Scaled(GwpSet set, short gas) => Values.TryGetValue((set, gas), out var value) ? value.Scaled : 0;

    public static GwpSet? Parse(string? text) => text?.Trim().ToUpperInvariant() switch
    {
        "SAR" => GwpSet.Sar,
        "AR4" => GwpSet.Ar4,
        "AR5" => GwpSet.Ar5,
        "AR6" => GwpSet.Ar6,
        _ => null,
    };

    public static string Code(GwpSet set) => set == GwpSet.None ? "" : set.ToString().ToUpperInvariant();

    private static FrozenDictionary<(GwpSet, short), GwpValue> Load()
    {
        var values = new Dictionary<(GwpSet, short), GwpValue>();
        foreach (var row in DataRows.Read("gases/gwp100.csv"))
        {
            // An earlier version of a value (SF6 in AR6 until 2024) stays readable in the table but does not serve.
            if (row["superseded"] == "1")
            {
                continue;
            }

            var set = Parse(row["set"]) ?? throw new InvalidDataException($"Unknown GWP set {row["set"]}.");
            var gas = Gases.Get(row["gas"]);
            var scaled = long.Parse(row["gwp_x1000"], CultureInfo.InvariantCulture);
            values.Add((set, gas.Id), new GwpValue(set, gas, scaled, row["source"], row["page"], row["mark"], row["note"]));
        }

        return values.ToFrozenDictionary();
    }
}
