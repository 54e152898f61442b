using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>
/// Reads a unit expression: quotient = product { ("/" | " per ") product }; product = factor { ("." | "*" | "-" | blank) factor };
/// factor = "(" quotient ")" | number ["^" exponent] | unit [exponent] {annotation}. Division binds looser than multiplication, as people
/// write it: <c>kg/10^4 Nm3</c> is kg per 10 000 Nm3. An annotation names what is measured (CO2, a gas, <c>{steel}</c>, free words behind a unit
/// inside brackets) and carries no dimension, or states the unit's condition (Gross CV, 20 °C).
/// </summary>
internal sealed class UnitExpression(string text)
{
    private int _at;
    private bool _unitSeen;

    /// <summary>The unit, or null where the text is no unit expression. A bare number is none.</summary>
    public Unit? Parse()
    {
        _at = 0;
        _unitSeen = false;
        var unit = Quotient(bracketed: false);
        SkipBlanks();
        return _unitSeen && _at == text.Length ? unit : null;
    }

    private static bool IsCjk(char c) => c >= '\u2E80';

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c is '%' or '‰' or '°' or '$' or '€' or '£' or '_';

    private Unit? Quotient(bool bracketed)
    {
        var left = Product(bracketed);
        while (left is not null)
        {
            SkipBlanks();
            if (!Take('/') && !TakePer())
            {
                return left;
            }

            left = Product(bracketed) is { } right ? left.Per(right) : null;
        }

        return null;
    }

    private Unit? Product(bool bracketed)
    {
        var left = Factor(bracketed);
        while (left is not null)
        {
            SkipBlanks();
            if (_at == text.Length || text[_at] is '/' or ')' || AtPer())
            {
                return left;
            }

            if (text[_at] is '.' or '*' or '-')
            {
                _at++;
            }

            left = Factor(bracketed) is { } right ? left.Times(right) : null;
        }

        return null;
    }

    private Unit? Factor(bool bracketed)
    {
        SkipBlanks();
        if (_at == text.Length)
        {
            return null;
        }

        if (Take('('))
        {
            var inner = Quotient(bracketed: true);
            SkipBlanks();
            return inner is not null && Take(')') && Raised(inner) is { } group ? Annotated(group, bracketed) : null;
        }

        if (char.IsAsciiDigit(text[_at]))
        {
            return Number();
        }

        if (NamedHere() is { } named)
        {
            _at = named.End;
            _unitSeen = true;
            return Raised(named.Unit) is { } unit ? Annotated(unit, bracketed) : null;
        }

        return NumberWord();
    }

    /// <summary>Digits with a decimal point, thousands commas, an exponent, or a power: 10^4, UCUM's 10*4, 1e4, 1,000.</summary>
    private Unit? Number()
    {
        var start = _at;
        Digits();
        while (_at + 3 < text.Length && text[_at] == ',' && text.AsSpan(_at + 1, 3).IndexOfAnyExceptInRange('0', '9') < 0
            && (_at + 4 == text.Length || !char.IsAsciiDigit(text[_at + 4])))
        {
            _at += 4;
        }

        var whole = _at;
        if (_at + 1 < text.Length && text[_at] == '.' && char.IsAsciiDigit(text[_at + 1]))
        {
            _at++;
            Digits();
        }

        if (_at + 1 < text.Length && text[_at] is 'e' or 'E' && Exponent(_at + 1) is { } scientific)
        {
            _at = scientific.End;
        }

        var digits = text[start.._at].Replace(",", "", StringComparison.Ordinal);
        if (digits.Length > 20 || ExponentOf(digits) > 30)
        {
            return null;
        }

        var value = Rational.Parse(digits);
        if (value.Numerator.IsZero)
        {
            return null;
        }

        var number = new Unit(digits, Dimension.None, value);
        var power = _at < text.Length && (text[_at] == '^' || (text[_at] == '*' && digits == "10")) ? Exponent(_at + 1) : null;
        if (power is { } raised)
        {
            _at = raised.End;
            return Math.Abs(raised.Value) <= 30 ? number.Power(raised.Value) : null;
        }

        // “2021 USD” is a price year, not two thousand dollars.
        if (_at == whole && digits.Length == 4 && int.Parse(digits, CultureInfo.InvariantCulture) is > 1980 and < 2100)
        {
            SkipBlanks();
            if (NamedHere() is { Unit.Dimension.IsMoney: true } money)
            {
                _at = money.End;
                _unitSeen = true;
                return Annotated(money.Unit, bracketed: false);
            }
        }

        return number;
    }

    private static int ExponentOf(string digits) =>
        digits.IndexOfAny(['e', 'E']) is >= 0 and var e ? Math.Abs(int.Parse(digits.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)) : 0;

    private Unit? NumberWord()
    {
        for (var end = LongestEnd(UnitWords.Longest); end > _at; end--)
        {
            if (IsBoundary(end) && UnitWords.Number(text[_at..end]) is { } value)
            {
                _at = end;
                return new Unit("", Dimension.None, value);
            }
        }

        return null;
    }

