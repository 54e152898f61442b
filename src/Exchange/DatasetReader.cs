using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>One format that can be read: its code, how it is recognised by content, and its reader.</summary>
internal sealed record DatasetFormat(string Code, Func<DatasetFile, bool> Recognises, Func<Stream, string, ReadLimits, CancellationToken, Outcome<DatasetPackage>> Read);

/// <summary>
/// Reads life cycle data of any format; the format is recognised by the content, never by the file's name. Refusals name file, line, field and what was found; what could be read but
/// not as it stood is in <see cref="DatasetPackage.Notes"/>.
/// </summary>
public static class DatasetReader
{
    /// <summary>In the order of asking: what recognises itself by a name of its own comes before what looks like a plain table.</summary>
    private static readonly IReadOnlyList<DatasetFormat> Formats =
    [
        new(EcoSpold1Reader.Code, EcoSpold1Reader.Recognises, EcoSpold1Reader.Read),
        new(EcoSpold2Reader.Code, EcoSpold2Reader.Recognises, EcoSpold2Reader.Read),
        new(IlcdReader.Code, IlcdReader.Recognises, IlcdReader.Read),
        new(OpenLcaReader.Code, OpenLcaReader.Recognises, OpenLcaReader.Read),
        new(BrightwayReader.Code, BrightwayReader.Recognises, BrightwayReader.Read),
        new(UseeioReader.Code, UseeioReader.Recognises, UseeioReader.Read),
        new(SimaProReader.Code, SimaProReader.Recognises, SimaProReader.Read),
        new(FactorTableReader.FactorCode, FactorTableReader.Recognises, FactorTableReader.Read),
    ];

    /// <summary>Codes of the formats that can be read, as <see cref="DatasetPackage.Format"/> gives them.</summary>
    public static IReadOnlyList<string> Codes => [.. Formats.Select(f => f.Code)];

    /// <summary>Reads the stream to its end; the stream stays the caller's.</summary>
    /// <param name="content">The file as received.</param>
    /// <param name="name">Its name, for display and for problems only.</param>
    /// <param name="limits">How much the file may ask of this machine; null for the defaults.</param>
    /// <param name="cancellation">Ends the reading between two datasets.</param>
    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits? limits = null, CancellationToken cancellation = default)
    {
        limits ??= ReadLimits.Default;
        try
        {
            using var file = DatasetFile.Open(content, name, limits);
            var format = Formats.FirstOrDefault(f => f.Recognises(file));
            return format is null
                ? new Problem("lca_format_unknown", Found: file.Parts[0].Name, Args: [file.Name])
                : format.Read(file.Content(), name, limits, cancellation);
        }
        catch (Refusal refusal)
        {
            return refusal.Problem;
        }
    }
}
