using Tanlu.Kernel;

namespace Tanlu.Inventory;

/// <summary>The batches of a package: the root of each from its leaves and the nodes in place of what is hidden, and the chain over all of them.</summary>
internal sealed class PackageBatches
{
    private readonly PackageFacts _facts;
    private readonly PackageFindings _findings;
    private readonly List<PackageRow> _batches = [];
    private readonly Dictionary<long, PackageRow> _byId = [];
    private readonly Dictionary<long, Dictionary<(int Level, int Place), byte[]>> _nodes = [];

    public PackageBatches(PackageFacts facts, PackageFindings findings)
    {
        (_facts, _findings) = (facts, findings);
        facts.Each(
            PackageForm.Batches,
            r =>
            {
                if (!findings.Same(r.File, r.Place, "seq", _batches.Count + 1, r.Long("seq")))
                {
                    throw r.Unreadable("seq");
                }

                _batches.Add(r);
                if (r.Flag("shown") && !_byId.TryAdd(r.Long("id"), r))
                {
                    findings.Add("unexpected", r.File, r.Place, "id", "", r["id"]);
                }

                Shown += r.Flag("shown") ? 1 : 0;
            });
        facts.Each(
            PackageForm.Tree,
            r =>
            {
                var nodes = _nodes.TryGetValue(r.Long("batch"), out var known) ? known : _nodes[r.Long("batch")] = [];
                if (!nodes.TryAdd((r.Int("level"), r.Int("place")), r.Hash("hash")))
                {
                    findings.Add("unexpected", r.File, r.Place, "place", "", r["place"]);
                }
            });
    }

    public int Shown { get; private set; }

    public int Hidden => _batches.Count - Shown;

    /// <summary>Whether every row's batch is bound to the last link: no batch after the first one with rows hides its own.</summary>
    public bool Bound { get; private set; } = true;

    /// <summary>Place of a batch in the chain; beyond its end where it is not one of them.</summary>
    public long Seq(long batch) => _byId.TryGetValue(batch, out var row) ? row.Line - 1 : long.MaxValue;

    public void Verify(PackageManifest manifest, PackageEdition edition, PackageRows rows)
    {
        var leaves = rows.Leaves.GroupBy(l => l.Key.Batch).ToDictionary(g => g.Key, g => g.ToDictionary(l => l.Key.Leaf, l => l.Value));
        var previous = new byte[32];
        var root = Array.Empty<byte>();
        var seen = false;
        foreach (var batch in _batches)
        {
            try
            {
                root = [];
                if (batch.Flag("shown"))
                {
                    seen |= batch.Has("leaves");
                    root = Root(batch, leaves.GetValueOrDefault(batch.Long("id")) ?? []);
                    var link = Link(batch, previous, root, manifest.Tenant);
                    _findings.Same(batch.File, batch.Place, "chain", Convert.ToHexStringLower(link), batch["chain"]);
                }
                else
                {
                    Bound &= !seen;
                }

                previous = batch.Hash("chain");
            }
            catch (PackageUnreadable broken)
            {
                _findings.Add(broken);
            }
        }

        foreach (var id in leaves.Keys.Concat(_nodes.Keys).Where(b => !_byId.ContainsKey(b)).Distinct())
        {
            _findings.Add("missing", PackageForm.Batches, "", "id", PackageText.Number(id), "");
        }

        foreach (var (batch, reason, row) in rows.BatchReasons)
        {
            _findings.Same(row.File, row.Place, "reason", _byId.TryGetValue(batch, out var b) ? b.Text("reason") : "", reason);
        }

        Book(manifest, edition, previous, root);
    }

    private void Book(PackageManifest manifest, PackageEdition edition, byte[] chain, byte[] root)
    {
        var last = _batches.Count == 0 ? "" : Convert.ToHexStringLower(chain);
        _findings.Same(PackageForm.Manifest, "book", "seq", _batches.Count, manifest.Seq);
        _findings.Same(PackageForm.Manifest, "book", "chain", last, manifest.Chain);
        _findings.Same(PackageForm.Edition, "", "book_seq", manifest.Seq, edition.BookSeq);
        _findings.Same(PackageForm.Edition, "", "book_chain", manifest.Chain, edition.BookChain);
        _findings.Same(PackageForm.Edition, "", "book_root", manifest.Root, edition.BookRoot);
        if (root.Length > 0)
        {
            _findings.Same(PackageForm.Manifest, "book", "root", Convert.ToHexStringLower(root), manifest.Root);
        }
    }

    /// <summary>The root from the rows; where the batch has none in the package, the one that is stated.</summary>
    private byte[] Root(PackageRow batch, Dictionary<int, byte[]> leaves)
    {
        var nodes = _nodes.GetValueOrDefault(batch.Long("id")) ?? [];
        if (!batch.Has("leaves"))
        {
            if (leaves.Count + nodes.Count > 0)
            {
                _findings.Add("missing", batch.File, batch.Place, "leaves", "", "");
            }

            return batch.Hash("root");
        }

        if (batch.Int("leaves") < 1)
        {
            throw batch.Unreadable("leaves");
        }

        var root = PackageTree.Root(batch.Int("leaves"), place => leaves.Remove(place, out var leaf) ? leaf : null, nodes);
        _findings.Same(batch.File, batch.Place, "root", root is null ? "" : Convert.ToHexStringLower(root), batch["root"]);
        if (leaves.Count + nodes.Count > 0)
        {
            _findings.Add("unexpected", batch.File, batch.Place, "leaves", batch["leaves"], PackageText.Number((long)leaves.Count + nodes.Count));
        }

        return batch.Hash("root");
    }

    private static byte[] Link(PackageRow batch, byte[] previous, byte[] root, long tenant)
    {
        var hash = new PackageHashes().Start(2).Raw(previous).Raw(root).Number(tenant);
        foreach (var column in (ReadOnlySpan<string>)["id", "seq", "kind", "rows", "refused", "postings", "sealed_ticks", "person"])
        {
            hash.Number(batch.Long(column));
        }

        return hash.Text(batch["file_hash"]).Text(batch.Text("reason")).Done();
    }
}
