using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using static Tanlu.Inventory.PackageText;

namespace Tanlu.Inventory;

/// <summary>
/// Decides row by row what of the book goes into an edition's package, and writes it. A posting is shown where its site lies in the edition's boundary and its calculation
/// may be passed on; of everything else in the same batches only hashes leave, as few as prove the root.
/// </summary>
internal sealed class PackageBuilder
{
    private readonly PackageDraft _draft;
    private readonly Edition _edition;
    private readonly IReadOnlyDictionary<long, PinnedCalculation> _calculations;
    private readonly HashSet<long> _sealed;
    private readonly EditionCells _cells;
    private readonly Dictionary<BalanceCell, Amounts> _sums = [];
    private readonly SortedSet<short> _gases = [];
    private readonly SortedSet<string> _evidence = new(StringComparer.Ordinal);
    private readonly HashSet<long> _used = [];
    private readonly HashSet<long> _usedSealed = [];
    private readonly HashSet<long> _lost = [];
    private readonly IReadOnlySet<long> _ofEarlierCode;
    private readonly SortedSet<long> _sources = [];

    public PackageBuilder(PackageDraft draft, Edition edition, IReadOnlyDictionary<long, PinnedCalculation> calculations, IReadOnlySet<long> ofEarlierCode)
    {
        _draft = draft;
        _edition = edition;
        _calculations = calculations;
        _ofEarlierCode = ofEarlierCode;
        _sealed = [.. calculations.Values.Where(PackageRecords.IsSealed).Select(c => c.Id)];
        _cells = new EditionCells(edition);
    }

    public IReadOnlySet<long> Used => _used;

    /// <summary>Calculations of an earlier program whose postings come out otherwise today.</summary>
    public IReadOnlySet<long> Lost => _lost;

    public IEnumerable<PinnedCalculation> UsedSealed => _usedSealed.Order().Select(c => _calculations[c]);

    public IEnumerable<short> OtherGases => _gases;

    public IReadOnlyCollection<long> Sources => _sources;

    /// <summary>What the activities name as their evidence.</summary>
    public IReadOnlyCollection<string> Evidence => _evidence;

    public long Rows { get; private set; }

    public long Postings { get; private set; }

    public long SealedPostings { get; private set; }

    public int SealedCells => _cells.SealedCount;

    /// <summary>A batch of which nothing may be shown but its link.</summary>
    public void Hidden(BookBatch of) => _draft[PackageForm.Batches].Row(
        [Number(of.Batch.Seq!.Value), "0", .. Enumerable.Repeat("", PackageForm.Tables[PackageForm.Batches].Count - 3), Convert.ToHexStringLower(of.Batch.Chain!)]);

    /// <summary>A batch with rows in the boundary; <paramref name="each"/> calls back for all its rows.</summary>
    public void Shown(BookBatch of, Action<Action<BookRow>> each)
    {
        var tree = new PackageTree();
        var shown = 0;
        each(row =>
        {
            var whole = Row(of.Batch, row, tree.Count, ref shown);
            tree.Add(row.Leaf, whole);
        });
        var batch = of.Batch;
        _draft[PackageForm.Batches].Row(
            Number(batch.Seq!.Value), "1", Number(batch.Id), Number((long)batch.Kind), Number(batch.Rows), Number(batch.Refused), Number(batch.Postings), Text(batch.FileName), batch.FileHash,
            Text(batch.Reason), Number(batch.SealedAt!.Value.UtcTicks), Number(of.Person), shown > 0 ? Number(tree.Count) : "", Convert.ToHexStringLower(batch.Root!),
            Convert.ToHexStringLower(batch.Chain!));
        if (shown > 0)
        {
            foreach (var (level, place, hash) in tree.Hidden())
            {
                _draft[PackageForm.Tree].Row(Number(batch.Id), Number(level), Number(place), Convert.ToHexStringLower(hash));
            }
        }
    }

    /// <summary>The edition as it may leave: byte for byte, or where something is sealed without the amounts that would tell it.</summary>
    public byte[] Content() => SealedCells == 0 ? Encoding.UTF8.GetBytes(_edition.Content) : _cells.WithoutSealed(_edition.Content);

    /// <summary>What the sealed cells add up to, by account.</summary>
    public void SealedSums()
    {
        foreach (var account in _cells.SealedEntries.GroupBy(e => e.Key.Account.Number).OrderBy(a => a.Key))
        {
            var gwp = _edition.Head.Gwp;
            _draft[PackageForm.Sealed].Row(
                Number(account.Key), Number(account.LongCount()), Number(_cells.SealedPostings[account.Key]),
                Number(account.Aggregate(Int128.Zero, (sum, e) => sum + Co2e.InScopes(e.Amounts, e.Key.OtherGas, gwp))),
                Number(account.Aggregate(Int128.Zero, (sum, e) => sum + Co2e.Apart(e.Amounts, e.Key.OtherGas, gwp))),
                Number(account.Aggregate(Int128.Zero, (sum, e) => sum + e.Amounts.Co2Biogenic)));
        }
    }

