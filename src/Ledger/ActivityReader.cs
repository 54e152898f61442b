using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Ledger;

/// <summary>One good row of an activity file; its texts are valid until the next row is read.</summary>
public readonly struct ActivityRecord
{
    private readonly ActivityReader _reader;
    private readonly CsvRecords _records;

    internal ActivityRecord(ActivityReader reader, CsvRecords records, PreparedActivity prepared, double quantity, int site, int source)
    {
        _reader = reader;
        _records = records;
        Row = records.Row;
        Prepared = prepared;
        Quantity = quantity;
        Site = site;
        Source = source;
    }

    public int Row { get; }

    public PreparedActivity Prepared { get; }

    public PostingPlan Plan => Prepared.Plan!;

    public double Quantity { get; }

    /// <summary>Position of the site in <see cref="ActivityReader.Sites"/>.</summary>
    public int Site { get; }

    /// <summary>Position of site and source in <see cref="ActivityReader.Sources"/>.</summary>
    public int Source { get; }

    public DataQuality Quality { get; init; }

    /// <summary>Percent, or NaN where none is given.</summary>
    public double UncertaintyPercent { get; init; }

    /// <summary>The row that this one corrects, in this file; 0 where it corrects none or one of an earlier batch.</summary>
    public int CorrectsRow { get; init; }

    /// <summary>The earlier batch whose row this one corrects; 0 for this file.</summary>
    public long CorrectsBatch { get; init; }

    /// <summary>The record's bytes as they stand in the file.</summary>
    public ReadOnlySpan<byte> Bytes => _records.Record;

    /// <summary>A field's UTF-8 text without blanks around it; empty where the file has no such column.</summary>
    public ReadOnlySpan<byte> this[ActivityField field] => _reader.Cell(_records, field);
}

/// <summary>
/// Reads activity rows from UTF-8 records: finds the prepared calculation by the bytes that decide it, the site and the source by theirs, and
/// the quantity. Rows cost no allocation unless they are new combinations or wrong. Wrong rows become problems that name row and column.
/// </summary>
public sealed class ActivityReader
{
    /// <summary>Problems kept in full; beyond that they are only counted.</summary>
    public const int MostProblems = 20_000;

    /// <summary>More CO2e than this in one row is a slip of a unit, not an activity: 100 Mt, over twice the world's largest plant in a year.</summary>
    private const double AbsurdKg = 1e11;

    private const byte Separator = 0x1F;

    private static readonly ActivityField[] KeyFields =
    [
        ActivityField.Activity, ActivityField.Start, ActivityField.End, ActivityField.Unit, ActivityField.Region, ActivityField.Factor, ActivityField.Scope,
        ActivityField.Scope3Category, ActivityField.Ncv, ActivityField.NcvUnit, ActivityField.CarbonContent, ActivityField.CarbonContentUnit,
        ActivityField.Oxidation, ActivityField.Density, ActivityField.DensityUnit, ActivityField.LeakRate, ActivityField.StockStart, ActivityField.StockEnd,
    ];

    private readonly CalculationCache _calculations;
    private readonly DecimalMark _mark;
    private readonly Func<string, bool>? _siteExists;
    private readonly int[] _columns;
    private readonly int[] _keyColumns;
    private readonly HashIndex _preparedByKey = new(4096);
    private readonly List<PreparedActivity> _prepared = [];
    private readonly HashIndex _siteByKey = new();
    private readonly List<string> _sites = [];
    private readonly List<bool> _siteKnown = [];
    private readonly HashIndex _sourceByKey = new();
    private readonly List<(int Site, string Source)> _sources = [];
    private readonly HashIndex _rows = new(1 << 16);
    private readonly List<Problem> _problems = [];
    private byte[] _scratch = new byte[1024];

    /// <param name="columns">Column of each field in the file, −1 where it has none; by the order of <see cref="ActivityField"/>.</param>
    /// <param name="mark">What a comma means in the quantity column.</param>
    /// <param name="siteExists">Whether a site may be posted to; null where any name is taken.</param>
    public ActivityReader(FactorLibrary library, IReadOnlyList<int> columns, DecimalMark mark = DecimalMark.Unknown, Func<string, bool>? siteExists = null)
    {
        _calculations = new CalculationCache(library);
        _mark = mark;
        _siteExists = siteExists;
        _columns = [.. columns];
        _keyColumns = [.. KeyFields.Select(f => _columns[(int)f]).Where(c => c >= 0)];
    }

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>Wrong rows, also those beyond <see cref="MostProblems"/>.</summary>
    public int RefusedRows { get; private set; }

