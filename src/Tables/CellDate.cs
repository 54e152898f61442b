using System.Globalization;
using System.Text;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// Dates as strangers write them. Read: <c>2024-01-05</c>, <c>2024/1/5</c>, <c>2024.1.5</c>, <c>2024年1月5日</c>, <c>20240105</c>, any of them with a midnight
/// behind it, <c>5 Jan 2024</c>, <c>25/12/2024</c> (no month 25), a workbook's dates and its serial numbers from 2000 to 2099. Refused: <c>01/02/2024</c>, months without
/// a day, days that never were, years outside 1900 to 2199.
/// </summary>
public static class CellDate
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    /// <summary>The fast path: <c>yyyy-MM-dd</c> in UTF-8. False means only that the careful path must look.</summary>
    public static bool TryIso(ReadOnlySpan<byte> utf8, out DateOnly date)
    {
        date = default;
        if (utf8.Length != 10 || utf8[4] != (byte)'-' || utf8[7] != (byte)'-')
        {
            return false;
        }

        var year = (Digits(utf8[..2]) * 100) + Digits(utf8.Slice(2, 2));
        var month = Digits(utf8.Slice(5, 2));
        var day = Digits(utf8.Slice(8, 2));
        if (year is < 1900 or > 2199 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        date = new DateOnly(year, month, day);
        return true;
    }

    public static Outcome<DateOnly> Parse(ReadOnlySpan<byte> utf8, int? row = null, string? column = null) =>
        TryIso(utf8, out var date) ? date : Parse(Encoding.UTF8.GetString(utf8), row, column);

    /// <summary>A workbook's cell: its date where it is one.</summary>
    public static Outcome<DateOnly> Parse(TableCell cell, int? row = null, string? column = null) => Parse(cell.Text, row, column);

    public static Outcome<DateOnly> Parse(string text, int? row = null, string? column = null)
    {
        Problem Refuse(string code) => new(code, row, column, text.Trim());

        var plain = CellNumber.Normalise(text);
        if (plain.Length == 0)
        {
            return new Problem("date_missing", row, column);
        }

        if (plain.Length > 40)
        {
            return Refuse("not_a_date");
        }

        plain = WithoutMidnight(plain).Replace('年', '-').Replace('月', '-').TrimEnd('日', '号').TrimEnd('-');
        if (plain.All(char.IsAsciiDigit))
        {
            return Compact(plain, Refuse);
        }

        var parts = plain.Split(['-', '/', '.', ' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 2 && parts.Any(p => p.Length == 4 && p.All(char.IsAsciiDigit)) && parts.All(p => Part(p) >= 0))
        {
            return Refuse("date_month_only");
        }

        if (parts.Length != 3 || parts.Any(p => Part(p) < 0))
        {
            return Refuse("not_a_date");
        }

        var (a, b, c) = (Part(parts[0]), Part(parts[1]), Part(parts[2]));
        if (parts[0].Length == 4 && char.IsAsciiDigit(parts[0][0]))
        {
            return Day(a, b, c, Refuse);
        }

        if (parts[2].Length != 4)
        {
            return Refuse(parts.All(p => p.Length <= 2) ? "date_ambiguous" : "not_a_date");
        }

        if (char.IsLetter(parts[0][0]))
        {
            return Day(c, a, b, Refuse);
        }

        if (char.IsLetter(parts[1][0]) || a > 12)
        {
            return Day(c, b, a, Refuse);
        }

        // The same day and month read alike both ways; a month above 12 must be a day.
        return b > 12 || a == b ? Day(c, a, b, Refuse) : Refuse("date_ambiguous");
    }

    private static Outcome<DateOnly> Compact(string digits, Func<string, Problem> refuse)
    {
        switch (digits.Length)
        {
            case 8:
                return Day(Number(digits[..4]), Number(digits[4..6]), Number(digits[6..]), refuse);
            case 5 when Number(digits) is >= 36_526 and <= 73_050:
                return DateOnly.FromDateTime(WorkbookNumber.SerialMoment(Number(digits), from1904: false)!.Value);
            case 6 or 4:
                return refuse("date_month_only");
            default:
                return refuse("not_a_date");
        }
    }

    private static Outcome<DateOnly> Day(int year, int month, int day, Func<string, Problem> refuse)
    {
        if (year is < 1900 or > 2199)
        {
            return refuse("date_out_of_range");
        }

        return month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) ? refuse("date_impossible") : new DateOnly(year, month, day);
    }

    /// <summary>A time of day is dropped only when it is midnight, which spreadsheets add by themselves.</summary>
    private static string WithoutMidnight(string text)
    {
        var at = text.IndexOfAny(['T', ' ']);
        var tail = at > 0 ? text[(at + 1)..].TrimEnd('Z') : "";
        return tail.Contains(':') && tail.Length > 0 && tail.All(c => c is '0' or ':' or '.') ? text[..at] : text;
    }

    private static int Part(string text)
    {
        if (text.Length <= 4 && text.All(char.IsAsciiDigit))
        {
            return Number(text);
        }

        return text.Length >= 3 && text.All(char.IsAsciiLetter) ? Array.IndexOf(Months, text[..3].ToLowerInvariant()) + 1 is > 0 and var month ? month : -1 : -1;
    }

    private static int Number(string digits) => int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);

    private static int Digits(ReadOnlySpan<byte> two)
    {
        int tens = two[0] - '0', ones = two[1] - '0';
        return tens is >= 0 and <= 9 && ones is >= 0 and <= 9 ? (tens * 10) + ones : -10_000;
    }
}
