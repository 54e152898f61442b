using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>One place where the book does not hold.</summary>
/// <param name="Code">Text key <c>book.{Code}</c>: balance_differs, root_differs, chain_broken, calculation_differs.</param>
public sealed record BookFault(string Code, string Subject, string Detail = "")
{
    public string Text(Language language) => Texts.Fill(language, "book." + Code, Subject, Detail);
}

/// <summary>The proof of a tenant's book.</summary>
public sealed record BookCheck(int Batches, long Rows, long Postings, int Balances, IReadOnlyList<BookFault> Faults)
{
    public bool Sound => Faults.Count == 0;
}

/// <summary>Computes every root, link and balance again from the rows and compares.</summary>
internal static class BookChecking
{
    private const int MostFaults = 200;

    public static BookCheck Of(Tx tx, long tenant)
    {
        var faults = new List<BookFault>();
        var hashes = Calculations(tx, tenant, faults);
        var sums = new Dictionary<BalanceKey, Amounts>();
        var (rows, postings) = (0L, 0L);
        var previous = BatchRoot.Beginning;
        var batches = BatchStore.Chain(tx, tenant);
        var expected = 1L;
        foreach (var batch in batches)
        {
            var (root, foundRows, foundPostings) = Root(tx, tenant, batch.Id, hashes, sums);
            rows += foundRows;
            postings += foundPostings;
            if (!root.AsSpan().SequenceEqual(batch.Root))
            {
                Fault("root_differs", $"{batch.Id}");
            }

            var link = BatchRoot.Link(
                previous, batch.Root!, tenant, batch.Id, expected, batch.Kind, batch.Rows, batch.Refused, batch.Postings, batch.FileHash, batch.Reason, batch.SealedAt!.Value,
                BatchStore.SealedBy(tx, batch.Id));
            if (batch.Seq != expected || !link.AsSpan().SequenceEqual(batch.Chain) || !previous.AsSpan().SequenceEqual(batch.Previous))
            {
                Fault("chain_broken", $"{batch.Id}", $"{expected}");
            }

            previous = batch.Chain!;
            expected++;
        }

        var balances = 0;
        BalanceStore.Each(
            tx, tenant,
            (key, amounts) =>
            {
                balances++;
                Add(sums, key, amounts, -1);
            });
        foreach (var (key, difference) in sums)
        {
            if (difference != default)
            {
                Fault("balance_differs", Name(key));
            }
        }

        return new BookCheck(batches.Count, rows, postings, balances, faults);

        void Fault(string code, string subject, string detail = "")
        {
            if (faults.Count < MostFaults)
            {
                faults.Add(new BookFault(code, subject, detail));
            }
        }
    }

    private static string Name(BalanceKey key) => $"source {key.Source}, account {key.Key.Account.Number}, {new Month(key.Month)}";

    private static Dictionary<long, byte[]> Calculations(Tx tx, long tenant, List<BookFault> faults)
    {
        var hashes = new Dictionary<long, byte[]>();
        foreach (var calculation in CalculationStore.All(tx, tenant))
        {
            hashes[calculation.Id] = calculation.Hash;
            if (!calculation.Pin.Hash(calculation.FactorSetHash).AsSpan().SequenceEqual(calculation.Hash) && faults.Count < MostFaults)
            {
                faults.Add(new BookFault("calculation_differs", $"{calculation.Id}"));
            }
        }

        return hashes;
    }

    /// <summary>The batch's root from its rows as they stand now; adds its postings to the sums on the way.</summary>
    private static (byte[] Root, long Rows, long Postings) Root(Tx tx, long tenant, long batch, Dictionary<long, byte[]> hashes, Dictionary<BalanceKey, Amounts> sums)
    {
        var tree = new BatchRoot();
        var postings = 0L;
        BookRows.Each(
            tx, tenant, batch, hashes,
            row =>
            {
                tree.AddLeaf(row.Row, row.Leaf);
                postings += row.Postings.Count;
                foreach (var posting in row.Postings)
                {
                    Add(sums, BalanceKey.Of(posting), posting.Amounts, 1);
                }
            });
        var count = tree.Count;
        return (tree.Root(), count, postings);
    }

    /// <summary>Postings less balances. Every amount fits 64 bits and every balance is kept in them, so on a sound book no difference can leave them for good.</summary>
    private static void Add(Dictionary<BalanceKey, Amounts> sums, BalanceKey key, Amounts amounts, int sign)
    {
        ref var sum = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(sums, key, out _);
        sum = sum.Wrapping(amounts, sign);
    }
}
