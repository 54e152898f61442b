using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>Ids in the book of what a reader numbers: its sources and its prepared activities, with the hash of each calculation.</summary>
internal sealed class IdBook
{
    private long[] _sources = new long[64];
    private long[] _calculations = new long[1024];
    private byte[]?[] _hashes = new byte[]?[1024];
    private DateInterval[] _periods = new DateInterval[1024];

    public void SetSource(int number, long id)
    {
        if (number >= _sources.Length)
        {
            Array.Resize(ref _sources, Math.Max(_sources.Length * 2, number + 1));
        }

        _sources[number] = id;
    }

    public void SetCalculation(int number, long id, byte[] hash, DateInterval period)
    {
        if (number >= _calculations.Length)
        {
            var room = Math.Max(_calculations.Length * 2, number + 1);
            Array.Resize(ref _calculations, room);
            Array.Resize(ref _hashes, room);
            Array.Resize(ref _periods, room);
        }

        (_calculations[number], _hashes[number], _periods[number]) = (id, hash, period);
    }

    public long Source(int number) => _sources[number];

    /// <summary>An id as it is, or below 0 the complement of a reader's number.</summary>
    public long Source(long source) => source >= 0 ? source : _sources[~source];

    public long Calculation(int number) => _calculations[number];

    public long Calculation(long calculation) => calculation >= 0 ? calculation : _calculations[~calculation];

    public byte[] Hash(int number) => _hashes[number]!;

    public DateInterval Period(int number) => _periods[number];
}
