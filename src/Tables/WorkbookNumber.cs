using System.Globalization;

namespace Tanlu.Tables;

/// <summary>How a workbook's number becomes a cell: plain, percentage or date.</summary>
internal static class WorkbookNumber
{
    public static TableCell Cell(double number, NumberShape shape, bool from1904, CellMark mark)
    {
        switch (shape)
        {
            case NumberShape.Date when SerialMoment(number, from1904) is { } moment:
                return OfMoment(moment, number, mark);
            case NumberShape.Percent when Math.Abs(number) < 1e9:
                // Through decimal, or 0.07 would show as 7.000000000000001%.
                var text = ((decimal)number * 100).ToString("0.############", CultureInfo.InvariantCulture);
                return new TableCell(text + "%", number, Mark: mark | CellMark.Percent);
            default:
                return new TableCell(number.ToString("R", CultureInfo.InvariantCulture), number, Mark: mark);
        }
    }

    public static TableCell OfMoment(DateTime moment, double? number, CellMark mark)
    {
        var text = moment.ToString(moment.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return new TableCell(text, number, DateOnly.FromDateTime(moment), mark);
    }

    /// <summary>
    /// The moment of a serial number: days since 1899-12-30, or 1904-01-01 in old Macintosh files. Day 60 of the first calendar is
    /// 1900-02-29, which never was; it and what lies before 1900 are no dates.
    /// </summary>
    public static DateTime? SerialMoment(double serial, bool from1904)
    {
        if (!(serial >= (from1904 ? 0 : 1) && serial < 2_958_466) || (!from1904 && (int)serial == 60))
        {
            return null;
        }

        var zero = from1904 ? new DateTime(1904, 1, 1) : serial < 60 ? new DateTime(1899, 12, 31) : new DateTime(1899, 12, 30);
        return (from1904 && serial > 2_957_003) ? null : zero.AddSeconds(Math.Round(serial * 86_400));
    }
}
