using Npgsql;
using NpgsqlTypes;

namespace Tanlu.Storage;

/// <param name="copy">The open COPY.</param>
/// <param name="merge">What to run after the COPY, where it filled a staging table.</param>
internal sealed class PostgresBulk(PostgresTx tx, NpgsqlBinaryImporter copy, int columns, string? merge) : Bulk(tx)
{
    // Npgsql takes no span; it copies what it is given at once, so one buffer serves every value.
    private byte[] _buffer = new byte[256];
    private int _column;

    public override void Int64(long value)
    {
        Next();
        copy.Write(value, NpgsqlDbType.Bigint);
    }

    public override void Double(double value)
    {
        Next();
        copy.Write(ValueRules.Finite(value), NpgsqlDbType.Double);
    }

    public override void Text(ReadOnlySpan<byte> utf8)
    {
        ValueRules.Storable(utf8);
        Next();
        copy.Write(Kept(utf8), NpgsqlDbType.Text);
    }

    public override void Bytes(ReadOnlySpan<byte> value)
    {
        Next();
        copy.Write(Kept(value), NpgsqlDbType.Bytea);
    }

    public override void Null()
    {
        Next();
        copy.WriteNull();
    }

    public override void EndRow()
    {
        if (_column != columns)
        {
            throw new InvalidOperationException($"The row has {_column} of {columns} values.");
        }

        _column = 0;
    }

    private protected override void Finish()
    {
        if (_column != 0)
        {
            throw new InvalidOperationException("The last row is not ended.");
        }

        tx.Mapped(() =>
        {
            copy.Complete();
            copy.Dispose();
            return true;
        });
        if (merge is not null)
        {
            tx.Mapped(() =>
            {
                tx.Plain(merge);
                return true;
            });
        }
    }

    private protected override void Close(bool completed)
    {
        if (!completed)
        {
            copy.Dispose();
        }
    }

    private void Next()
    {
        if (_column == columns)
        {
            throw new InvalidOperationException($"The row has more than {columns} values.");
        }

        if (_column++ == 0)
        {
            tx.Mapped(() =>
            {
                copy.StartRow();
                return true;
            });
        }
    }

    private ReadOnlyMemory<byte> Kept(ReadOnlySpan<byte> value)
    {
        if (_buffer.Length < value.Length)
        {
            _buffer = new byte[value.Length * 2];
        }

        value.CopyTo(_buffer);
        return _buffer.AsMemory(0, value.Length);
    }
}
