namespace Tanlu.Tables;

/// <summary>What the numbers of a column say about the comma and the point.</summary>
public enum DecimalMark
{
    /// <summary>Nothing that decides.</summary>
    Unknown,
    Point,
    Comma,

    /// <summary>Some say one, some the other: each number stands for itself.</summary>
    Mixed,
}

/// <summary>Gathers what the numbers of a column say; only numbers with one possible reading have a voice.</summary>
public sealed class DecimalVote
{
    private bool _point;
    private bool _comma;

    public DecimalMark Mark => (_point, _comma) switch
    {
        (true, true) => DecimalMark.Mixed,
        (true, false) => DecimalMark.Point,
        (false, true) => DecimalMark.Comma,
        _ => DecimalMark.Unknown,
    };

    public void Add(ReadOnlySpan<byte> utf8)
    {
        if ((!_point || !_comma) && utf8.Length is > 1 and < 64 && utf8.IndexOfAny(",."u8) >= 0)
        {
            Add(System.Text.Encoding.UTF8.GetString(utf8));
        }
        else if (!_comma && utf8.Length < 64 && utf8.IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0)
        {
            Add(System.Text.Encoding.UTF8.GetString(utf8));
        }
    }

    public void Add(string text)
    {
        var voice = NumberShapes.Voice(CellNumber.Normalise(text));
        _point |= voice == DecimalMark.Point;
        _comma |= voice == DecimalMark.Comma;
    }
}

/// <summary>The reading of digits with commas, points, blanks and apostrophes between them.</summary>
/// <param name="Plain">The number in plain form, or null where it is none.</param>
/// <param name="Ambiguous">Two readings are possible and nothing decides.</param>
internal readonly record struct NumberShapes(string? Plain, bool Ambiguous = false, string AsThousands = "", string AsDecimal = "")
{
    public static NumberShapes Of(string text, DecimalMark mark)
    {
        var sign = text[0] is '+' or '-' ? text[..1] : "";
        var e = text.IndexOfAny(['e', 'E']);
        var exponent = e < 0 ? "" : text[e..];
        var body = text[sign.Length..(e < 0 ? text.Length : e)];

        // Blanks and apostrophes only ever part thousands; what follows the last of them up to the decimal mark is three digits.
        foreach (var blank in " '")
        {
            if (!body.Contains(blank))
            {
                continue;
            }

            if (Ungrouped(body, blank) is not { } joinedGroups)
            {
                return default;
            }

            body = joinedGroups;
        }

        var commas = body.Count(c => c == ',');
        var points = body.Count(c => c == '.');
        if (commas > 0 && points > 0)
        {
            // The mark that comes last is the decimal mark, and it stands once.
            var last = body.LastIndexOfAny([',', '.']);
            var other = body[last] == ',' ? '.' : ',';
            return (body[last] == ',' ? commas : points) != 1 || mark == (other == ',' ? DecimalMark.Comma : DecimalMark.Point) || !Grouped(body[..last], other)
                ? default
                : new NumberShapes($"{sign}{body[..last].Replace($"{other}", "", StringComparison.Ordinal)}.{body[(last + 1)..]}{exponent}");
        }

        if (commas + points == 0)
        {
            return new NumberShapes(sign + body + exponent);
        }

        var separator = commas > 0 ? ',' : '.';
        var decimalMark = separator == ',' ? DecimalMark.Comma : DecimalMark.Point;
        var joined = body.Replace($"{separator}", "", StringComparison.Ordinal);
        if (commas + points > 1)
        {
            return Grouped(body, separator) && mark != decimalMark ? new NumberShapes(sign + joined + exponent) : default;
        }

        var asDecimal = $"{sign}{body.Replace(',', '.')}{exponent}";
        if (!Grouped(body, separator) || mark == decimalMark || (separator == '.' && mark != DecimalMark.Comma))
        {
            return new NumberShapes(asDecimal);
        }

        return separator == ',' && mark == DecimalMark.Point
            ? new NumberShapes(sign + joined + exponent)
            : new NumberShapes(null, Ambiguous: true, sign + joined + exponent, asDecimal);
    }

    /// <summary>What a number, standing alone, proves about its column.</summary>
    public static DecimalMark Voice(string text)
    {
        var body = text.TrimStart('+', '-');
        if (body.Length == 0 || body.Any(c => !char.IsAsciiDigit(c) && c is not (',' or '.' or ' ' or '\'')))
        {
            return DecimalMark.Unknown;
        }

        var last = body.LastIndexOfAny([',', '.']);
        if (last < 0)
        {
            return DecimalMark.Unknown;
        }

        var (decimals, thousands) = body[last] == ',' ? (DecimalMark.Comma, DecimalMark.Point) : (DecimalMark.Point, DecimalMark.Comma);
        if (body.Count(c => c == body[last]) > 1)
        {
            return thousands;
        }

        // One mark alone before three digits may be either; with another mark, a blank or an apostrophe before it, it is the decimal mark.
        return !Grouped(body, body[last]) || body[..last].AsSpan().IndexOfAny(" ',.") >= 0 ? decimals : DecimalMark.Unknown;
    }

    private static string? Ungrouped(string body, char blank)
    {
        var mark = body.AsSpan().IndexOfAny(",.");
        var whole = mark < 0 ? body : body[..mark];
        return Grouped(whole, blank) ? string.Concat(whole.Replace($"{blank}", "", StringComparison.Ordinal), mark < 0 ? "" : body[mark..]) : null;
    }

    /// <summary>Whether the separator parts thousands (or, in the Indian way, lakhs): one to three digits not starting with 0, then groups of three.</summary>
    private static bool Grouped(string whole, char separator)
    {
        var groups = whole.Split(separator);
        return groups.Length > 1
            && groups[0].Length is > 0 and <= 3 && groups[0][0] != '0'
            && groups[^1].Length == 3
            && (groups[1..].All(g => g.Length == 3) || (groups.Length > 2 && groups[0].Length <= 2 && groups[1..^1].All(g => g.Length == 2)))
            && groups.All(g => g.All(char.IsAsciiDigit));
    }
}