    /// <summary>Rows read, good and wrong.</summary>
    public int Rows { get; private set; }

    public IReadOnlyList<PreparedActivity> Prepared => _prepared;

    public IReadOnlyList<string> Sites => _sites;

    public IReadOnlyList<(int Site, string Source)> Sources => _sources;

    /// <summary>Reads the current record. False where the row is wrong: its problems are in <see cref="Problems"/>.</summary>
    public bool TryRead(CsvRecords records, out ActivityRecord record)
    {
        Rows++;
        record = default;
        var row = records.Row;
        var earlier = _rows.FindOrAdd(XxHash128.HashToUInt128(records.Record), row);
        if (earlier >= 0)
        {
            return Refuse(row, new Problem("duplicate_row", row, "note", TextOf(records, ActivityField.Note), [Invariant(earlier)]));
        }

        var good = true;
        if (records.Overfull)
        {
            good = Refuse(good, row, new Problem("row_overfull", row));
        }

        var prepared = Prepare(records);
        foreach (var problem in prepared.Problems)
        {
            good = Refuse(good, row, problem with { Row = row });
        }

        var site = SiteOf(Cell(records, ActivityField.Site));
        if (site < 0 || !_siteKnown[site])
        {
            good = Refuse(good, row, new Problem(site < 0 ? "site_needed" : "site_unknown", row, "site", site < 0 ? null : _sites[site]));
        }

        good = TryQuantity(Cell(records, ActivityField.Quantity), row, out var quantity, good);
        good = TryRemarks(records, row, good, out var remarks);
        var effective = good ? prepared.Plan!.Calculation.Effective : EffectiveQuantity.AsWritten;
        if (good && quantity + effective.Offset < 0)
        {
            good = Refuse(good, row, new Problem("stock_beyond_purchase", row, "stock_end", TextOf(records, ActivityField.StockEnd)));
        }

        if (good && (quantity + effective.Offset) * prepared.Plan!.Rates.Co2eKgPerUnit > AbsurdKg)
        {
            good = Refuse(good, row, new Problem("quantity_absurd", row, "quantity", TextOf(records, ActivityField.Quantity), TextOf(records, ActivityField.Unit)));
        }

        if (good)
        {
            record = new ActivityRecord(this, records, prepared, quantity, site, SourceOf(records, site))
            {
                Quality = remarks.Quality, UncertaintyPercent = remarks.Uncertainty, CorrectsRow = remarks.CorrectsRow, CorrectsBatch = remarks.CorrectsBatch,
            };
        }

        return good;
    }

    /// <summary>Adds a problem that a later stage found in a row that read well.</summary>
    public bool Refuse(int row, Problem problem) => Refuse(first: true, row, problem);

    internal ReadOnlySpan<byte> Cell(CsvRecords records, ActivityField field) => records[_columns[(int)field]];

    private string TextOf(CsvRecords records, ActivityField field) => Encoding.UTF8.GetString(Cell(records, field));

    private bool Refuse(bool first, int row, Problem problem)
    {
        RefusedRows += first ? 1 : 0;
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }

