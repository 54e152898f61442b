namespace Tanlu.Storage;

/// <summary>
/// The row a query stands on, by 0-based column. It is valid only inside the mapping function. A NULL where none is expected, and a value of another type,
/// throw instead of turning into something near.
/// </summary>
public abstract class Row
{
    public abstract bool IsNull(int column);

    public abstract long Int64(int column);

    public abstract double Double(int column);

    public abstract string Text(int column);

    public abstract byte[] Bytes(int column);

    /// <summary>A 0/1 integer column or a condition such as <c>a = b</c>.</summary>
    public abstract bool Bool(int column);

    public int Int32(int column) => checked((int)Int64(column));

    /// <summary>A day kept as ISO text.</summary>
    public DateOnly Date(int column) => IsoText.Day(Text(column));

    /// <summary>An instant kept as ISO text in UTC.</summary>
    public DateTimeOffset Instant(int column) => IsoText.Instant(Text(column));

    public long? Int64OrNull(int column) => IsNull(column) ? null : Int64(column);

    public int? Int32OrNull(int column) => IsNull(column) ? null : Int32(column);

    public double? DoubleOrNull(int column) => IsNull(column) ? null : Double(column);

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[]? BytesOrNull(int column) => IsNull(column) ? null : Bytes(column);

    public bool? BoolOrNull(int column) => IsNull(column) ? null : Bool(column);

    public DateOnly? DateOrNull(int column) => IsNull(column) ? null : Date(column);

    public DateTimeOffset? InstantOrNull(int column) => IsNull(column) ? null : Instant(column);
}
