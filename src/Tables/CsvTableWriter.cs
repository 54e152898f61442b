using System.Globalization;
using System.Text;

namespace Tanlu.Tables;

/// <summary>
/// CSV for people with spreadsheets: UTF-8 with byte order mark, comma, CRLF. A text that a spreadsheet would take for a formula gets a
/// leading apostrophe, unless it is a plain number.
/// </summary>
public sealed class CsvTableWriter(Stream stream) : TableWriter
{
    private readonly StreamWriter _to = new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), bufferSize: 32 << 10, leaveOpen: true) { NewLine = "\r\n" };
    private bool _first = true;

    public override void Text(string? text)
    {
        Separate();
        text = Guarded(text ?? "");
        if (text.AsSpan().IndexOfAny(",;\"\r\n\t") >= 0)
        {
            _to.Write('"');
            _to.Write(text.Replace("\"", "\"\"", StringComparison.Ordinal));
            _to.Write('"');
        }
        else
        {
            _to.Write(text);
        }
    }

    public override void Number(double number)
    {
        if (!double.IsFinite(number))
        {
            throw new ArgumentOutOfRangeException(nameof(number), number, "A table holds finite numbers only.");
        }

        Separate();
        _to.Write(number.ToString("R", CultureInfo.InvariantCulture));
    }

    public override void Number(long number)
    {
        Separate();
        _to.Write(number.ToString(CultureInfo.InvariantCulture));
    }

    public override void Date(DateOnly date)
    {
        Separate();
        _to.Write(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
    }

    public override void Blank() => Separate();

    public override void EndRow()
    {
        _to.WriteLine();
        _first = true;
    }

    public override void Dispose() => _to.Dispose();

    /// <summary>
    /// The rule against formula injection (OWASP, "CSV Injection"): first characters that spreadsheets act on, in their full-width forms too, also
    /// behind blanks that some of them drop.
    /// </summary>
    internal static string Guarded(string text)
    {
        var first = text.AsSpan().TrimStart(' ');
        var acts = first.Length > 0 && first[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '＝' or '＋' or '－' or '＠';
        return acts && !(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) ? "'" + text : text;
    }

    private void Separate()
    {
        if (!_first)
        {
            _to.Write(',');
        }

        _first = false;
    }
}
