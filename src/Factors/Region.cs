using System.Collections.Frozen;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>A place factors are made for: a country or subdivision of ISO 3166, a grid region, or the world.</summary>
/// <param name="Code">ISO 3166-1 alpha-2, ISO 3166-2, or a code of our own such as <c>CN-GRID-EAST</c>, <c>US-EGRID-CAMX</c>, <c>WORLD</c>.</param>
/// <param name="Parent">Code of the place around it; empty for the world.</param>
public sealed record Region(string Code, string Parent, string En, string Zh)
{
    public string Name(Language language) => language == Language.Chinese ? Zh : En;

    /// <summary>Every way of writing it that the table knows, shared ones included.</summary>
    internal IReadOnlyList<string> Spellings { get; init; } = [];

    public override string ToString() => Code;
}

/// <summary>The region table (<c>data/regions/regions.csv</c>). A place that is not in it is an error, never a guess.</summary>
public static class Regions
{
    private static readonly FrozenDictionary<string, Region> ByCode;
    private static readonly FrozenDictionary<string, Region> BySpelling;

    static Regions()
    {
        var codes = new Dictionary<string, Region>(StringComparer.OrdinalIgnoreCase);
        var spellings = new Dictionary<string, Region>(StringComparer.OrdinalIgnoreCase);
        foreach (var row in DataRows.Read("regions/regions.csv"))
        {
            var region = new Region(row["code"], row["parent"], row["name_en"], row["name_zh"])
            {
                Spellings = [.. row["aliases"].Split('|', StringSplitOptions.RemoveEmptyEntries), row["code"], row["name_en"], row["name_zh"]],
            };
            codes.Add(region.Code, region);
            foreach (var spelling in region.Spellings)
            {
                // A name that two places share (Georgia) names neither; the code does.
                spellings[spelling] = spellings.TryGetValue(spelling, out var other) && other != region ? null! : region;
            }
        }

        ByCode = codes.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
        BySpelling = spellings.Where(s => s.Value is not null).ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    public static IEnumerable<Region> All => ByCode.Values.OrderBy(r => r.Code, StringComparer.Ordinal);

    public static Region World => ByCode["WORLD"];

    /// <summary>By code first, then by an unambiguous name in either language.</summary>
    public static Region? Find(string text) =>
        ByCode.TryGetValue(text.Trim(), out var region) ? region : BySpelling.GetValueOrDefault(text.Trim());

    public static Region Get(string code) => ByCode.TryGetValue(code, out var region) ? region : throw new InvalidDataException($"No region {code}.");

    /// <summary>The region and the places around it, nearest first, ending with the world.</summary>
    public static IEnumerable<Region> Outwards(Region region)
    {
        for (Region? at = region; at is not null; at = at.Parent.Length > 0 ? ByCode[at.Parent] : null)
        {
            yield return at;
        }
    }
}