    /// <summary>Months of a site that have postings and are not in the edition: the site did not belong to the organisation then.</summary>
    public void LeftOut()
    {
        var left = _sums.Where(s => s.Value != default && !_cells.Has(s.Key.Site, s.Key.Month)).Select(s => (s.Key.Site, s.Key.Month)).Distinct().Order();
        foreach (var (site, month) in left)
        {
            _draft[PackageForm.LeftOut].Row(Number(site), new Month(month).ToString());
        }
    }

    /// <summary>Writes what may be shown of a row; true where all of it was, so that its leaf can be made again.</summary>
    private bool Row(Batch batch, BookRow row, int leaf, ref int shown)
    {
        if (!row.Postings.Any(p => InBoundary(p) && InPeriod(p)))
        {
            return false;
        }

        var visible = row.Postings.Where(p => InBoundary(p) && !_sealed.Contains(p.Calculation)).ToList();
        foreach (var posting in row.Postings.Where(p => InBoundary(p) && _sealed.Contains(p.Calculation)))
        {
            _usedSealed.Add(posting.Calculation);
            if (Counts(posting))
            {
                SealedPostings++;
                _cells.Seal(posting, _calculations[posting.Calculation]);
            }
        }

        var activity = row.Activity is { } a && _edition.Sites.ContainsKey(a.Site) && !_sealed.Contains(a.Calculation) ? a : null;
        if (activity is null && visible.Count == 0)
        {
            return false;
        }

        shown++;
        Rows++;
        var whole = visible.Count == row.Postings.Count && (row.Activity is null || activity is not null);
        var back = row.Target is not null && row.Postings.Skip(row.Activity?.OwnPostings ?? 0).All(visible.Contains);
        Activity(batch, row, activity, leaf, whole ? "whole" : row.Activity is not null && activity is null ? "back" : "own", back);
        foreach (var posting in visible)
        {
            Posting(posting);
        }

        return whole;
    }

    private void Activity(Batch batch, BookRow row, BookActivity? a, int leaf, string state, bool back)
    {
        var target = back ? row.Target : null;
        _draft[PackageForm.Activities].Row(
            Number(batch.Id), Number(row.Row), Number(leaf), state, target is { } t ? Number(t.Batch) : "", target is { } r ? Number(r.Row) : "", a is null ? "" : Number(a.Site),
            a is null ? "" : Number(a.Source), a is null ? "" : Number(a.Calculation), a is null ? "" : Day(DateOnly.FromDayNumber(a.FirstDay)), a is null ? "" : Day(DateOnly.FromDayNumber(a.LastDay)),
            a is null ? "" : Number(a.Quantity), a is null ? "" : Number((long)a.Quality), a?.UncertaintyPercent is { } u ? Number(u) : "", a is null ? "" : Number(a.OwnPostings), Text(a?.Evidence),
            Text(a?.Supplier), Text(a?.Note));
        if (target is { } of)
        {
            // The reason is the note of the row that took the place, which may be another site's.
            var reason = row.Activity is not null && a is null ? "" : row.Reason;
            _draft[PackageForm.Corrections].Row(Number(batch.Id), Number(row.Row), Number(of.Batch), Number(of.Row), Text(reason));
        }

        if (a is not null)
        {
            _used.Add(a.Calculation);
            _sources.Add(a.Source);
            if (_ofEarlierCode.Contains(a.Calculation) && !Agrees(a, row.Postings))
            {
                _lost.Add(a.Calculation);
            }

            if (a.Evidence is { } evidence)
            {
                _evidence.Add(evidence);
            }
        }
    }

    private void Posting(Posting p)
    {
        Postings++;
        _used.Add(p.Calculation);
        _sources.Add(p.Source);
        if (p.Key.OtherGas != 0)
        {
            _gases.Add(p.Key.OtherGas);
        }

        if (Counts(p))
        {
            var cell = new BalanceCell(p.Site, p.Month.Number, p.Source, p.Calculation, p.Part, p.Quality, p.Evidenced);
            _sums[cell] = _sums.GetValueOrDefault(cell) + p.Amounts;
        }

        var m = p.Amounts;
        _draft[PackageForm.Postings].Row(
            Number(p.Id.Batch), Number(p.Id.Row), Number(p.Line), Number(p.Site), Number(p.Source), Number(p.Calculation), Number(p.Part), Number(p.Key.Account.Number), p.Month.ToString(),
            Number((long)p.Key.Route), Number((long)p.Key.FixedGwp), Number((long)p.Quality), p.Evidenced ? "1" : "0", Number(p.Key.OtherGas), Number(m.Co2), Number(m.Co2Biogenic),
            Number(m.Ch4Fossil), Number(m.Ch4NonFossil), Number(m.Ch4), Number(m.N2O), Number(m.Other), Number(m.Co2eFixed), Number(m.EnergyWh));
    }

