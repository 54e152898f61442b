using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>What to look for in the library.</summary>
/// <param name="Text">Words in either language, a code, or part of an id.</param>
/// <param name="Activity">Only versions of this activity.</param>
/// <param name="Region">Only versions of this place, by code.</param>
/// <param name="Pack">Only versions of this pack, by code.</param>
/// <param name="Year">Only versions that apply on some day of this year.</param>
public sealed record FactorSearch(string Text, string? Activity = null, string? Region = null, string? Pack = null, int? Year = null, int Skip = 0, int Take = 50)
{
    /// <summary>Code of the place that the reader works at: its factors come first, then those of the places around it. A place named in the text goes before it.</summary>
    public string? Home { get; init; }

    /// <summary>Language of the reader. Without a home, a reader of Chinese, or a text in Chinese, is at home in China.</summary>
    public Language Language { get; init; } = Language.English;

    public string? Publisher { get; init; }

    /// <summary>Unit of the number that a version is known by, e.g. <c>kg/kWh</c>.</summary>
    public string? Unit { get; init; }

    public string? Licence { get; init; }

    /// <summary>V, S or U.</summary>
    public string? Mark { get; init; }

    /// <summary>Only share-alike packs, or only others.</summary>
    public bool? ShareAlike { get; init; }

    /// <summary>Whether to count the results by each facet.</summary>
    public bool WithFacets { get; init; }
}

/// <summary>A page of results and how many there are in all.</summary>
public sealed record FactorHits(IReadOnlyList<FactorVersion> Versions, int Total)
{
    /// <summary>Counts per facet (<c>publisher</c>, <c>pack</c>, <c>region</c>, <c>year</c>, <c>unit</c>, <c>activity</c>, <c>licence</c>, <c>mark</c>, <c>share_alike</c>), most frequent
    /// first: how many results there would be with that value, all other filters kept.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<FacetCount>> Facets { get; init; } = new Dictionary<string, IReadOnlyList<FacetCount>>();

    /// <summary>The words as they were understood where nothing was found as written (“desel” → “diesel”); null where the text was taken as it is.</summary>
    public string? ReadAs { get; init; }
}

/// <summary>A value of a facet and how many results have it.</summary>
public sealed record FacetCount(string Value, int Count);
