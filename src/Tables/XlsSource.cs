using System.Text;
using ExcelDataReader;
using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>
/// A binary workbook (.xls, 97 to 2003) through ExcelDataReader. It tells neither formulas nor error
/// values: stored results are taken as values, and an error reads as a blank cell, which the field's own check then reports as missing.
/// </summary>
internal sealed class XlsSource : TableSource
{
    private readonly TableBytes _bytes;
    private readonly TableLimits _limits;

    static XlsSource() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public XlsSource(TableBytes bytes, TableLimits limits)
    {
        _bytes = bytes;
        _limits = limits;
        using (var stream = bytes.Open())
        {
            RefuseEncrypted(stream);
        }

        using var reader = Open();
        var sheets = new List<string>();
        do
        {
            sheets.Add(reader.Name ?? "");
        }
        while (sheets.Count < 1000 && reader.NextResult());
        Sheets = sheets;
    }

    public override IReadOnlyList<string> Sheets { get; }

    public override RowCursor Rows(int sheet, TableHeader header, ProblemList problems) => new XlsSheet(Open(), sheet, header, _limits, problems);

    public override void Dispose()
    {
    }

    private IExcelDataReader Open() =>
        ExcelReaderFactory.CreateBinaryReader(new BoundedStream(_bytes.Open()), new ExcelReaderConfiguration { FallbackEncoding = CodePagesEncodingProvider.Instance.GetEncoding(1252) });

    /// <summary>An encrypted .xlsx is a compound file too; its directory names the part that holds the ciphertext.</summary>
    private static void RefuseEncrypted(Stream stream)
    {
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        if (bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes("EncryptedPackage")) >= 0 && bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes("Workbook")) < 0)
        {
            throw new Refusal(new Problem("workbook_encrypted"));
        }
    }

    private sealed class XlsSheet : RowCursor
    {
        private readonly IExcelDataReader _reader;
        private readonly TableHeader _header;
        private readonly TableLimits _limits;
        private readonly ProblemList _problems;
        private readonly MergedRanges _merged;
        private readonly List<TableCell> _cells = [];
        private int _row;

        public XlsSheet(IExcelDataReader reader, int sheet, TableHeader header, TableLimits limits, ProblemList problems)
        {
            _reader = reader;
            _header = header;
            _limits = limits;
            _problems = problems;
            for (var i = 0; i < sheet; i++)
            {
                reader.NextResult();
            }

            _merged = new MergedRanges((reader.MergeCells ?? []).Select(m => new MergedRanges.Range(m.FromRow + 1, m.FromColumn, m.ToRow + 1, m.ToColumn)));
        }

        public override TableRow? Next()
        {
            while (_reader.Read())
            {
                _row++;
                if (ReadRow())
                {
                    return new TableRow(_row, [.. _cells]);
                }
            }

            return null;
        }

        public override void Dispose() => _reader.Dispose();

        private bool ReadRow()
        {
            _cells.Clear();
            var blank = true;
            var count = Math.Min(_reader.FieldCount, _limits.Columns);
            for (var i = 0; i < count; i++)
            {
                var cell = Cell(i);
                blank &= cell.Blank;
                _cells.Add(cell);
            }

            _merged.Apply(_row, _cells, _header, _problems);
            return !blank;
        }

        private TableCell Cell(int column)
        {
            return _reader.GetValue(column) switch
            {
                null => TableCell.Empty,
                string text => new TableCell(text.Trim()),
                double number => WorkbookNumber.Cell(number, Percent(column), from1904: false, CellMark.None),
                int number => WorkbookNumber.Cell(number, Percent(column), from1904: false, CellMark.None),
                DateTime moment => WorkbookNumber.OfMoment(moment, number: null, CellMark.None),
                bool value => new TableCell(value ? "TRUE" : "FALSE"),
                var other => new TableCell(other.ToString() ?? ""),
            };
        }

        private NumberShape Percent(int column) =>
            _reader.GetNumberFormatString(column) is { } format && XlsxSource.ShapeOf(format) == NumberShape.Percent ? NumberShape.Percent : NumberShape.Plain;
    }

    /// <summary>
    /// A forged chain of sectors can lead in a circle; reading many times the file's length is the sign of it.
    /// </summary>
    private sealed class BoundedStream(Stream inner) : Stream
    {
        private long _left = (64L << 20) + (inner.Length * 16);

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => inner.Length;

        public override long Position
        {
            get => inner.Position;
            set => inner.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            // An end that never comes counts too.
            _left -= Math.Max(64, count);
            return _left < 0 ? throw new Refusal(new Problem("workbook_broken", Found: "sectors")) : inner.Read(buffer, offset, count);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
