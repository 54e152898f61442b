using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Products;

/// <summary>
/// Backgrounds that were prepared, each for one state of its libraries and one set of rules; a change of a library makes what was prepared of it unreachable, and it goes. Whoever wants the same
/// at the same moment waits for the first.
/// </summary>
public sealed class PreparedSystems(Libraries libraries)
{
    private const long MostBytes = 2L << 30;

    // Entries of both matrices, what links them, and intensities of some methods.
    private const long ExchangeBytes = 150;
    private const long ColumnBytes = 2000;

    private readonly LinkedList<(string Key, Background Background)> _held = new();
    private readonly SemaphoreSlim _one = new(1);

    /// <summary>The libraries of the caller's tenant, linked by the rules and prepared.</summary>
    public async Task<Outcome<Background>> Background(Caller caller, IReadOnlyList<long> from, LinkRules rules, CancellationToken ct)
    {
        var loaded = await libraries.Load(caller, from, ct);
        if (!loaded.Ok)
        {
            return Outcome<Background>.Refused(loaded.Problems);
        }

        var key = string.Join(' ', loaded.Value.Select(l => $"{l.Library.Id}:{l.Library.Revision}")) + " " + Convert.ToHexStringLower(DatasetJson.Hash(DatasetJson.Text(rules)));
        await _one.WaitAsync(ct);
        try
        {
            for (var node = _held.First; node is not null; node = node.Next)
            {
                if (node.Value.Key == key)
                {
                    _held.Remove(node);
                    _held.AddFirst(node);
                    return node.Value.Background;
                }
            }

            var made = await Task.Run(() => Products.Background.Of(loaded.Value, rules), ct);
            if (made.Ok)
            {
                Keep(key, made.Value, [.. from]);
            }

            return made;
        }
        finally
        {
            _one.Release();
        }
    }

    private void Keep(string key, Background background, HashSet<long> from)
    {
        // An earlier state of the same libraries is asked for no more.
        for (var node = _held.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value.Background.Libraries.Any(l => from.Contains(l.Library.Id) && background.Libraries.All(n => n.Library != l.Library)))
            {
                _held.Remove(node);
            }

            node = next;
        }

        _held.AddFirst((key, background));
        for (var bytes = _held.Sum(h => Bytes(h.Background)); bytes > MostBytes && _held.Count > 1; _held.RemoveLast())
        {
            bytes -= Bytes(_held.Last!.Value.Background);
        }
    }

    private static long Bytes(Background background) =>
        background.Libraries.Sum(l => l.Library.Exchanges) * ExchangeBytes + (background.System.Processes.Count * ColumnBytes);
}
