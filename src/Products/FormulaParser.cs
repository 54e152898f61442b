using System.Globalization;

namespace Tanlu.Products;

/// <summary>
/// Reads a formula as openLCA, SimaPro and EcoSpold 2 write it: <c>+ - * / ^ ** div mod</c>, comparisons (<c>= == &lt;&gt; !=</c> and the rest), <c>and or not</c> and their
/// signs, functions with arguments parted by <c>;</c> or <c>,</c>. A comma between digits is a decimal comma where the formula parts arguments by <c>;</c> or calls nothing.
/// <c>-2^2</c> is −4 and <c>2^3^2</c> is 512, as in mathematics.
/// </summary>
/// <exception cref="FormulaException"><c>formula_syntax</c> with the place, <c>formula_too_deep</c> beyond 200 levels.</exception>
internal sealed class FormulaParser
{
    private const int Deepest = 200;
    private const int Longest = 20_000;

    private readonly string _text;
    private readonly bool _commaIsDecimal;
    private int _at;
    private int _depth;

    private FormulaParser(string text)
    {
        _text = text;
        _commaIsDecimal = text.Contains(';', StringComparison.Ordinal) || !text.Contains('(', StringComparison.Ordinal);
    }

    public static FormulaTree Parse(string text)
    {
        if (text.Length > Longest)
        {
            throw new FormulaException("formula_too_deep", text);
        }

        var parser = new FormulaParser(text);
        parser.Take("=");
        var tree = parser.Or();
        parser.Blanks();
        return parser._at == text.Length ? tree : throw parser.Wrong();
    }

    private FormulaTree Or()
    {
        if (++_depth > Deepest)
        {
            throw new FormulaException("formula_too_deep", _text);
        }

        var left = And();
        while (Take("||") || Take("|") || TakeWord("or"))
        {
            left = new FormulaTree.Binary("or", left, And());
        }

        _depth--;
        return left;
    }

    private FormulaTree And()
    {
        var left = Comparison();
        while (Take("&&") || Take("&") || TakeWord("and"))
        {
            left = new FormulaTree.Binary("and", left, Comparison());
        }

        return left;
    }

    private FormulaTree Comparison()
    {
        var left = Sum();
        while (Sign("<=", ">=", "<>", "!=", "==", "<", ">", "=") is { } sign)
        {
            left = new FormulaTree.Binary(sign switch { "==" => "=", "!=" => "<>", _ => sign }, left, Sum());
        }

        return left;
    }

    private FormulaTree Sum()
    {
        var left = Product();
        while (Sign("+", "-") is { } sign)
        {
            left = new FormulaTree.Binary(sign, left, Product());
        }

        return left;
    }

    private FormulaTree Product()
    {
        var left = Signed();
        while (true)
        {
            var sign = Sign("*", "/") ?? (Take("%") || TakeWord("mod") ? "mod" : TakeWord("div") ? "div" : null);
            if (sign is null)
            {
                return left;
            }

            left = new FormulaTree.Binary(sign, left, Signed());
        }
    }

    private FormulaTree Signed()
    {
        var signs = 0;
        while (Sign("-", "+") is { } sign)
        {
            signs += sign == "-" ? 1 : 0;
        }

        if (Take("!") || TakeWord("not"))
        {
            return new FormulaTree.Unary('!', Nested(Signed));
        }

        var power = Raised();
        return signs % 2 == 1 ? new FormulaTree.Unary('-', power) : power;
    }

    private FormulaTree Raised()
    {
        var left = Primary();
        return Take("**") || Take("^") ? new FormulaTree.Binary("^", left, Nested(Signed)) : left;
    }

    private FormulaTree Nested(Func<FormulaTree> part)
    {
        if (++_depth > Deepest)
        {
            throw new FormulaException("formula_too_deep", _text);
        }

        var tree = part();
        _depth--;
        return tree;
    }

    private FormulaTree Primary()
    {
        Blanks();
        if (_at == _text.Length)
        {
            throw Wrong();
        }

        if (Take("("))
        {
            var inner = Or();
            return Take(")") ? inner : throw Wrong();
        }

        return char.IsAsciiDigit(_text[_at]) || _text[_at] == '.' ? Number() : Name();
    }

    private FormulaTree.Number Number()
    {
        var start = _at;
        Digits();
        if (_at < _text.Length && (_text[_at] == '.' || (_text[_at] == ',' && _commaIsDecimal && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))))
        {
            _at++;
            Digits();
        }

        if (_at < _text.Length && _text[_at] is 'e' or 'E')
        {
            var digits = _at + 1 < _text.Length && _text[_at + 1] is '+' or '-' ? _at + 2 : _at + 1;
            if (digits < _text.Length && char.IsAsciiDigit(_text[digits]))
            {
                _at = digits;
                Digits();
            }
        }

        return double.TryParse(_text.AsSpan(start, _at - start).ToString().Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? new FormulaTree.Number(value)
            : throw Wrong();
    }

    private FormulaTree Name()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        if (start == _at)
        {
            throw Wrong();
        }

        var name = _text[start.._at];
        if (!Take("("))
        {
            return new FormulaTree.Name(name);
        }

        if (name.Equals("unitconversion", StringComparison.OrdinalIgnoreCase))
        {
            var operand = Or();
            var from = Separator() ? Quoted() : throw Wrong();
            var to = Separator() ? Quoted() : throw Wrong();
            return Take(")") ? new FormulaTree.Converted(operand, from, to) : throw Wrong();
        }

        var arguments = new List<FormulaTree>();
        if (!Take(")"))
        {
            do
            {
                arguments.Add(Or());
            }
            while (Separator());
            if (!Take(")"))
            {
                throw Wrong();
            }
        }

        return new FormulaTree.Call(name.ToLowerInvariant(), arguments);
    }

    private bool Separator() => Take(";") || Take(",");

    private string Quoted()
    {
        Blanks();
        var quote = _at < _text.Length && _text[_at] is '\'' or '"' ? _text[_at] : throw Wrong();
        var end = _text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            throw Wrong();
        }

        var inner = _text[(_at + 1)..end];
        _at = end + 1;
        return inner;
    }

    private string? Sign(params ReadOnlySpan<string> signs)
    {
        foreach (var sign in signs)
        {
            if (Take(sign))
            {
                return sign;
            }
        }

        return null;
    }

    private bool At(string sign) => string.CompareOrdinal(_text, _at, sign, 0, sign.Length) == 0;

    private bool Take(string sign)
    {
        Blanks();
        if (!At(sign))
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        Blanks();
        var end = _at + word.Length;
        if (string.Compare(_text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0
            || (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void Digits()
    {
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
        {
            _at++;
        }
    }

    private void Blanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private FormulaException Wrong() => new("formula_syntax", _at < _text.Length ? $"{_text[.._at]}⟨{_text[_at]}⟩" : $"{_text}⟨⟩");
}