    /// <summary>The longest unit of the table that begins here; its end is a word's end, an exponent, or a substance written to it (kgCO2).</summary>
    private (Unit Unit, int End)? NamedHere()
    {
        for (var end = LongestEnd(Units.LongestSpelling); end > _at; end--)
        {
            if (Units.Named(text.AsSpan(_at, end - _at)) is { } unit && (IsBoundary(end) || (TakesDigits(unit) && ExponentEnd(end) > end) || AnnotationAt(end) is not null))
            {
                return (unit, end);
            }
        }

        return null;
    }

    /// <summary>Applies an exponent behind a unit or bracket: m^3, m3, s-1.</summary>
    private Unit? Raised(Unit unit)
    {
        var end = ExponentEnd(_at);
        if (end == _at)
        {
            return _at < text.Length && text[_at] == '^' ? null : unit;
        }

        var value = int.Parse(text.AsSpan(_at, end - _at).TrimStart('^'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        _at = end;
        return value is >= -9 and <= 9 ? unit.Power(value) : null;
    }

    /// <summary>Digits written to a unit are its power (m3, s-1), but CHF3 is a gas and no cubic franc.</summary>
    private static bool TakesDigits(Unit unit) => unit.Dimension is { Money: 0, Item: 0, Person: 0 };

    private int ExponentEnd(int at)
    {
        var marked = at < text.Length && text[at] == '^';
        var exponent = Exponent(marked ? at + 1 : at);
        return exponent is { } found && IsBoundary(found.End) ? found.End : at;
    }

    private (int Value, int End)? Exponent(int at)
    {
        var digits = at < text.Length && text[at] is '-' or '+' ? at + 1 : at;
        var end = digits;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return end - digits is > 0 and <= 3 ? (int.Parse(text.AsSpan(at, end - at), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), end) : null;
    }

    /// <summary>Takes what follows a unit and is no unit; null where it contradicts the unit.</summary>
    private Unit? Annotated(Unit unit, bool bracketed)
    {
        Unit? result = unit;
        while (result is not null)
        {
            var before = _at;
            SkipBlanks();
            if (_at == text.Length)
            {
                return result;
            }

            var hyphen = before;
            if (AnnotationAt(_at) is { } known)
            {
                _at = known.End;
                result = result.Under(known.Condition);
            }
            else if (text[hyphen] == '-' && AnnotationAt(hyphen + 1) is { } joined)
            {
                _at = joined.End;
                result = result.Under(joined.Condition);
            }
            else if (text[_at] == '{' && text.IndexOf('}', _at) is > 0 and var brace)
            {
                result = result.Under(UnitWords.Annotation(text[(_at + 1)..brace].Trim()) ?? UnitCondition.None);
                _at = brace + 1;
            }
            else if (text[_at] == '(' && WordsInBrackets() is { } end)
            {
                result = result.Under(UnitWords.Annotation(text[(_at + 1)..end].Trim()) ?? UnitCondition.None);
                _at = end + 1;
            }
            else if ((bracketed && IsFreeWord()) || text[_at] == ',')
            {
                SkipFreeWords();
            }
            else
            {
                _at = before;
                return result;
            }
        }

        return null;
    }

    /// <summary>The longest known annotation that begins at a place.</summary>
    private (UnitCondition Condition, int End)? AnnotationAt(int at)
    {
        if (at >= text.Length || !IsWord(text[at]))
        {
            return null;
        }

        for (var end = Math.Min(text.Length, at + UnitWords.Longest); end > at; end--)
        {
            if (IsBoundary(end) && text[end - 1] != ' ' && UnitWords.Annotation(text[at..end]) is { } condition)
            {
                return (condition, end);
            }
        }

        return null;
    }

    /// <summary>The place of the bracket that closes words at the current opening bracket; null where it opens a unit expression.</summary>
    private int? WordsInBrackets()
    {
        var end = text.IndexOf(')', _at);
        if (end < 0)
        {
            return null;
        }

        var inner = text.AsSpan(_at + 1, end - _at - 1).Trim();
        if (inner.IsEmpty || inner.ContainsAny("(/^{}*"))
        {
            return null;
        }

        if (UnitWords.Annotation(inner.ToString()) is not null)
        {
            return end;
        }

        var start = _at;
        _at = start + 1;
        SkipBlanks();
        var words = IsFreeWord();
        _at = start;
        return words ? end : null;
    }

    /// <summary>A word that is neither a number nor a unit nor “per”.</summary>
    private bool IsFreeWord() => char.IsLetter(text[_at]) && !AtPer() && NamedHere() is null;

    private void SkipFreeWords()
    {
        while (_at < text.Length && text[_at] is not ('/' or ')' or '(' or '.' or '*' or '^') && !AtPer())
        {
            _at++;
        }
    }

    private int LongestEnd(int longest) => Math.Min(text.Length, _at + longest);

    private bool IsBoundary(int at) =>
        at <= 0 || at >= text.Length || !IsWord(text[at - 1]) || !IsWord(text[at]) || IsCjk(text[at - 1]) || IsCjk(text[at]);

    private bool AtPer() =>
        _at > 0 && string.CompareOrdinal(text, _at, "per ", 0, 4) == 0 && !IsWord(text[_at - 1]);

    private bool TakePer()
    {
        if (!AtPer())
        {
            return false;
        }

        _at += 4;
        return true;
    }

    private bool Take(char c)
    {
        if (_at == text.Length || text[_at] != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private void Digits()
    {
        while (_at < text.Length && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] == ' ')
        {
            _at++;
        }
    }
}
