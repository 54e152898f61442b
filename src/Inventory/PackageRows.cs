using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>A posting as the package writes it.</summary>
internal sealed record PackagePosting(
    PackageRow Row, int Line, long Site, long Source, long Calculation, int Part, PostingKey Key, Month Month, DataQuality Quality, bool Evidenced, Amounts Amounts)
{
    public static PackagePosting Read(PackageRow r) => new(
        r, r.Int("line"), r.Long("site"), r.Long("source"), r.Long("calculation"), r.Int("part"),
        new PostingKey(new Account(checked((short)r.Int("account"))), Small<Route>(r, "route", 2), Small<GwpSet>(r, "fixed_gwp", 4), checked((short)r.Int("other_gas"))), r.Month("month"),
        Small<DataQuality>(r, "quality", 255), r.Flag("evidenced"),
        new Amounts(
            r.Long("co2_mg"), r.Long("co2_bio_mg"), r.Long("ch4_fossil_mg"), r.Long("ch4_nonfossil_mg"), r.Long("ch4_mg"), r.Long("n2o_mg"), r.Long("other_mg"), r.Long("co2e_mg"),
            r.Long("energy_wh")));

    private static T Small<T>(PackageRow r, string column, int most)
        where T : struct, Enum => r.Int(column) is >= 0 and var n && n <= most ? (T)Enum.ToObject(typeof(T), n) : throw r.Unreadable(column);
}

/// <summary>
/// Walks activities and postings side by side, computes each posting again from its activity, and the leaf of each whole row.
/// </summary>
internal sealed class PackageRows
{
    private static readonly string[] OfActivity =
        ["source", "calculation", "first_day", "last_day", "quantity", "quality", "uncertainty_percent", "own_postings", "evidence", "supplier", "note"];

    private readonly PackageReader _reader;
    private readonly PackageFacts _facts;
    private readonly PackageBatches _batches;
    private readonly PackageCells _cells;
    private readonly PackageFindings _findings;
    private readonly Dictionary<ActivityId, (ActivityId Target, string Reason, PackageRow Row)> _corrections = [];
    private readonly Dictionary<ActivityId, IReadOnlyList<PackagePosting>?> _targets = [];
    private readonly PackageHashes _hash = new();

    public PackageRows(PackageReader reader, PackageFacts facts, PackageBatches batches, PackageCells cells, PackageFindings findings)
    {
        (_reader, _facts, _batches, _cells, _findings) = (reader, facts, batches, cells, findings);
        facts.Each(
            PackageForm.Corrections,
            r =>
            {
                var target = new ActivityId(r.Long("target_batch"), r.Int("target_row"));
                if (!_corrections.TryAdd(new ActivityId(r.Long("batch"), r.Int("row")), (target, r.Text("reason"), r)) || !_targets.TryAdd(target, null))
                {
                    findings.Add("unexpected", r.File, r.Place, "target_row", "", target.ToString());
                }
            });
    }

    public long Rows { get; private set; }

    public long Partial { get; private set; }

    public long Postings { get; private set; }

    /// <summary>Postings that were computed again from a quantity and a factor, or as the opposite of such.</summary>
    public long Recomputed { get; private set; }

    /// <summary>Hashes that the activities name as their evidence.</summary>
    public HashSet<string> Evidence { get; } = new(StringComparer.Ordinal);

    /// <summary>The site of each source, as the rows have it.</summary>
    public Dictionary<long, long> Sources { get; } = [];

    /// <summary>Leaves of whole rows by batch and place.</summary>
    public Dictionary<(long Batch, int Leaf), byte[]> Leaves { get; } = [];

    /// <summary>Reasons of corrections by rows without an activity, which are their batch's.</summary>
    public List<(long Batch, string Reason, PackageRow Row)> BatchReasons { get; } = [];

    public void Verify()
    {
        try
        {
            using var next = ReadPostings().GetEnumerator();
            var more = next.MoveNext();
            var last = default(ActivityId);
            foreach (var row in _reader.Rows(PackageForm.Activities))
            {
                var id = new ActivityId(row.Long("batch"), row.Int("row"));
                if (Rows > 0 && Compare(id, last) <= 0)
                {
                    _findings.Add("order", row.File, row.Place, "row", "", id.ToString());
                }

                last = id;
                Rows++;
                var own = new List<PackagePosting>();
                for (; more && Compare(next.Current.Id, id) <= 0; more = next.MoveNext())
                {
                    if (next.Current.Id == id)
                    {
                        own.Add(next.Current.Posting);
                    }
                    else
                    {
                        Stray(next.Current.Posting);
                    }
                }

                try
                {
                    Row(row, id, own);
                }
                catch (PackageUnreadable broken)
                {
                    _findings.Add(broken);
                }
            }

            for (; more; more = next.MoveNext())
            {
                Stray(next.Current.Posting);
            }
        }
        catch (PackageUnreadable broken)
        {
            _findings.Add(broken);
        }

        foreach (var (id, (_, _, row)) in _corrections)
        {
            _findings.Add("unexpected", row.File, row.Place, "row", "", id.ToString());
        }
    }