        return false;
    }

    private PreparedActivity Prepare(CsvRecords records)
    {
        var length = 0;
        foreach (var column in _keyColumns)
        {
            var cell = records[column];
            if (length + cell.Length + 1 > _scratch.Length)
            {
                Array.Resize(ref _scratch, (length + cell.Length + 1) * 2);
            }

            cell.CopyTo(_scratch.AsSpan(length));
            length += cell.Length;
            _scratch[length++] = Separator;
        }

        var known = _preparedByKey.FindOrAdd(XxHash128.HashToUInt128(_scratch.AsSpan(0, length)), _prepared.Count);
        if (known >= 0)
        {
            return _prepared[known];
        }

        var prepared = PreparedActivity.From(_prepared.Count, field => TextOf(records, field), _calculations);
        _prepared.Add(prepared);
        return prepared;
    }

    /// <summary>Position of the site's name; −1 where the row has none.</summary>
    private int SiteOf(ReadOnlySpan<byte> cell)
    {
        if (cell.IsEmpty)
        {
            return -1;
        }

        var known = _siteByKey.FindOrAdd(XxHash128.HashToUInt128(cell), _sites.Count);
        if (known >= 0)
        {
            return known;
        }

        var name = Encoding.UTF8.GetString(cell);
        _sites.Add(name);
        _siteKnown.Add(_siteExists is null || _siteExists(name));
        return _sites.Count - 1;
    }

    /// <summary>A row without a source belongs to the site's source named after the activity or, without one, the factor.</summary>
    private int SourceOf(CsvRecords records, int site)
    {
        var cell = Cell(records, ActivityField.Source);
        cell = cell.IsEmpty ? Cell(records, ActivityField.Activity) : cell;
        cell = cell.IsEmpty ? Cell(records, ActivityField.Factor) : cell;
        var known = _sourceByKey.FindOrAdd(XxHash128.HashToUInt128(cell, site), _sources.Count);
        if (known >= 0)
        {
            return known;
        }

        _sources.Add((site, Encoding.UTF8.GetString(cell)));
        return _sources.Count - 1;
    }

    private bool TryQuantity(ReadOnlySpan<byte> cell, int row, out double quantity, bool good)
    {
        var parsed = CellNumber.Parse(cell, _mark, row: row, column: "quantity");
        quantity = parsed.Ok ? parsed.Value : 0;
        if (!parsed.Ok)
        {
            return Refuse(good, row, parsed.Problems[0]);
        }

        return quantity >= 0 ? good : Refuse(good, row, new Problem("negative", row, "quantity", Encoding.UTF8.GetString(cell)));
    }

    private bool TryRemarks(CsvRecords records, int row, bool good, out Remarks remarks)
    {
        remarks = new Remarks(DataQuality.Unstated, double.NaN, 0, 0);
        if (!Cell(records, ActivityField.Quality).IsEmpty)
        {
            var stated = TextOf(records, ActivityField.Quality);
            remarks = remarks with { Quality = QualityOf(stated) };
            good = remarks.Quality != DataQuality.Unstated ? good : Refuse(good, row, new Problem("quality_unknown", row, "quality", stated));
        }

        if (!Cell(records, ActivityField.UncertaintyPercent).IsEmpty)
        {
            var percent = TextOf(records, ActivityField.UncertaintyPercent);
            var parsed = CellNumber.Parse(percent.TrimEnd('%', '％'));
            remarks = remarks with { Uncertainty = parsed.Ok ? parsed.Value : double.NaN };
            good = parsed is { Ok: true, Value: >= 0 and <= 1000 } ? good : Refuse(good, row, new Problem("uncertainty_out_of_range", row, "uncertainty_percent", percent));
        }

        return Cell(records, ActivityField.Corrects).IsEmpty ? good : TryCorrects(records, row, good, ref remarks);
    }

    /// <summary><c>12</c>: row 12 of this file, which must stand above; <c>7:12</c>: row 12 of batch 7. A correction needs its reason in the note.</summary>
    private bool TryCorrects(CsvRecords records, int row, bool good, ref Remarks remarks)
    {
        var text = TextOf(records, ActivityField.Corrects);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var batch = 0L;
        if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var target)
            || (colon >= 0 && !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out batch))
            || (colon < 0 && target >= row))
        {
            return Refuse(good, row, new Problem("corrects_unknown", row, "corrects", text));
        }

        remarks = remarks with { CorrectsRow = target, CorrectsBatch = batch };
        return Cell(records, ActivityField.Note).IsEmpty ? Refuse(good, row, new Problem("reason_needed", row, "note")) : good;
    }

    /// <summary>The quality's word in a file, in either language.</summary>
    private static DataQuality QualityOf(string text) => text.ToLowerInvariant() switch
    {
        "measured" or "metered" or "实测" or "计量" => DataQuality.Measured,
        "invoiced" or "invoice" or "发票" or "票据" or "结算单" => DataQuality.Invoiced,
        "calculated" or "计算" => DataQuality.Calculated,
        "estimated" or "estimate" or "估算" or "估计" => DataQuality.Estimated,
        _ => DataQuality.Unstated,
    };

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Remarks(DataQuality Quality, double Uncertainty, int CorrectsRow, long CorrectsBatch);
}
