using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>
/// Reads the entries of a boundary and a period, and remembers the last ones: the book changes only when a batch is sealed, and a reader who goes from page to page asks for
/// the same again. The number of the last batch is looked up every time, so nothing that is remembered is ever older than the book.
/// </summary>
internal sealed class Readings(Db db, PinnedCalculations calculations)
{
    private const int MostEntries = 500_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Key, EntryReading> _known = [];
    private int _entries;

    public async Task<EntryReading> Of(long tenant, IReadOnlyList<Node> nodes, IReadOnlyList<EmissionSource> sources, StatementQuery query, CancellationToken ct)
    {
        var sites = nodes.Select(n => n.Id).ToList();
        var key = new Key(tenant, query.From.Number, query.To.Number, string.Join(',', sites), sources.Count);
        EntryReading? known;
        lock (_gate)
        {
            known = _known.GetValueOrDefault(key);
        }

        var reading = await db.Read(
            tx => known is not null && StatementStore.Book(tx, tenant).Seq == known.Book.Seq
                ? null
                : StatementStore.Read(tx, tenant, sites, [.. sources.Select(s => s.Id)], query.From, query.To),
            ct);
        if (reading is null)
        {
            return known!;
        }

        var sums = new EntrySums(await calculations.Of(tenant, reading.Rows.Select(r => r.Calculation).ToHashSet(), ct), reading.Rows.Count);
        foreach (var row in reading.Rows)
        {
            sums.Add(row);
        }

        var added = new EntryReading([.. sums.Entries()], reading.Refused, reading.Begun, reading.Book);
        Remember(key, added);
        return added;
    }

    private void Remember(Key key, EntryReading reading)
    {
        lock (_gate)
        {
            _entries -= _known.Remove(key, out var old) ? old.Entries.Count : 0;
            if (_entries + reading.Entries.Count > MostEntries)
            {
                _known.Clear();
                _entries = 0;
            }

            if (reading.Entries.Count <= MostEntries)
            {
                _known.Add(key, reading);
                _entries += reading.Entries.Count;
            }
        }
    }

    private readonly record struct Key(long Tenant, int From, int To, string Sites, int Sources);
}
