using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A module of the life cycle of a building product (EN 15804:2012+A2:2019, 6.2; <c>data/lca/modules.csv</c>).</summary>
/// <param name="Stage"><c>product</c>, <c>construction</c>, <c>use</c>, <c>end_of_life</c> or <c>beyond</c>.</param>
/// <param name="InTotal">Module D is not: its benefits and loads lie beyond the system boundary.</param>
public sealed record LifeCycleModule(string Code, string Stage, bool InTotal, string En, string Zh)
{
    public static IReadOnlyList<LifeCycleModule> All { get; } =
        [.. DataRows.Read("lca/modules.csv").Select(r => new LifeCycleModule(r["module"], r["stage"], r["total"] == "1", r["name_en"], r["name_zh"]))];

    public string Name(Language language) => language == Language.Chinese ? Zh : En;

    /// <summary>The modules that a code such as <c>C3</c>, <c>A1-A3</c> or <c>C</c> covers, in order; none where it is no such code.</summary>
    public static IReadOnlyList<LifeCycleModule> Covered(string code)
    {
        var text = code.Trim().ToUpperInvariant().Replace('–', '-');
        if (text.Split('-', StringSplitOptions.TrimEntries) is [var from, var until] && Place(from) is >= 0 and var first && Place(until) is var last && last >= first)
        {
            return [.. All.Skip(first).Take(last - first + 1)];
        }

        return [.. All.Where(m => m.Code == text || (text.Length == 1 && m.Code[0] == text[0]))];
    }

    private static int Place(string code)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i].Code == code)
            {
                return i;
            }
        }

        return -1;
    }
}
