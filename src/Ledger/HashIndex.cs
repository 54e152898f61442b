namespace Tanlu.Ledger;

/// <summary>
/// Open-addressing map from a 128-bit content hash to a number. It compares 96 bits of the hash, so that a slot is 16 bytes: for ten million
/// contents the odds that any two are taken for one stay below 10^-15. A look-up costs one cache line and allocates nothing.
/// </summary>
internal sealed class HashIndex
{
    private Slot[] _slots;
    private int _count;

    public HashIndex(int expected = 1024) => _slots = new Slot[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, expected * 2))];

    public int Count => _count;

    /// <summary>The number stored for the hash, or −1 after storing <paramref name="number"/> for it.</summary>
    public int FindOrAdd(UInt128 hash, int number)
    {
        if (_count * 10L >= _slots.Length * 7L)
        {
            Grow();
        }

        // 0 marks an empty slot; the one hash that is 0 shares the place of 1.
        var (low, high) = ((ulong)hash, (uint)(hash >> 64));
        low = low == 0 ? 1 : low;
        var mask = _slots.Length - 1;
        for (var at = (int)high & mask; ; at = (at + 1) & mask)
        {
            ref var slot = ref _slots[at];
            if (slot.Low == low && slot.High == high)
            {
                return slot.Number;
            }

            if (slot.Low == 0)
            {
                slot = new Slot(low, high, number);
                _count++;
                return -1;
            }
        }
    }

    private void Grow()
    {
        var old = _slots;
        _slots = new Slot[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var slot in old)
        {
            if (slot.Low == 0)
            {
                continue;
            }

            var at = (int)slot.High & mask;
            while (_slots[at].Low != 0)
            {
                at = (at + 1) & mask;
            }

            _slots[at] = slot;
        }
    }

    private readonly record struct Slot(ulong Low, uint High, int Number);
}
