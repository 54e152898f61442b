namespace Tanlu.Tables;

/// <summary>
/// How much a stranger's file may ask of this machine. The defaults let a 1 GB CSV and a full worksheet of 1 048 576 rows through
/// and stop what only an attack or a mistake would need.
/// </summary>
public sealed record TableLimits
{
    public static TableLimits Default { get; } = new();

    /// <summary>Longest file in bytes.</summary>
    public long FileBytes { get; init; } = 4L << 30;

    /// <summary>Longest workbook in bytes as it lies on disk (packed).</summary>
    public long WorkbookBytes { get; init; } = 256L << 20;

    /// <summary>Longest single CSV record; a quote that never closes is noticed here at the latest.</summary>
    public int RecordBytes { get; init; } = 4 << 20;

    public int Columns { get; init; } = 1024;

    public int Rows { get; init; } = 20_000_000;

    /// <summary>Parts (zip entries) of a workbook.</summary>
    public int Parts { get; init; } = 4096;

    /// <summary>Bytes of a workbook after unpacking, all parts together.</summary>
    public long UnpackedBytes { get; init; } = 2L << 30;

    /// <summary>
    /// Unpacked over packed size of a part above <see cref="RatioFreeBytes"/>. Real sheets stay below 40; deflate can reach 1 032.
    /// </summary>
    public int UnpackRatio { get; init; } = 100;

    /// <summary>Parts up to this unpacked size are harmless whatever their ratio (printer settings reach 42 in real files).</summary>
    public long RatioFreeBytes { get; init; } = 8L << 20;

    /// <summary>Characters of all shared strings of a workbook, which have to be held in memory.</summary>
    public int SharedTextChars { get; init; } = 128 << 20;

    /// <summary>Problems kept per file; a file that is wrong in every row must not fill the memory with complaints.</summary>
    public int Problems { get; init; } = 1000;
}

/// <summary>What the caller knows about the file; everything may be left out.</summary>
public sealed record TableOptions
{
    public TableLimits Limits { get; init; } = TableLimits.Default;

    /// <summary>Worksheet by name; otherwise the first one with a header that matches <see cref="Wanted"/>.</summary>
    public string? Sheet { get; init; }

    /// <summary>Row of the header as a person counts it; otherwise found.</summary>
    public int? HeaderRow { get; init; }

    /// <summary>Field names (see <see cref="ColumnMap"/>) or header texts that the table should have; they guide the choice of sheet and header row.</summary>
    public IReadOnlyCollection<string> Wanted { get; init; } = [];
}
