namespace Tanlu.Products;

/// <summary>Packages that were read, each in the revision in which it was read; the one that was not asked for longest goes when they grow too large together.</summary>
internal sealed class PackageMemory(long mostBytes = PackageMemory.Most)
{
    private const long Most = 1L << 30;

    // What a record takes in memory, with its share of texts: measured on 20 000 processes.
    private const long ExchangeBytes = 220;
    private const long DatasetBytes = 1200;

    private readonly LinkedList<LoadedLibrary> _held = new();
    private readonly Lock _gate = new();

    /// <summary>The package of the library as it is now, or null.</summary>
    public LoadedLibrary? Find(Library now)
    {
        lock (_gate)
        {
            for (var node = _held.First; node is not null; node = node.Next)
            {
                if (node.Value.Library.Id == now.Id && node.Value.Library.Revision == now.Revision)
                {
                    _held.Remove(node);
                    _held.AddFirst(node);
                    return node.Value;
                }
            }

            return null;
        }
    }

    public void Keep(LoadedLibrary loaded)
    {
        lock (_gate)
        {
            for (var node = _held.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Library.Id == loaded.Library.Id)
                {
                    _held.Remove(node);
                }

                node = next;
            }

            _held.AddFirst(loaded);
            for (var bytes = _held.Sum(Bytes); bytes > mostBytes && _held.Count > 1; _held.RemoveLast())
            {
                bytes -= Bytes(_held.Last!.Value);
            }
        }
    }

    private static long Bytes(LoadedLibrary loaded) => (loaded.Library.Exchanges * ExchangeBytes) + ((loaded.Library.Processes + loaded.Library.Flows) * DatasetBytes);
}
