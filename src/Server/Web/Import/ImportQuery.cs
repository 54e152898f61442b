using System.Globalization;
using Tanlu.Server.Flows;

namespace Tanlu.Server.Web.Import;

/// <summary>What the address of a wizard step carries: the ticket of the file and the field of each column (<c>m.3=quantity</c>).</summary>
internal static class ImportQuery
{
    public static string Ticket(Ui ui) => ui.Query["file"].ToString();

    /// <summary>Header text → field for the columns that the address names.</summary>
    public static IReadOnlyDictionary<string, string> Mapping(IQueryCollection query, IReadOnlyList<UploadedColumn> columns)
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var column in columns.Where(c => c.Header.Length > 0))
        {
            if (query.TryGetValue(Name(column.At), out var field))
            {
                mapping[column.Header] = field.ToString();
            }
        }

        return mapping;
    }

    public static string Name(int column) => string.Create(CultureInfo.InvariantCulture, $"m.{column}");

    /// <summary>The ticket and the columns as they stand in the address, to be carried on.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Carried(IQueryCollection query) =>
        query.Where(q => q.Key == "file" || q.Key.StartsWith("m.", StringComparison.Ordinal)).Select(q => KeyValuePair.Create(q.Key, q.Value.ToString()));
}
