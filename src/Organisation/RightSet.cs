using System.Numerics;

namespace Tanlu.Organisation;

/// <summary>A set of rights: what a token may use at most of what its owner may do.</summary>
public readonly record struct RightSet
{
    private readonly ulong _bits;

    private RightSet(ulong bits) => _bits = bits;

    /// <summary>No limit: every right there is, and those that later versions add.</summary>
    public static RightSet All { get; } = new(ulong.MaxValue);

    public int Count => BitOperations.PopCount(_bits);

    public static RightSet Of(params IEnumerable<Right> rights) => new(rights.Aggregate(0UL, (bits, right) => bits | Bit(right)));

    public bool Contains(Right right) => (_bits & Bit(right)) != 0;

    /// <summary>The rights in the order in which they are declared.</summary>
    public IReadOnlyList<Right> Listed() => [.. Enum.GetValues<Right>().Where(Contains)];

    /// <summary>Names joined by blanks, the stored form: a name outlives a number that moves when a right is added between two others.</summary>
    public override string ToString() => string.Join(' ', Listed());

    /// <summary>The rights of a stored text. A name that this version no longer knows grants nothing.</summary>
    public static RightSet Parse(string text) =>
        Of(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Named).OfType<Right>());

    /// <summary>The right of this name, or null; a number is not a name.</summary>
    public static Right? Named(string name) =>
        Enum.GetNames<Right>().Any(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ? Enum.Parse<Right>(name, ignoreCase: true) : null;

    private static ulong Bit(Right right) => 1UL << (int)right;
}
