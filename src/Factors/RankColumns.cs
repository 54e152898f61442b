namespace Tanlu.Factors;

/// <summary>
/// What ranking needs of every version of a pack, side by side in memory: a search that hits all of a hundred thousand versions must not visit each of them where it lies.
/// </summary>
internal sealed class RankColumns
{
    public RankColumns(IReadOnlyList<FactorVersion> versions)
    {
        var count = versions.Count;
        (Role, Mark, LengthEn, LengthZh) = (new FactorRole[count], new byte[count], new byte[count], new byte[count]);
        (Priority, Age, First) = (new ushort[count], new int[count], new ulong[count]);
        for (var at = 0; at < count; at++)
        {
            var version = versions[at];
            Role[at] = version.Role;
            Mark[at] = version.Mark switch { "V" => 0, "S" => 1, _ => 2 };
            Priority[at] = (ushort)Math.Min(1023, version.Priority);
            Age[at] = DateOnly.MaxValue.DayNumber - version.ValidFrom.DayNumber;
            LengthEn[at] = Length(version.NameEn);
            LengthZh[at] = Length(version.NameZh);
            First[at] = Letter(version.NameEn) | ((ulong)Letter(version.NameZh) << 16) | ((ulong)Letter(version.Series) << 32) | ((ulong)Letter(version.Activity) << 48);
        }
    }

    public FactorRole[] Role { get; }

    /// <summary>0 read at its source, 1 secondary, 2 unverified.</summary>
    public byte[] Mark { get; }

    public ushort[] Priority { get; }

    /// <summary>Days from the beginning of validity to the end of time: the newest is the smallest.</summary>
    public int[] Age { get; }

    /// <summary>Words in each name, 63 at most.</summary>
    public byte[] LengthEn { get; }

    public byte[] LengthZh { get; }

    /// <summary>First letters of English name, Chinese name, series and activity, 16 bits each.</summary>
    public ulong[] First { get; }

    /// <summary>Whether one of the four names can begin with the letter.</summary>
    public bool MayBegin(int document, ushort letter)
    {
        var first = First[document];
        return (ushort)first == letter || (ushort)(first >> 16) == letter || (ushort)(first >> 32) == letter || (ushort)(first >> 48) == letter;
    }

    /// <summary>The first letter without its case, 0 where there is none.</summary>
    public static ushort Letter(string name) => name.Length == 0 ? (ushort)0 : (ushort)(name[0] | 0x20);

    private static byte Length(string name) => (byte)Math.Min(63, SearchText.Length(name));
}
