using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Tanlu.Numerics;

/// <summary>
/// Random numbers by place: seed, key and number of the sample determine each, without the ones before it. A key belongs to an exchange or a parameter and not to its position, so whatever
/// else a network holds, and on however many threads it is drawn, an exchange has the same numbers. The sample's number and the key are hashed by SplitMix64 (Steele, Lea and Flood 2014)
/// each, and their exclusive or once more; only operations on whole numbers are used.
/// </summary>
public static class SampleStreams
{
    /// <summary>Between two numbers of SplitMix64: 2⁶⁴ over the golden ratio.</summary>
    private const ulong Step = 0x9E3779B97F4A7C15UL;

    private const ulong ExponentOfOne = 0x3FF0000000000000UL;

    /// <summary>1 less half of the last place: what makes a number in [1, 2) one in the middle of its step of (0, 1).</summary>
    private const double OneLessHalf = 1 - (1.0 / (1L << 53));

    /// <summary>The key of what a text and numbers name: FNV-1a over the UTF-8 bytes, then over the numbers.</summary>
    public static ulong Key(string name, params ReadOnlySpan<long> parts)
    {
        var hash = 0xCBF29CE484222325UL;
        Span<byte> bytes = stackalloc byte[256];
        for (var at = 0; at < name.Length; at += 64)
        {
            var written = Encoding.UTF8.GetBytes(name.AsSpan(at, Math.Min(64, name.Length - at)), bytes);
            foreach (var one in bytes[..written])
            {
                hash = (hash ^ one) * 0x100000001B3UL;
            }
        }

        foreach (var part in parts)
        {
            hash = SeededDraws.Mixed(hash ^ (ulong)part);
        }

        return hash;
    }

    /// <summary>Above 0 and below 1, in steps of 2⁻⁵² whose middles are taken, so that u and 1 − u are equally exact.</summary>
    public static double Unit(ulong seed, ulong key, long sample) => Unit(SeededDraws.Mixed(SampleWord(seed, sample) ^ KeyWord(key)));

    /// <summary>The sample's number of the sequence of SplitMix64 that begins with the seed.</summary>
    internal static ulong SampleWord(ulong seed, long sample) => SeededDraws.Mixed(seed + (((ulong)sample + 1) * Step));

    internal static ulong KeyWord(ulong key) => SeededDraws.Mixed(key + Step);

    /// <summary>By which the digits of a key's Sobol points are shifted.</summary>
    internal static ulong Shift(ulong seed, ulong key) => SeededDraws.Mixed(seed ^ KeyWord(key));

    internal static double Unit(ulong bits) => BitConverter.UInt64BitsToDouble((bits >> 12) | ExponentOfOne) - OneLessHalf;

    /// <summary>The same for the eight samples whose words are given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<double> Units(Vector512<ulong> sampleWords, ulong keyWord)
    {
        var z = sampleWords ^ Vector512.Create(keyWord);
        z = (z ^ (z >>> 30)) * Vector512.Create(0xBF58476D1CE4E5B9UL);
        z = (z ^ (z >>> 27)) * Vector512.Create(0x94D049BB133111EBUL);
        z ^= z >>> 31;
        return ((z >>> 12) | Vector512.Create(ExponentOfOne)).AsDouble() - Vector512.Create(OneLessHalf);
    }
}
