using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>A half-open interval of days: <see cref="Start"/> belongs to it, <see cref="End"/> does not.</summary>
public readonly record struct DateInterval
{
    public DateInterval(DateOnly start, DateOnly end)
    {
        if (end <= start)
        {
            throw new ArgumentException("An interval holds at least one day.", nameof(end));
        }

        Start = start;
        End = end;
    }

    public DateOnly Start { get; }

    public DateOnly End { get; }

    public DateOnly LastDay => End.AddDays(-1);

    public int Days => End.DayNumber - Start.DayNumber;

    /// <summary>The day in the middle; it decides which year's factor applies to an interval across a turn of the year.</summary>
    public DateOnly Middle => Start.AddDays((Days - 1) / 2);

    /// <summary>An interval whose last day belongs to it, as people write periods.</summary>
    public static DateInterval Inclusive(DateOnly first, DateOnly last) => new(first, last.AddDays(1));

    public static DateInterval OfYear(int year) => new(new DateOnly(year, 1, 1), new DateOnly(year + 1, 1, 1));

    public bool Contains(DateOnly day) => day >= Start && day < End;

    public bool Overlaps(DateInterval other) => Start < other.End && other.Start < End;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start:yyyy-MM-dd}/{LastDay:yyyy-MM-dd}");
}

/// <summary>A calendar month as one number (year × 12 + month − 1), so that months sort and subtract.</summary>
public readonly record struct Month(int Number) : IComparable<Month>
{
    private const int Earliest = 1900;
    private const int Latest = 2999;

    public int Year => Number / 12;

    public int OfYear => (Number % 12) + 1;

    public DateInterval Interval => new(new DateOnly(Year, OfYear, 1), new DateOnly(Year, OfYear, 1).AddMonths(1));

    /// <summary>
    /// The month of <c>2024-03</c>; null where the text is none, or lies in a year that no activity has: at the ends of the calendar there is no month before or after.
    /// </summary>
    public static Month? Parse(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is >= Earliest and <= Latest ? Of(day) : null;

    public static Month Of(DateOnly day) => new((day.Year * 12) + day.Month - 1);

    public static Month Of(int year, int month) => new((year * 12) + month - 1);

    public int CompareTo(Month other) => Number.CompareTo(other.Number);

    /// <summary><c>2024-03</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Year:D4}-{OfYear:D2}");
}
