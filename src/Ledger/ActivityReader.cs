using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Ledger;

/// <summary>One good row of an activity file; valid until the next row is read.</summary>
public readonly ref struct ActivityRecord
{
    private readonly ActivityReader _reader;
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly ReadOnlySpan<CsvText.Cell> _cells;

    internal ActivityRecord(ActivityReader reader, ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, int row, PreparedActivity prepared, double quantity, int site, int source)
    {
        _reader = reader;
        _bytes = bytes;
        _cells = cells;
        Row = row;
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
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>A field's text; empty where the file has no such column.</summary>
    public string Text(ActivityField field) => _reader.Text(_bytes, _cells, field);

    public bool Has(ActivityField field) => _reader.Has(_cells, field);
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

    private readonly FactorLibrary _library;
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
    /// <param name="siteExists">Whether a site may be posted to; null where any name is taken.</param>
    public ActivityReader(FactorLibrary library, IReadOnlyList<int> columns, Func<string, bool>? siteExists = null)
    {
        _library = library;
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

    /// <summary>Reads one record. False where the row is wrong: its problems are in <see cref="Problems"/>.</summary>
    public bool TryRead(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, int row, out ActivityRecord record)
    {
        Rows++;
        record = default;
        var earlier = _rows.FindOrAdd(XxHash128.HashToUInt128(bytes), row);
        if (earlier >= 0)
        {
            return Refuse(row, new Problem("duplicate_row", row, Args: [Invariant(earlier)]));
        }

        var prepared = Prepare(bytes, cells);
        var site = SiteOf(bytes, cells);
        var good = true;
        if (prepared.Plan is null)
        {
            foreach (var problem in prepared.Problems)
            {
                good = Refuse(good, row, problem with { Row = row });
            }
        }

        if (site < 0 || !_siteKnown[site])
        {
            var found = Text(bytes, cells, ActivityField.Site);
            good = Refuse(good, row, new Problem(found.Length == 0 ? "site_needed" : "site_unknown", row, "site", found));
        }

        if (!TryQuantity(bytes, cells, row, out var quantity, ref good))
        {
            return false;
        }

        var quality = DataQuality.Unstated;
        var uncertainty = double.NaN;
        var correctsRow = 0;
        var correctsBatch = 0L;
        good &= TryRemarks(bytes, cells, row, good, ref quality, ref uncertainty, ref correctsRow, ref correctsBatch);
        if (!good)
        {
            return false;
        }

        if (quantity * prepared.Plan!.Co2eKgPerUnit > AbsurdKg)
        {
            return Refuse(row, new Problem("quantity_absurd", row, "quantity", Text(bytes, cells, ActivityField.Quantity), Text(bytes, cells, ActivityField.Unit)));
        }

        record = new ActivityRecord(this, bytes, cells, row, prepared, quantity, site, SourceOf(bytes, cells, site))
        {
            Quality = quality, UncertaintyPercent = uncertainty, CorrectsRow = correctsRow, CorrectsBatch = correctsBatch,
        };
        return true;
    }

    /// <summary>Adds a problem that a later stage found in a row that read well.</summary>
    public bool Refuse(int row, Problem problem) => Refuse(first: true, row, problem);

    internal bool Has(ReadOnlySpan<CsvText.Cell> cells, ActivityField field) =>
        _columns[(int)field] is >= 0 and var column && column < cells.Length && cells[column].Length > 0;

    internal string Text(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, ActivityField field) =>
        _columns[(int)field] is >= 0 and var column && column < cells.Length ? CsvText.Text(bytes, cells[column]) : "";

    private bool Refuse(bool first, int row, Problem problem)
    {
        RefusedRows += first ? 1 : 0;
        if (_problems.Count < MostProblems)
        {
            _problems.Add(problem);
        }

        return false;
    }

    private PreparedActivity Prepare(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells)
    {
        var length = 0;
        foreach (var column in _keyColumns)
        {
            var cell = column < cells.Length ? cells[column] : default;
            if (length + cell.Length + 1 > _scratch.Length)
            {
                Array.Resize(ref _scratch, (length + cell.Length + 1) * 2);
            }

            bytes.Slice(cell.Start, cell.Length).CopyTo(_scratch.AsSpan(length));
            length += cell.Length;
            _scratch[length++] = Separator;
        }

        var known = _preparedByKey.FindOrAdd(XxHash128.HashToUInt128(_scratch.AsSpan(0, length)), _prepared.Count);
        if (known >= 0)
        {
            return _prepared[known];
        }

        var prepared = PreparedActivity.From(_prepared.Count, Texts(bytes, cells), _library);
        _prepared.Add(prepared);
        return prepared;
    }

    private ActivityTexts Texts(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells) => new(
        Text(bytes, cells, ActivityField.Activity), Text(bytes, cells, ActivityField.Start), Text(bytes, cells, ActivityField.End),
        Text(bytes, cells, ActivityField.Unit), Text(bytes, cells, ActivityField.Region), Text(bytes, cells, ActivityField.Factor),
        Text(bytes, cells, ActivityField.Scope), Text(bytes, cells, ActivityField.Scope3Category), Text(bytes, cells, ActivityField.Ncv),
        Text(bytes, cells, ActivityField.NcvUnit), Text(bytes, cells, ActivityField.CarbonContent), Text(bytes, cells, ActivityField.CarbonContentUnit),
        Text(bytes, cells, ActivityField.Oxidation), Text(bytes, cells, ActivityField.Density), Text(bytes, cells, ActivityField.DensityUnit),
        Text(bytes, cells, ActivityField.LeakRate), Text(bytes, cells, ActivityField.StockStart), Text(bytes, cells, ActivityField.StockEnd));

    /// <summary>Position of the site's name; −1 where the row has none.</summary>
    private int SiteOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells)
    {
        if (!Has(cells, ActivityField.Site))
        {
            return -1;
        }

        var cell = cells[_columns[(int)ActivityField.Site]];
        var known = _siteByKey.FindOrAdd(XxHash128.HashToUInt128(bytes.Slice(cell.Start, cell.Length)), _sites.Count);
        if (known >= 0)
        {
            return known;
        }

        var name = CsvText.Text(bytes, cell);
        _sites.Add(name);
        _siteKnown.Add(name.Length > 0 && (_siteExists is null || _siteExists(name)));
        return _sites.Count - 1;
    }

    private int SourceOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, int site)
    {
        var field = Has(cells, ActivityField.Source) ? ActivityField.Source : Has(cells, ActivityField.Activity) ? ActivityField.Activity : ActivityField.Factor;
        var cell = cells[_columns[(int)field]];
        var hash = XxHash128.HashToUInt128(bytes.Slice(cell.Start, cell.Length), site);
        var known = _sourceByKey.FindOrAdd(hash, _sources.Count);
        if (known >= 0)
        {
            return known;
        }

        // A row without a source belongs to the site's source of that activity.
        _sources.Add((site, CsvText.Text(bytes, cell)));
        return _sources.Count - 1;
    }

    private bool TryQuantity(ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, int row, out double quantity, ref bool good)
    {
        quantity = 0;
        var column = _columns[(int)ActivityField.Quantity];
        var cell = column < cells.Length ? cells[column] : default;
        var span = bytes.Slice(cell.Start, cell.Length);
        if (!(Utf8Parser.TryParse(span, out quantity, out int used) && used == span.Length && double.IsFinite(quantity)))
        {
            var parsed = CellNumber.Parse(CsvText.Text(bytes, cell));
            if (!parsed.Ok)
            {
                good = Refuse(good, row, parsed.Problems[0] with { Row = row, Column = "quantity" });
                return false;
            }

            quantity = parsed.Value;
        }

        if (quantity < 0)
        {
            good = Refuse(good, row, new Problem("negative", row, "quantity", Encoding.UTF8.GetString(span)));
            return false;
        }

        return true;
    }

    private bool TryRemarks(
        ReadOnlySpan<byte> bytes, ReadOnlySpan<CsvText.Cell> cells, int row, bool good, ref DataQuality quality, ref double uncertainty, ref int correctsRow, ref long correctsBatch)
    {
        if (Has(cells, ActivityField.Quality) && Text(bytes, cells, ActivityField.Quality) is { Length: > 0 } stated && !TryQuality(stated, out quality))
        {
            good = Refuse(good, row, new Problem("quality_unknown", row, "quality", stated));
        }

        if (Has(cells, ActivityField.UncertaintyPercent) && Text(bytes, cells, ActivityField.UncertaintyPercent) is { Length: > 0 } percent)
        {
            var parsed = CellNumber.Parse(percent.TrimEnd('%', '％'));
            if (!parsed.Ok || parsed.Value is < 0 or > 1000)
            {
                good = Refuse(good, row, new Problem("uncertainty_out_of_range", row, "uncertainty_percent", percent));
            }
            else
            {
                uncertainty = parsed.Value;
            }
        }

        if (Has(cells, ActivityField.Corrects) && Text(bytes, cells, ActivityField.Corrects) is { Length: > 0 } corrects)
        {
            var colon = corrects.IndexOf(':', StringComparison.Ordinal);
            if (!int.TryParse(corrects.AsSpan(colon + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out correctsRow)
                || (colon >= 0 && !long.TryParse(corrects.AsSpan(0, colon), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out correctsBatch))
                || (colon < 0 && correctsRow >= row))
            {
                good = Refuse(good, row, new Problem("corrects_unknown", row, "corrects", corrects));
            }
            else if (!Has(cells, ActivityField.Note))
            {
                good = Refuse(good, row, new Problem("reason_needed", row, "note"));
            }
        }

        return good;
    }

    /// <summary>The quality's word in a file, in either language.</summary>
    private static bool TryQuality(string text, out DataQuality quality)
    {
        quality = text.ToLowerInvariant() switch
        {
            "measured" or "metered" or "实测" or "计量" => DataQuality.Measured,
            "invoiced" or "invoice" or "发票" or "票据" or "结算单" => DataQuality.Invoiced,
            "calculated" or "计算" => DataQuality.Calculated,
            "estimated" or "estimate" or "估算" or "估计" => DataQuality.Estimated,
            _ => DataQuality.Unstated,
        };
        return quality != DataQuality.Unstated;
    }

    private static string Invariant(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
