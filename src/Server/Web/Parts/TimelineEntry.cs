namespace Tanlu.Server.Web.Parts;

/// <summary>Something that happened: when, who, what, and where to see it.</summary>
public sealed record TimelineEntry(DateTimeOffset When, string Who, string What, string? Detail = null, Tone Tone = Tone.Neutral, string? Href = null);
