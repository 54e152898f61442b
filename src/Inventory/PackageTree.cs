using System.Security.Cryptography;

namespace Tanlu.Inventory;

/// <summary>
/// The Merkle tree of a batch of which some leaves may be shown: what is hidden is given as the fewest nodes that cover it, so that the root can be made again.
/// A node is named by its level (0: leaves) and its place; an odd last one moves up as it is.
/// </summary>
internal sealed class PackageTree
{
    private readonly List<byte[]> _leaves = [];
    private readonly List<bool> _shown = [];

    public int Count => _leaves.Count;

    public void Add(byte[] leaf, bool shown)
    {
        _leaves.Add(leaf);
        _shown.Add(shown);
    }

    /// <summary>Nodes that cover the hidden leaves, from the left.</summary>
    public IReadOnlyList<(int Level, int Place, byte[] Hash)> Hidden()
    {
        var found = new List<(int, int, byte[])>();
        Cover(TopOf(Count), 0, found);
        return found;
    }

    /// <summary>The level of the root.</summary>
    public static int TopOf(int leaves)
    {
        var level = 0;
        while (1L << level < leaves)
        {
            level++;
        }

        return level;
    }

    /// <summary>The root, from the leaves that are known and the nodes that are given; null where one is missing.</summary>
    /// <param name="given">Nodes in place of what is hidden, taken out as they are used.</param>
    public static byte[]? Root(int leaves, Func<int, byte[]?> leaf, Dictionary<(int Level, int Place), byte[]> given)
    {
        return leaves == 0 ? SHA256.HashData([]) : At(TopOf(leaves), 0);

        byte[]? At(int level, int place)
        {
            if (given.Remove((level, place), out var known))
            {
                return known;
            }

            if (level == 0)
            {
                return leaf(place);
            }

            var left = At(level - 1, place * 2);
            if (left is null || ((long)place * 2) + 1 >= Width(leaves, level - 1))
            {
                return left;
            }

            return At(level - 1, (place * 2) + 1) is { } right ? Pair(left, right) : null;
        }
    }

    private static long Width(int leaves, int level) => (leaves + (1L << level) - 1) >> level;

    private static byte[] Pair(byte[] left, byte[] right) => SHA256.HashData([1, .. left, .. right]);

    private void Cover(int level, int place, List<(int Level, int Place, byte[] Hash)> found)
    {
        var from = (int)Math.Min((long)place << level, Count);
        var to = (int)Math.Min(((long)place + 1) << level, Count);
        if (from >= to)
        {
            return;
        }

        var any = false;
        for (var at = from; at < to && !any; at++)
        {
            any = _shown[at];
        }

        if (!any)
        {
            found.Add((level, place, Root(to - from, n => _leaves[from + n], [])!));
        }
        else if (level > 0)
        {
            Cover(level - 1, place * 2, found);
            Cover(level - 1, (place * 2) + 1, found);
        }
    }
}
