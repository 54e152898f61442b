using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>The months that editions have frozen, by the part of the organisation that each covers. A month that no edition covers is open.</summary>
internal sealed class FrozenMonths
{
    private readonly IReadOnlyList<(string Path, int From, int To)> _spans;

    private FrozenMonths(IReadOnlyList<(string Path, int From, int To)> spans) => _spans = spans;

    /// <summary>Of all editions of the tenant, also those of boundaries that a caller does not see: they freeze what lies in them.</summary>
    public static FrozenMonths Of(Tx tx, long tenant) => new(tx.Query(
        $"SELECT coalesce(n.path, '/'), e.from_month, e.to_month FROM edition e LEFT JOIN node n ON n.id = e.node AND n.tenant = e.tenant WHERE e.tenant = {tenant}",
        r => (r.Text(0), r.Int32(1), r.Int32(2))));

    public bool Has(string path, Month month) => _spans.Any(s => s.From <= month.Number && month.Number < s.To && path.StartsWith(s.Path, StringComparison.Ordinal));
}