    private IEnumerable<(ActivityId Id, PackagePosting Posting)> ReadPostings()
    {
        foreach (var row in _reader.Rows(PackageForm.Postings))
        {
            var id = new ActivityId(row.Long("batch"), row.Int("row"));
            PackagePosting posting;
            try
            {
                posting = PackagePosting.Read(row);
            }
            catch (OverflowException)
            {
                throw row.Unreadable("account");
            }

            Postings++;
            Source(row, posting.Source, posting.Site);
            _cells.Add(posting);
            yield return (id, posting);
        }
    }

    /// <summary>In the order of the chain: batches by their place in it, not by their number.</summary>
    private int Compare(ActivityId a, ActivityId b) => (_batches.Seq(a.Batch), a.Row).CompareTo((_batches.Seq(b.Batch), b.Row));

    /// <summary>A source stands at one site.</summary>
    private void Source(PackageRow r, long source, long site)
    {
        if (!Sources.TryAdd(source, site))
        {
            _findings.Same(r.File, r.Place, "site", Sources[source], site);
        }
    }

    private void Stray(PackagePosting posting) => _findings.Add("unexpected", PackageForm.Postings, posting.Row.Place, "row", "", posting.Row["batch"] + ":" + posting.Row["row"]);

    private void Row(PackageRow r, ActivityId id, List<PackagePosting> postings)
    {
        var state = r["state"];
        var back = r.Has("target_row");
        if (state is not ("whole" or "own" or "back"))
        {
            throw r.Unreadable("state");
        }

        Partial += state == "whole" ? 0 : 1;
        var has = r.Has("site");
        if (r.Has("target_batch") != back)
        {
            throw r.Unreadable("target_batch");
        }

        if (!has && Array.Find(OfActivity, r.Has) is { } stray)
        {
            throw r.Unreadable(stray);
        }

        var lines = postings.Select(p => p.Line).ToList();
        if (!lines.SequenceEqual(Enumerable.Range(has || lines.Count == 0 ? 0 : lines[0], lines.Count)) || (state == "whole" && lines.Count > 0 && lines[0] != 0))
        {
            _findings.Add("order", PackageForm.Postings, postings.Count > 0 ? postings[0].Row.Place : r.Place, "line", $"0-{lines.Count - 1}", string.Join(' ', lines));
        }

        var own = has ? r.Int("own_postings") : 0;
        if (has)
        {
            Activity(r, postings, own);
            if (_targets.ContainsKey(id))
            {
                _targets[id] = [.. postings.Take(own)];
            }
        }

        var rest = postings.Skip(own).ToList();
        if (back)
        {
            Back(r, id, rest, has);
        }
        else if (state == "whole" && rest.Count > 0)
        {
            _findings.Add("unexpected", PackageForm.Postings, rest[0].Row.Place, "line", "", r["batch"] + ":" + r["row"]);
        }

        if (state == "whole" && !Leaves.TryAdd((id.Batch, r.Int("leaf")), Leaf(r, has, postings)))
        {
            _findings.Add("unexpected", r.File, r.Place, "leaf", "", r["leaf"]);
        }
    }

    private void Activity(PackageRow r, List<PackagePosting> postings, int own)
    {
        Source(r, r.Long("source"), r.Long("site"));
        var evidence = r.Text("evidence");
        if (Storage.BlobHash.TryParse(evidence) is not null)
        {
            Evidence.Add(evidence);
        }

        if (own > postings.Count)
        {
            _findings.Add("missing", PackageForm.Postings, r["batch"] + ":" + r["row"], "own_postings", r["own_postings"], postings.Count.ToString(CultureInfo.InvariantCulture));
            return;
        }

        if (!_facts.Calculations.TryGetValue(r.Long("calculation"), out var calculation))
        {
            _findings.Add("missing", PackageForm.Calculations, "", "calculation", r["calculation"], "");
            return;
        }

        if (calculation.Parts is not { } parts || r.Day("last_day") < r.Day("first_day"))
        {
            return;
        }

        var months = PackageArithmetic.Months(r.Day("first_day"), r.Day("last_day"));
        if (!_findings.Same(r.File, r.Place, "own_postings", parts.Count * months.Count, own))
        {
            return;
        }

        var effective = (r.Double("quantity") + calculation.Offset) * calculation.Multiplier;
        var quality = r.Int("quality");
        for (var part = 0; part < parts.Count; part++)
        {
            var before = default(Amounts);
            for (var month = 0; month < months.Count; month++)
            {
                var p = postings[(part * months.Count) + month];
                var cumulative = Rounded(parts[part], effective * months[month].UpTo, p);
                Compare(p, new PackagePosting(
                    p.Row, p.Line, r.Long("site"), r.Long("source"), calculation.Id, part, parts[part].Key, months[month].Month, (DataQuality)quality, evidence.Length > 0, cumulative + -before));
                before = cumulative;
                Recomputed++;
            }
        }
    }

