namespace Tanlu.Tables;

/// <summary>
/// Writes a table row by row to a stream without holding it: <see cref="CsvTableWriter"/> or <see cref="XlsxTableWriter"/>. Cells
/// of a row in order, then <see cref="EndRow"/>; disposing completes the file and leaves the stream open.
/// </summary>
public abstract class TableWriter : IDisposable
{
    public abstract void Text(string? text);

    public abstract void Number(double number);

    public abstract void Number(long number);

    public abstract void Date(DateOnly date);

    public abstract void Blank();

    public abstract void EndRow();

    public abstract void Dispose();

    public void Row(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            Text(text);
        }

        EndRow();
    }
}
