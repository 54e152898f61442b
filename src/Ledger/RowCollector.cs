using System.Globalization;
using System.Text.Unicode;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// Turns good rows into activities, postings and balance sums: the reading half of an import, without any IO. Rows that correct a row above
/// in the same file take its postings back at once; rows that correct an earlier batch wait in <see cref="Deferred"/> until the book was asked.
/// </summary>
internal sealed class RowCollector
{
    private readonly ActivityReader _reader;
    private readonly SiteBook _sites;
    private readonly Func<RowChunk, RowChunk> _full;
    private readonly int _weight;
    private readonly List<bool> _preparedSent = [];
    private readonly List<bool> _sourceSent = [];
    private readonly List<long> _sourceSite = [];
    private PostingLine[] _lines = new PostingLine[64];
    private PostingLine[] _back = new PostingLine[64];
    private RowFacts[] _facts = new RowFacts[1024];

    /// <param name="full">Takes a full chunk and gives an empty one; may block while the writer is behind.</param>
    public RowCollector(ActivityReader reader, SiteBook sites, int weight, RowChunk first, Func<RowChunk, RowChunk> full)
    {
        (_reader, _sites, _weight, Current, _full) = (reader, sites, weight, first, full);
    }

    public RowChunk Current { get; private set; }

    /// <summary>Rows that correct an earlier batch; not yet in the balance sums.</summary>
    public List<RowChunk> Deferred { get; } = [];

    public BalanceCells Cells { get; } = new();

    public Dictionary<long, SiteSpan> BySite { get; } = [];

    public int Kept { get; private set; }

    public int PostingsKept { get; set; }

    public long SiteOfSource(int source) => _sourceSite[source];

    /// <summary>Whether the row was taken, or waits to be.</summary>
    public bool Has(int row) => row < _facts.Length && _facts[row].State != RowState.None;

    public bool Add(in ActivityRecord record)
    {
        var plan = record.Plan;
        var site = _sites.At(record.Site, _reader.Sites[record.Site]);
        if (!site.ValidWithin(plan.Period))
        {
            return Refuse(record.Row, "site_not_valid_then", "site", site.Code, plan.Period.ToString());
        }

        if (!Storable(record))
        {
            return false;
        }

        if (plan.Count > _lines.Length)
        {
            _lines = new PostingLine[plan.Count * 2];
        }

        var lines = _lines.AsSpan(0, plan.Count);
        if (!plan.TryPost(record.Quantity, lines))
        {
            return Refuse(record.Row, "out_of_range", "quantity");
        }

        var deferred = record.CorrectsRow > 0 && record.CorrectsBatch > 0;
        if (record.CorrectsRow > 0 && !deferred && !MayCorrect(record.Row, record.CorrectsRow))
        {
            return false;
        }

        var evidenced = !record[ActivityField.Evidence].IsEmpty;
        if (!deferred && !Cells.TryAdd(record.Prepared, record.Source, record.Quality, evidenced, lines))
        {
            return Refuse(record.Row, "balance_out_of_range", "quantity");
        }

        var chunk = deferred ? DeferredChunk() : Current;
        Announce(record, site.Id);
        Post(chunk, site.Id, ~record.Source, ~record.Prepared.Number, plan, record.Quality, evidenced, lines);
        if (record.CorrectsRow > 0 && !deferred && !TakeBack(chunk, record.CorrectsRow, record.Row))
        {
            return false;
        }

        chunk.Add(new ActivityRow
        {
            Row = record.Row,
            Site = site.Id,
            Source = record.Source,
            Prepared = record.Prepared.Number,
            Quantity = record.Quantity,
            Uncertainty = record.UncertaintyPercent,
            Evidence = chunk.Keep(record[ActivityField.Evidence]),
            Supplier = chunk.Keep(record[ActivityField.Supplier]),
            Note = chunk.Keep(record[ActivityField.Note]),
            Quality = record.Quality,
            OwnPostings = lines.Length,
            Target = new ActivityId(record.CorrectsBatch, record.CorrectsRow),
        });
        Remember(record, evidenced, deferred ? RowState.Deferred : RowState.Kept);
        if (!deferred)
        {
            Count(site.Id, plan.Period);
            if (Current.Weight >= _weight)
            {
                Current = _full(Current);
            }
        }

        return true;
    }

    /// <summary>Counts a row that is kept.</summary>
    public void Count(long site, DateInterval period)
    {
        Kept++;
        Touch(site, period).Rows++;
    }

    /// <summary>The batch has postings at the site in these months.</summary>
    public SiteSpan Touch(long site, DateInterval period)
    {
        var (first, last) = (Month.Of(period.Start).Number, Month.Of(period.LastDay).Number);
        if (!BySite.TryGetValue(site, out var span))
        {
            BySite.Add(site, span = new SiteSpan { First = first, Last = last });
        }

        span.First = Math.Min(span.First, first);
        span.Last = Math.Max(span.Last, last);
        return span;
    }