    private Amounts Rounded(PackagePart part, double effective, PackagePosting at)
    {
        try
        {
            return part.Round(effective);
        }
        catch (OverflowException)
        {
            _findings.Add("unreadable", PackageForm.Postings, at.Row.Place, "quantity", "", PackageText.Number(effective));
            return default;
        }
    }

    private void Back(PackageRow r, ActivityId id, List<PackagePosting> rest, bool has)
    {
        var target = new ActivityId(r.Long("target_batch"), r.Int("target_row"));
        if (!_corrections.Remove(id, out var correction))
        {
            _findings.Add("missing", PackageForm.Corrections, "", "row", id.ToString(), "");
        }
        else
        {
            _findings.Same(correction.Row.File, correction.Row.Place, "target_row", target, correction.Target);
            if (has)
            {
                _findings.Same(correction.Row.File, correction.Row.Place, "reason", r.Text("note"), correction.Reason);
            }
            else if (r["state"] == "whole")
            {
                BatchReasons.Add((id.Batch, correction.Reason, correction.Row));
            }
        }

        if (_targets.GetValueOrDefault(target) is not { } taken)
        {
            _findings.Add("missing", PackageForm.Activities, "", "target_row", target.ToString(), "");
            return;
        }

        if (!_findings.Same(PackageForm.Postings, r["batch"] + ":" + r["row"], "line", taken.Count, rest.Count))
        {
            return;
        }

        for (var at = 0; at < rest.Count; at++)
        {
            Compare(rest[at], taken[at] with { Amounts = -taken[at].Amounts });
            Recomputed += _facts.Calculations.TryGetValue(rest[at].Calculation, out var c) && c.Parts is not null ? 1 : 0;
        }
    }

    /// <summary>Names every field in which a posting is not what it should be.</summary>
    private void Compare(PackagePosting found, PackagePosting expected)
    {
        if (found with { Row = expected.Row, Line = expected.Line } == expected)
        {
            return;
        }

        Same("site", expected.Site, found.Site);
        Same("source", expected.Source, found.Source);
        Same("calculation", expected.Calculation, found.Calculation);
        Same("part", expected.Part, found.Part);
        Same("account", expected.Key.Account.Number, found.Key.Account.Number);
        Same("month", expected.Month, found.Month);
        Same("route", (int)expected.Key.Route, (int)found.Key.Route);
        Same("fixed_gwp", (int)expected.Key.FixedGwp, (int)found.Key.FixedGwp);
        Same("quality", (int)expected.Quality, (int)found.Quality);
        Same("evidenced", expected.Evidenced, found.Evidenced);
        Same("other_gas", expected.Key.OtherGas, found.Key.OtherGas);
        var (e, f) = (PackageCells.Columns(expected.Amounts), PackageCells.Columns(found.Amounts));
        for (var at = 0; at < e.Length; at++)
        {
            Same(PackageForm.Amounts[at], e[at], f[at]);
        }

        void Same<T>(string field, T wanted, T was) => _findings.Same(PackageForm.Postings, found.Row.Place, field, wanted, was);
    }

    private byte[] Leaf(PackageRow r, bool has, List<PackagePosting> postings)
    {
        _hash.Start(0, has ? (byte)1 : (byte)0).Number(r.Long("row")).Number(r.Has("target_row") ? r.Long("target_batch") : 0).Number(r.Has("target_row") ? r.Long("target_row") : 0);
        if (has)
        {
            _hash.Number(r.Long("site")).Number(r.Long("source")).Raw(Half(r.Long("calculation"))).Number((long)r.Day("first_day").DayNumber).Number((long)r.Day("last_day").DayNumber)
                .Number(r.Double("quantity")).Number(r.Long("quality"));
            _ = r.Has("uncertainty_percent") ? _hash.Number(r.Double("uncertainty_percent")) : _hash.Number(-1L);
            _hash.Number(r.Long("own_postings")).Text(r.Text("evidence")).Text(r.Text("supplier")).Text(r.Text("note"));
        }

        foreach (var p in postings)
        {
            _hash.Number(p.Site).Number(p.Source).Raw(Half(p.Calculation)).Number((long)p.Part).Number((long)p.Key.Account.Number).Number((long)p.Month.Number).Number((long)p.Key.Route)
                .Number((long)p.Key.FixedGwp).Number((long)p.Quality).Number(p.Evidenced ? 1L : 0L).Number((long)p.Key.OtherGas);
            foreach (var amount in PackageCells.Columns(p.Amounts))
            {
                _hash.Number(amount);
            }
        }

        return _hash.Done();
    }

    private ReadOnlySpan<byte> Half(long calculation) => _facts.Calculations.TryGetValue(calculation, out var known) ? known.Hash.AsSpan(0, 16) : new byte[16];
}
