using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tanlu.Storage;

/// <summary>
/// A statement written as an interpolated string: <c>$"SELECT name FROM site WHERE id = {id}"</c>. Each hole becomes a parameter of the hole's type;
/// a hole that is itself a <see cref="Sql"/> is spliced in with its parameters, so conditions compose. Text from outside can not become SQL by accident:
/// there is no conversion from <see cref="string"/>, only <see cref="Raw"/>.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sql
{
    // SQLite allows 32 766 parameters in one statement and PostgreSQL 65 535.
    private const int LongestList = 30_000;

    private readonly List<string> _texts = [];
    private readonly List<SqlValue> _values = [];
    private string? _text;

    public Sql(int literalLength, int formattedCount)
    {
        _ = literalLength;
        _texts.Capacity = formattedCount + 1;
        _texts.Add("");
        _values.Capacity = formattedCount;
    }

    private Sql(string text) => _texts.Add(text);

    /// <summary>Nothing: a condition that is not asked for.</summary>
    public static Sql Empty => Raw("");

    /// <summary>The statement with its parameters as <c>$1</c>, <c>$2</c> …, which both engines read.</summary>
    internal string Text => _text ??= Render();

    internal IReadOnlyList<SqlValue> Values => _values;

    /// <summary>A fragment that stands in the statement as it is. Never give it anything that came from outside.</summary>
    public static Sql Raw(string text) => new(text);

    /// <summary><c>WHERE id IN {Sql.In(ids)}</c>; an empty list matches nothing, also in NOT IN, where it matches everything.</summary>
    public static Sql In(IEnumerable<long> values) => List(values.Select(SqlValue.Of), "BIGINT");

    public static Sql In(IEnumerable<string> values) => List(values.Select(SqlValue.Of), "TEXT");

    /// <summary>The parts with <paramref name="separator"/> between them, e.g. conditions with <c> AND </c>.</summary>
    public static Sql Join(string separator, IEnumerable<Sql> parts)
    {
        var joined = Empty;
        var first = true;
        foreach (var part in parts)
        {
            if (!first)
            {
                joined.AppendLiteral(separator);
            }

            joined.AppendFormatted(part);
            first = false;
        }

        return joined;
    }

    public void AppendLiteral(string value)
    {
        _texts[^1] = _texts[^1].Length == 0 ? value : _texts[^1] + value;
        _text = null;
    }

    public void AppendFormatted(Sql part)
    {
        AppendLiteral(part._texts[0]);
        for (var i = 0; i < part._values.Count; i++)
        {
            Add(part._values[i]);
            AppendLiteral(part._texts[i + 1]);
        }
    }

    public void AppendFormatted(long value) => Add(SqlValue.Of(value));

    public void AppendFormatted(long? value) => Add(value is { } v ? SqlValue.Of(v) : SqlValue.Null(SqlKind.Int64));

    public void AppendFormatted(int value) => Add(SqlValue.Of(value));

    public void AppendFormatted(int? value) => AppendFormatted((long?)value);

    /// <summary>Truth is kept as 0 and 1 in an integer column.</summary>
    public void AppendFormatted(bool value) => Add(SqlValue.Of(value ? 1L : 0L));

    public void AppendFormatted(double value) => Add(SqlValue.Of(value));

    public void AppendFormatted(double? value) => Add(value is { } v ? SqlValue.Of(v) : SqlValue.Null(SqlKind.Double));

    public void AppendFormatted(string? value) => Add(value is null ? SqlValue.Null(SqlKind.Text) : SqlValue.Of(value));

    public void AppendFormatted(byte[]? value) => Add(value is null ? SqlValue.Null(SqlKind.Bytes) : SqlValue.Of(value));

    /// <summary>A day is kept as ISO text, <c>2024-03-31</c>.</summary>
    public void AppendFormatted(DateOnly value) => Add(SqlValue.Of(IsoText.Of(value)));

    public void AppendFormatted(DateOnly? value) => AppendFormatted(value is { } v ? IsoText.Of(v) : null);

    /// <summary>An instant is kept as ISO text in UTC of one fixed width, so that text order is time order.</summary>
    public void AppendFormatted(DateTimeOffset value) => Add(SqlValue.Of(IsoText.Of(value)));

    public void AppendFormatted(DateTimeOffset? value) => AppendFormatted(value is { } v ? IsoText.Of(v) : null);

    public override string ToString() => Text;

    internal static Sql Returning(Sql insert)
    {
        var returning = Raw("");
        returning.AppendFormatted(insert);
        returning.AppendLiteral(" RETURNING id");
        return returning;
    }

    private static Sql List(IEnumerable<SqlValue> values, string type)
    {
        var list = Raw("(");
        foreach (var value in values)
        {
            if (list._values.Count > 0)
            {
                list.AppendLiteral(", ");
            }

            list.Add(value);
        }

        if (list._values.Count > LongestList)
        {
            throw new ArgumentException($"A list holds at most {LongestList} values; join a table instead.");
        }

        // Both engines refuse "()", and "(NULL)" would make NOT IN match nothing.
        list.AppendLiteral(list._values.Count == 0 ? $"SELECT CAST(NULL AS {type}) WHERE 1 = 0)" : ")");
        return list;
    }

    private void Add(SqlValue value)
    {
        _values.Add(value);
        _texts.Add("");
        _text = null;
    }

    private string Render()
    {
        if (_values.Count == 0)
        {
            return _texts[0];
        }

        var text = new StringBuilder(_texts[0]);
        for (var i = 0; i < _values.Count; i++)
        {
            text.Append('$').Append(i + 1).Append(_texts[i + 1]);
        }

        return text.ToString();
    }
}

internal enum SqlKind
{
    Int64,
    Double,
    Text,
    Bytes,
}

internal readonly record struct SqlValue(SqlKind Kind, bool IsNull, long Int64, double Double, string? Text, byte[]? Bytes)
{
    public static SqlValue Null(SqlKind kind) => new(kind, IsNull: true, 0, 0, null, null);

    public static SqlValue Of(long value) => new(SqlKind.Int64, IsNull: false, value, 0, null, null);

    public static SqlValue Of(double value) => new(SqlKind.Double, IsNull: false, 0, ValueRules.Finite(value), null, null);

    public static SqlValue Of(string value) => new(SqlKind.Text, IsNull: false, 0, 0, ValueRules.Storable(value), null);

    public static SqlValue Of(byte[] value) => new(SqlKind.Bytes, IsNull: false, 0, 0, null, value);
}

/// <summary>What only one engine would take is refused for both: a NaN (SQLite turns it into NULL), a zero character and broken UTF-8 (PostgreSQL refuses them).</summary>
internal static class ValueRules
{
    public static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static double Finite(double value) =>
        double.IsFinite(value) ? value : throw new ArgumentException("Only finite numbers are stored.");

    public static string Storable(string text) =>
        text.Contains('\0') ? throw new ArgumentException("A text with a zero character is not stored.") : text;

    public static void Storable(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(utf8))
        {
            throw new ArgumentException("A text that is not UTF-8, or has a zero character, is not stored.");
        }
    }
}

internal static class IsoText
{
    public const string InstantForm = "yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'";

    public static string Of(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string Of(DateTimeOffset instant) => instant.UtcDateTime.ToString(InstantForm, CultureInfo.InvariantCulture);

    public static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static DateTimeOffset Instant(string text) =>
        DateTimeOffset.ParseExact(text, InstantForm, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