    /// <summary>A row above in this file that is there, stands on its own, and was not taken back yet.</summary>
    private bool MayCorrect(int row, int target)
    {
        var state = target < _facts.Length ? _facts[target].State : RowState.None;
        return state switch
        {
            RowState.Kept => true,
            RowState.TakenBack => Refuse(row, "already_corrected", "corrects", Number(target), Number(_facts[target].By)),
            RowState.Deferred => Refuse(row, "corrects_a_correction", "corrects", Number(target)),
            _ => Refuse(row, "corrects_unknown", "corrects", Number(target)),
        };
    }

    private bool TakeBack(RowChunk chunk, int target, int by)
    {
        ref var facts = ref _facts[target];
        var prepared = _reader.Prepared[facts.Prepared];
        var plan = prepared.Plan!;
        if (plan.Count > _back.Length)
        {
            _back = new PostingLine[plan.Count * 2];
        }

        var lines = _back.AsSpan(0, plan.Count);
        plan.TryPost(facts.Quantity, lines);
        for (var at = 0; at < lines.Length; at++)
        {
            lines[at] = lines[at] with { Amounts = -lines[at].Amounts };
        }

        // What was added can be taken off: the sum stood within range before it was added.
        Cells.TryAdd(prepared, facts.Source, facts.Quality, facts.Evidenced, lines);
        Post(chunk, _sourceSite[facts.Source], ~facts.Source, ~facts.Prepared, plan, facts.Quality, facts.Evidenced, lines);
        facts.State = RowState.TakenBack;
        facts.By = by;
        return true;
    }

    private void Post(RowChunk chunk, long site, long source, long calculation, PostingPlan plan, DataQuality quality, bool evidenced, ReadOnlySpan<PostingLine> lines)
    {
        var months = plan.Count / plan.Rates.Count;
        for (var at = 0; at < lines.Length; at++)
        {
            ref var posting = ref chunk.AddPosting();
            posting.Site = site;
            posting.Source = source;
            posting.Calculation = calculation;
            posting.Part = at / months;
            posting.Key = lines[at].Key;
            posting.Month = lines[at].Month;
            posting.Quality = quality;
            posting.Evidenced = evidenced;
            posting.Amounts = lines[at].Amounts;
        }

        PostingsKept += chunk == Current ? lines.Length : 0;
    }

    /// <summary>Tells the writer of calculations and sources that it has not seen, always in the chunk that is written next.</summary>
    private void Announce(in ActivityRecord record, long site)
    {
        if (First(_preparedSent, record.Prepared.Number))
        {
            Current.NewPrepared.Add(record.Prepared);
        }

        while (_sourceSite.Count <= record.Source)
        {
            _sourceSite.Add(0);
        }

        if (First(_sourceSent, record.Source))
        {
            _sourceSite[record.Source] = site;
            Current.NewSources.Add((record.Source, site, _reader.Sources[record.Source].Source));
        }

        static bool First(List<bool> sent, int number)
        {
            while (sent.Count <= number)
            {
                sent.Add(false);
            }

            var first = !sent[number];
            sent[number] = true;
            return first;
        }
    }

    /// <summary>Texts that are kept must be texts: what the table found broken is reported there, and must not reach the book meanwhile.</summary>
    private bool Storable(in ActivityRecord record)
    {
        foreach (var field in (ReadOnlySpan<ActivityField>)[ActivityField.Source, ActivityField.Evidence, ActivityField.Supplier, ActivityField.Note])
        {
            var text = record[field];
            if (text.IsEmpty || (text.Length <= LongestText && !text.Contains((byte)0) && Utf8.IsValid(text)))
            {
                continue;
            }

            var length = LongestText.ToString(CultureInfo.InvariantCulture);
            return Refuse(record.Row, text.Length > LongestText ? "text_too_long" : "text_broken", ActivityFields.Name(field), null, length);
        }

        return true;
    }

    private RowChunk DeferredChunk()
    {
        if (Deferred.Count == 0 || Deferred[^1].Weight >= _weight)
        {
            Deferred.Add(new RowChunk());
        }

        return Deferred[^1];
    }

    private void Remember(in ActivityRecord record, bool evidenced, RowState state)
    {
        if (record.Row >= _facts.Length)
        {
            Array.Resize(ref _facts, Math.Max(_facts.Length * 2, record.Row + 1));
        }

        _facts[record.Row] = new RowFacts
        {
            Prepared = record.Prepared.Number, Source = record.Source, Quantity = record.Quantity, Quality = record.Quality, Evidenced = evidenced, State = state,
        };
    }

    private bool Refuse(int row, string code, string column, string? found = null, params string[] args) =>
        _reader.Refuse(row, new Problem(code, row, column, found, args));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private const int LongestText = 4000;

    private enum RowState : byte
    {
        None,
        Kept,
        TakenBack,
        Deferred,
    }

    /// <summary>What is kept of a row so that a later row of the file can take it back: its postings follow from these.</summary>
    private struct RowFacts
    {
        public double Quantity;
        public int Prepared;
        public int Source;
        public int By;
        public DataQuality Quality;
        public bool Evidenced;
        public RowState State;
    }
}

/// <summary>Rows of a batch at one site and the months they lie in.</summary>
internal sealed class SiteSpan
{
    public int Rows { get; set; }

    public int First { get; set; }

    public int Last { get; set; }
}