    /// <summary>Whether the activity's own postings come out again as they stand.</summary>
    private bool Agrees(BookActivity a, IReadOnlyList<Posting> postings)
    {
        if (_calculations[a.Calculation].Made is not { } made)
        {
            return false;
        }

        var plan = new PostingPlan(new PostingRates(made), DateInterval.Inclusive(DateOnly.FromDayNumber(a.FirstDay), DateOnly.FromDayNumber(a.LastDay)));
        var lines = new PostingLine[plan.Count];
        return plan.Count == a.OwnPostings && plan.TryPost(a.Quantity, lines) && lines.Select((l, at) => postings[at].Amounts == l.Amounts && postings[at].Key == l.Key).All(same => same);
    }

    private bool InBoundary(Posting p) => _edition.Sites.ContainsKey(p.Site);

    private bool InPeriod(Posting p) => p.Month.Number >= _edition.Head.From.Number && p.Month.Number < _edition.Head.To.Number;

    private bool Counts(Posting p) => InPeriod(p) && (p.Key.Route == Route.Both || p.Key.Route == _edition.Head.Route);

    private readonly record struct BalanceCell(long Site, int Month, long Source, long Calculation, int Part, DataQuality Quality, bool Evidenced);
}

/// <summary>The cells of an edition, and which of them are sealed.</summary>
internal sealed class EditionCells
{
    private readonly Edition _edition;
    private readonly HashSet<(long Site, int Month)> _months;
    private readonly Dictionary<EditionCellKey, List<StatementEntry>> _byKey;
    private readonly HashSet<EditionCellKey> _sealed = [];

    public EditionCells(Edition edition)
    {
        _edition = edition;
        _months = [.. edition.Statement.Entries.Select(e => (e.Site, e.Month.Number))];
        _byKey = edition.Statement.Entries.GroupBy(EditionCellKey.Of).ToDictionary(g => g.Key, g => g.ToList());
    }

    public Dictionary<short, long> SealedPostings { get; } = [];

    public int SealedCount => SealedEntries.Count();

    public IEnumerable<StatementEntry> SealedEntries => _sealed.SelectMany(k => _byKey[k]);

    public bool Has(long site, int month) => _months.Contains((site, month));

    public void Seal(Posting posting, PinnedCalculation calculation)
    {
        var key = EditionCellKey.Of(posting, EntryOrigin.Of(calculation, posting.Part, posting.Key));
        if (_byKey.ContainsKey(key))
        {
            _sealed.Add(key);
            SealedPostings[posting.Key.Account.Number] = SealedPostings.GetValueOrDefault(posting.Key.Account.Number) + 1;
        }
    }

    /// <summary>The content with the key alone of each sealed cell, and without the sum of energy, which the open cells would subtract from.</summary>
    public byte[] WithoutSealed(string content)
    {
        var keys = _sealed;
        using var document = JsonDocument.Parse(content);
        var origins = document.RootElement.GetProperty("origins").EnumerateArray().Select(o => string.Join('\n', o.EnumerateArray().Select(t => t.GetString()))).ToList();
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            foreach (var member in document.RootElement.EnumerateObject())
            {
                if (member.Name == "energy_wh")
                {
                    json.WriteNull(member.Name);
                }
                else if (member.Name == "cells")
                {
                    json.WriteStartArray(member.Name);
                    foreach (var cell in member.Value.EnumerateArray())
                    {
                        var numbers = cell.EnumerateArray().Select(n => n.GetInt64()).ToArray();
                        json.WriteStartArray();
                        foreach (var number in keys.Contains(EditionCellKey.Of(numbers, origins[(int)numbers[3]])) ? numbers[..10] : numbers)
                        {
                            json.WriteNumberValue(number);
                        }

                        json.WriteEndArray();
                    }

                    json.WriteEndArray();
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}

/// <summary>The ten numbers that tell an edition's cells apart, with the origin's texts in place of its number.</summary>
internal readonly record struct EditionCellKey(long Site, int Month, long Source, string Origin, PostingKey Key, DataQuality Quality, bool Evidenced)
{
    public static EditionCellKey Of(StatementEntry e) => new(e.Site, e.Month.Number, e.Source, Texts(e.Origin), e.Key, e.Quality, e.Evidenced);

    public static EditionCellKey Of(Posting p, EntryOrigin origin) => new(p.Site, p.Month.Number, p.Source, Texts(origin), p.Key, p.Quality, p.Evidenced);

    public static EditionCellKey Of(ReadOnlySpan<long> n, string origin) =>
        new(n[0], (int)n[1], n[2], origin, new PostingKey(new Account((short)n[4]), (Route)n[5], (GwpSet)n[6], (short)n[9]), (DataQuality)n[7], n[8] != 0);

    private static string Texts(EntryOrigin o) => string.Join('\n', [o.Activity, o.FactorId, o.Source, o.Licence, o.Mark, .. o.Flags.Select(f => f.Code)]);
}
