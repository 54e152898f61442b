using Microsoft.AspNetCore.Components;

namespace Tanlu.Server.Web.Parts;

/// <summary>One column of a <see cref="DataTable{T}"/>.</summary>
/// <param name="Key">Name in the URL (<c>sort</c>, <c>cols</c>, <c>f.</c>) and in exports.</param>
/// <param name="Title">Heading in the reader's language.</param>
/// <param name="Cell">How a row's cell is written.</param>
public sealed record Column<T>(string Key, string Title, RenderFragment<T> Cell)
{
    public Column(string key, string title, Func<T, string?> text)
        : this(key, title, row => builder => builder.AddContent(0, text(row)))
    {
    }

    /// <summary>Right-aligned tabular digits.</summary>
    public bool Numeric { get; init; }

    public bool Sortable { get; init; }

    /// <summary>Shown only when the reader chooses it.</summary>
    public bool Optional { get; init; }

    /// <summary>On a phone it is the heading of the row's card.</summary>
    public bool Heading { get; init; }

    /// <summary>Unit of all cells, written in the heading.</summary>
    public string? Unit { get; init; }

    /// <summary>Values a reader may filter by, with their words; an empty list where the filter is free text.</summary>
    public IReadOnlyList<(string Value, string Text)>? Filter { get; init; }
}
