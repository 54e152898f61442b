namespace Tanlu.Server.Web.Parts;

/// <summary>One part of a <see cref="ShareBar"/>.</summary>
/// <param name="Colour">A name of the palette: <c>scope1</c>, <c>scope2</c>, <c>scope3</c>, <c>c4</c> … <c>c7</c>.</param>
/// <param name="Href">Address of the explanation.</param>
public sealed record SharePart(string Name, double Value, string Colour, string? Href = null);
