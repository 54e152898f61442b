using System.Buffers;
using System.Globalization;

namespace Tanlu.Storage;

/// <summary>
/// Rows on their way into a table: give the columns' values in order, then <see cref="EndRow"/>; at the end <see cref="Complete"/>.
/// No allocation per row.
/// </summary>
public abstract class Bulk : IDisposable
{
    private readonly Tx _tx;
    private bool _completed;
    private bool _closed;

    private protected Bulk(Tx tx) => _tx = tx;

    public abstract void Int64(long value);

    public abstract void Double(double value);

    /// <summary>A text as UTF-8.</summary>
    public abstract void Text(ReadOnlySpan<byte> utf8);

    public abstract void Bytes(ReadOnlySpan<byte> value);

    public abstract void Null();

    /// <summary>Throws where the row is short of a column.</summary>
    public abstract void EndRow();

    public void Int64(long? value)
    {
        if (value is { } given)
        {
            Int64(given);
        }
        else
        {
            Null();
        }
    }

    public void Double(double? value)
    {
        if (value is { } given)
        {
            Double(given);
        }
        else
        {
            Null();
        }
    }

    public void Bool(bool value) => Int64(value ? 1L : 0L);

    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        byte[]? rented = null;
        var most = ValueRules.Utf8.GetMaxByteCount(value.Length);
        var room = most <= 512 ? stackalloc byte[512] : rented = ArrayPool<byte>.Shared.Rent(most);
        Text(room[..ValueRules.Utf8.GetBytes(value, room)]);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Date(DateOnly value)
    {
        Span<byte> room = stackalloc byte[10];
        value.TryFormat(room, out _, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        Text(room);
    }

    public void Instant(DateTimeOffset value)
    {
        Span<byte> room = stackalloc byte[28];
        value.UtcDateTime.TryFormat(room, out _, IsoText.InstantForm, CultureInfo.InvariantCulture);
        Text(room);
    }

    /// <summary>Ends the bulk well; without it, disposing fails the unit of work.</summary>
    public void Complete()
    {
        Finish();
        _completed = true;
        Dispose();
    }

    public void Dispose()
    {
        if (_closed)
        {
            return;
        }

        _closed = true;
        try
        {
            Close(_completed);
        }
        finally
        {
            _tx.BulkClosed(_completed);
        }
    }

    private protected abstract void Finish();

    private protected abstract void Close(bool completed);
}
