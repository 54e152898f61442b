using System.Globalization;

namespace Tanlu.Exchange;

/// <summary>The head of a NumPy file: a Python dictionary with <c>descr</c>, <c>fortran_order</c> and <c>shape</c>, of which nothing else is understood.</summary>
internal sealed class NpyHead(string text)
{
    private int _at;

    public List<(string Name, string Type)> Fields { get; } = [];

    public List<int> Shape { get; } = [];

    public bool FortranOrder { get; private set; }

    /// <summary>Null where the text is no such dictionary.</summary>
    public NpyHead? Read()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (!Take('{'))
        {
            return null;
        }

        while (!Take('}'))
        {
            if (Quoted() is not { } key || !Take(':') || !seen.Add(key))
            {
                return null;
            }

            var good = key switch { "descr" => Types(), "fortran_order" => Order(), "shape" => Lengths(), _ => false };
            if (!good || (!Take(',') && Peek() != '}'))
            {
                return null;
            }
        }

        return seen.Count == 3 ? this : null;
    }

    private bool Types()
    {
        if (Peek() != '[')
        {
            return Quoted() is { } type && Add("", type);
        }

        Take('[');
        while (!Take(']'))
        {
            if (!Take('(') || Quoted() is not { } name || !Take(',') || Quoted() is not { } type || !Take(')') || !Add(name, type) || (!Take(',') && Peek() != ']'))
            {
                return false;
            }
        }

        return Fields.Count > 0;
    }

    private bool Add(string name, string type)
    {
        Fields.Add((name, type));
        return Fields.Count <= 64;
    }

    private bool Order()
    {
        foreach (var (word, value) in new[] { ("True", true), ("False", false) })
        {
            Blanks();
            if (text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            {
                _at += word.Length;
                FortranOrder = value;
                return true;
            }
        }

        return false;
    }

    private bool Lengths()
    {
        if (!Take('('))
        {
            return false;
        }

        while (!Take(')'))
        {
            Blanks();
            var from = _at;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
            {
                _at++;
            }

            if (!int.TryParse(text.AsSpan(from, _at - from), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            {
                return false;
            }

            Shape.Add(length);
            if ((!Take(',') && Peek() != ')') || Shape.Count > 8)
            {
                return false;
            }
        }

        return true;
    }

    private string? Quoted()
    {
        var quote = Peek();
        if (quote is not ('\'' or '"'))
        {
            return null;
        }

        var end = text.IndexOf(quote, _at + 1);
        if (end < 0)
        {
            return null;
        }

        var word = text[(_at + 1)..end];
        _at = end + 1;
        return word;
    }

    private bool Take(char c)
    {
        if (Peek() != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    private char Peek()
    {
        Blanks();
        return _at < text.Length ? text[_at] : '\0';
    }

    private void Blanks()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
    }
}
