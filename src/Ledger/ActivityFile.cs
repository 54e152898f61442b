using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Ledger;

/// <summary>Takes one good row; what it needs beyond the call it copies. False where it refused the row (and told the reader).</summary>
public delegate bool ActivityRecordHandler(in ActivityRecord record);

/// <summary>A file of activities with its columns found: the way in for <c>calc</c>, imports and the wizard's check alike.</summary>
public sealed class ActivityFile : IDisposable
{
    private readonly TableFile _table;
    private readonly int[] _columns;

    private ActivityFile(TableFile table, int[] columns, IReadOnlyList<string> unknown)
    {
        _table = table;
        _columns = columns;
        UnknownColumns = unknown;
    }

    public TableFile Table => _table;

    /// <summary>Column of each field, −1 where the file has none; by the order of <see cref="ActivityField"/>.</summary>
    public IReadOnlyList<int> Columns => _columns;

    /// <summary>Headers that mean no field; their cells are kept with nothing and decide nothing.</summary>
    public IReadOnlyList<string> UnknownColumns { get; }

    /// <param name="mapping">Header text → field name, where the user's mapping overrides the alias table.</param>
    public static Outcome<ActivityFile> Open(string path, IReadOnlyDictionary<string, string>? mapping = null) =>
        TableFile.Open(path, Wanted).Then(table => Map(table, mapping));

    public static Outcome<ActivityFile> Open(Stream stream, string name, IReadOnlyDictionary<string, string>? mapping = null) =>
        TableFile.Open(stream, name, Wanted).Then(table => Map(table, mapping));

    private static TableOptions Wanted => new() { Wanted = [.. ActivityFields.All] };

    /// <summary>
    /// Reads all rows. The reader returned holds every problem, those of the file's form included; rows after a problem that hides where
    /// records end are not read, so a file with such a problem is never whole.
    /// </summary>
    /// <param name="siteExists">Whether a site may be posted to; null where any name is taken.</param>
    /// <param name="readAhead">Decode on a second thread.</param>
    public ActivityReader Read(
        FactorLibrary library, Func<string, bool>? siteExists, Func<ActivityReader, ActivityRecordHandler> handler, bool readAhead = false, CancellationToken ct = default)
    {
        // Where the comma separates the cells, a number's comma is quoted and rare; elsewhere the column says what a comma means.
        var mark = _table.Separator == (byte)',' ? DecimalMark.Unknown : _table.DecimalMarkOf(_columns[(int)ActivityField.Quantity]);
        var reader = new ActivityReader(library, _columns, mark, siteExists);
        var handle = handler(reader);
        var records = _table.Records();
        foreach (var chunk in _table.Chunks(readAhead, _columns.Where(c => c >= 0)))
        {
            using (chunk)
            {
                ct.ThrowIfCancellationRequested();
                records.Load(chunk);
                while (records.Next())
                {
                    if (reader.TryRead(records, out var record))
                    {
                        handle(record);
                    }
                }
            }
        }

        foreach (var problem in _table.Problems)
        {
            reader.Refuse(problem.Row ?? 0, problem);
        }

        return reader;
    }

    public void Dispose() => _table.Dispose();

    private static Outcome<ActivityFile> Map(TableFile table, IReadOnlyDictionary<string, string>? mapping)
    {
        var map = ColumnMap.Match(table.Header, table.HeaderRow, ActivityFields.All, [.. ActivityFields.Required.Select(ActivityFields.Name)], mapping);
        if (!map.Ok)
        {
            table.Dispose();
            return Outcome<ActivityFile>.Refused(map.Problems);
        }

        return new ActivityFile(table, [.. ActivityFields.All.Select(f => map.Value[f])], map.Value.Unknown);
    }
}
