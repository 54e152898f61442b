using System.Collections.Frozen;
using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>A refrigerant blend by mass composition; its GWP is never stored, it follows from the parts.</summary>
/// <param name="Parts">Gas and mass share; the shares add up to one.</param>
public sealed record Blend(string Code, IReadOnlyList<(Gas Gas, double Share)> Parts, string Source, string Mark, string Note);

/// <summary>The blend table (<c>data/gases/blends.csv</c>).</summary>
public static class Blends
{
    private static readonly FrozenDictionary<string, Blend> ByCode = DataRows.Read("gases/blends.csv")
        .Select(row => new Blend(row["code"], Parse(row["composition"]), row["source"], row["mark"], row["note"]))
        .ToFrozenDictionary(b => b.Code, StringComparer.OrdinalIgnoreCase);

    public static IEnumerable<Blend> All => ByCode.Values.OrderBy(b => b.Code, StringComparer.Ordinal);

    public static Blend? Find(string code) => ByCode.GetValueOrDefault(code.Trim());

    /// <summary>Parses <c>HFC-32 50|HFC-125 50</c>: gas code and mass percent.</summary>
    private static (Gas Gas, double Share)[] Parse(string composition) =>
    [
        .. composition.Split('|').Select(part =>
        {
            var blank = part.LastIndexOf(' ');
            return (Gases.Get(part[..blank]), double.Parse(part.AsSpan(blank + 1), NumberStyles.Float, CultureInfo.InvariantCulture) / 100);
        }),
    ];
}
