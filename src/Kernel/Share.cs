namespace Tanlu.Kernel;

/// <summary>A share of a whole, from 0 to 1. One outside does not construct.</summary>
public readonly record struct Share : IComparable<Share>
{
    public static readonly Share Zero;
    public static readonly Share Whole = new(1);

    public Share(double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A share lies between 0 and 1.");
        }

        Value = value;
    }

    public double Value { get; }

    public Share Complement => new(1 - Value);

    /// <summary>The share that a person gave, refused with <c>share_range</c> outside 0 to 1.</summary>
    public static Outcome<Share> Read(double value) => value >= 0 && value <= 1 ? new Share(value) : new Problem("share_range", Found: NumberText.Full(value));

    /// <summary>Part of a whole; zero where there is nothing to share.</summary>
    public static Share Of(Int128 part, Int128 whole) => whole == 0 ? Zero : new((double)part / (double)whole);

    public static double operator *(Share share, double value) => share.Value * value;

    public static Share operator *(Share a, Share b) => new(a.Value * b.Value);

    public static bool operator <(Share a, Share b) => a.Value < b.Value;

    public static bool operator >(Share a, Share b) => a.Value > b.Value;

    public static bool operator <=(Share a, Share b) => a.Value <= b.Value;

    public static bool operator >=(Share a, Share b) => a.Value >= b.Value;

    public int CompareTo(Share other) => Value.CompareTo(other.Value);

    public override string ToString() => NumberText.Percent(Value);
}
