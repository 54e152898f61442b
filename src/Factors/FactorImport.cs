using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Factors;

/// <summary>
/// Reads a file of factors, whoever published it, into a pack: our own pack form, the UK flat files and full sets,
/// and every layout that has mapping rows (<c>data/importers/</c>). The file's bytes decide what it is, never its name.
/// </summary>
public static class FactorImport
{
    /// <summary>Larger than any published set by far; the file is held in memory.</summary>
    private const long MostBytes = 256L << 20;

    public static Outcome<PackReading> Read(Stream stream, string fileName)
    {
        using var copy = new MemoryStream();
        var buffer = new byte[81920];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            copy.Write(buffer, 0, read);
            if (copy.Length > MostBytes)
            {
                return new Problem("import_too_large", Found: Path.GetFileName(fileName), Args: [$"{MostBytes >> 20}"]);
            }
        }

        return Read(copy.ToArray(), fileName);
    }

    public static Outcome<PackReading> Read(byte[] bytes, string fileName)
    {
        var name = fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..];
        if (bytes.Length > MostBytes)
        {
            return new Problem("import_too_large", Found: name, Args: [$"{MostBytes >> 20}"]);
        }

        if (PackFile.Recognises(bytes))
        {
            return PackFile.Parse(bytes, name, builtIn: false);
        }

        var start = bytes.AsSpan().TrimStart("\uFEFF \t\r\n"u8);
        if (start.Length > 0 && start[0] is (byte)'{' or (byte)'[')
        {
            return AdemeBeges.Read(bytes, name) is { } beges ? Recognised(beges) : SourceTable.FromJson(bytes, name).Then(Recognised);
        }

        if (bytes.AsSpan().StartsWith("PK"u8) && Workbook(bytes, name) is { } workbook)
        {
            return workbook;
        }

        return SourceTable.FromTable(bytes, name, DesnzFile.Signature).Then(table => DesnzFile.Recognises(table) || ImportMapping.For(table) is not null
            ? Recognised(table)
            : SourceTable.FromTable(bytes, name, [.. ImportMapping.All.SelectMany(m => m.SignatureColumns)]).Then(Recognised));
    }

    /// <summary>A workbook of several tables; null where it is none of those known.</summary>
    private static PackReading? Workbook(byte[] bytes, string name)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        var opened = TableFile.Open(stream, name);
        if (!opened.Ok)
        {
            return null;
        }

        using var file = opened.Value;
        return DesnzFullSet.Read(file, bytes) ?? SheetTables.Read(file, bytes);
    }

    private static Outcome<PackReading> Recognised(SourceTable table)
    {
        if (DesnzFile.Recognises(table))
        {
            // The publisher's own file is a worksheet below a title; the uniform copies carry an “id” and a “year” column.
            return DesnzFile.Read(table, published: table.Column("year") < 0);
        }

        if (DesnzJson.Recognises(table))
        {
            return DesnzJson.Read(table);
        }

        return ImportMapping.For(table) is { } mapping ? MappedFile.Read(table, mapping) : new Problem("import_not_recognised", Found: table.Name);
    }
}
