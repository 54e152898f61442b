using System.Globalization;

namespace Tanlu.Server.Web.Parts;

/// <summary>What the URL asks of a table: words, filters (<c>f.column</c>), sort (<c>sort</c>, <c>-column</c> descending), page, columns.</summary>
/// <param name="Words">Free words of the filter field.</param>
/// <param name="Sort">Column key, or empty for the table's own order.</param>
/// <param name="Page">From 1.</param>
/// <param name="Size">Rows a page.</param>
/// <param name="Columns">Keys the reader chose; null for the table's own choice.</param>
public sealed record TableQuery(
    string Words,
    string Sort,
    bool Descending,
    int Page,
    int Size,
    IReadOnlyDictionary<string, string> Filters,
    IReadOnlySet<string>? Columns)
{
    private const int LargestPage = 500;

    public int Offset => (Page - 1) * Size;

    /// <summary>The filter of a column, or empty.</summary>
    public string Filter(string column) => Filters.GetValueOrDefault(column, "");

    /// <summary>Reads the query of the request. Keys are not checked here: the page matches them against its columns and ignores others.</summary>
    public static TableQuery Of(Ui ui, int size = 50)
    {
        var query = ui.Query;
        var sort = query["sort"].ToString();
        var filters = query.Where(q => q.Key.StartsWith("f.", StringComparison.Ordinal) && q.Value.ToString().Length > 0)
            .ToDictionary(q => q.Key[2..], q => q.Value.ToString().Trim(), StringComparer.Ordinal);
        return new TableQuery(
            query["q"].ToString().Trim(),
            sort.TrimStart('-'),
            sort.StartsWith('-'),
            Math.Clamp(Number(query["page"], 1), 1, 1_000_000),
            Math.Clamp(Number(query["size"], size), 1, LargestPage),
            filters,
            query.ContainsKey("cols") ? query["cols"].SelectMany(c => (c ?? "").Split(',')).ToHashSet(StringComparer.Ordinal) : null);
    }

    private static int Number(string? text, int otherwise) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

/// <summary>One page of a table's rows and how many there are in all.</summary>
public sealed record TablePage<T>(IReadOnlyList<T> Rows, long Total);
