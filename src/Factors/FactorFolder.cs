using System.Runtime.CompilerServices;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Factors;

/// <summary>What became of a file of a folder of factors.</summary>
public enum FactorFileState
{
    /// <summary>A pack was made of it.</summary>
    Taken,

    /// <summary>The tenant has exactly this pack already.</summary>
    Known,

    /// <summary>It is a file of factors, and none of its rows holds.</summary>
    Refused,

    /// <summary>No importer knows the layout: not a file of factors, or one that needs mapping rows.</summary>
    Unrecognised,
}

/// <summary>One file of the run: what it is, what was made of it, and every row that was refused.</summary>
/// <param name="Pack">The set as the file names it; null where it was not taken.</param>
/// <param name="Rows">Rows of the file below its header.</param>
/// <param name="Versions">Factor versions made.</param>
/// <param name="Problems">Rows kept apart, or why the file as a whole was not taken.</param>
public sealed record FactorFileLoad(string Path, FactorFileState State, FactorPack? Pack, int Rows, int Versions, IReadOnlyList<Problem> Problems);

/// <summary>
/// Takes in files and whole folder trees of factors in one run, each file by its content. A second run over the same files changes nothing.
/// </summary>
public static class FactorFolder
{
    /// <summary>
    /// The files meant by the paths, folders with all that lies below them, in ordinal order, workbooks last: where a folder holds a publisher's workbook beside copies of it as
    /// text, the original has the last word. Hidden files and links to elsewhere are left out.
    /// </summary>
    public static IReadOnlyList<string> Files(IReadOnlyList<string> paths) =>
        [.. paths.SelectMany(path => Directory.Exists(path) ? Below(path) : [path]).Distinct(StringComparer.Ordinal).OrderBy(path => IsWorkbook(path) ? 1 : 0)];

    /// <summary>Imports the files one by one; each is durable when it is told.</summary>
    /// <param name="serve">Let each serve at once; else they wait.</param>
    public static async IAsyncEnumerable<FactorFileLoad> Import(
        FactorPacks packs, Caller caller, IReadOnlyList<string> files, [EnumeratorCancellation] CancellationToken ct, bool serve = false)
    {
        foreach (var file in files)
        {
            if (!File.Exists(file))
            {
                yield return new FactorFileLoad(file, FactorFileState.Unrecognised, null, 0, 0, [new Problem("file_missing", Found: file)]);
                continue;
            }

            await using var content = File.OpenRead(file);
            yield return Told(file, await packs.Import(caller, content, Path.GetFileName(file), ct, serve));
        }
    }

    private static FactorFileLoad Told(string file, Outcome<PackImport> import) => import switch
    {
        { Ok: true, Value: var taken } => new FactorFileLoad(file, FactorFileState.Taken, taken.Set, taken.Rows, taken.Pack.Versions, taken.Quarantine),
        { Problems: [{ Code: "pack_known" } known] } => new FactorFileLoad(file, FactorFileState.Known, null, 0, 0, [known]),

        // A layout that was understood refuses for a reason of its rows; everything else is said of the file as such.
        { Problems: [{ Code: var code }, ..] refused } when !OfTheFile(code) => new FactorFileLoad(file, FactorFileState.Refused, null, 0, 0, refused),
        _ => new FactorFileLoad(file, FactorFileState.Unrecognised, null, 0, 0, import.Problems),
    };

    private static bool IsWorkbook(string path) => Path.GetExtension(path).StartsWith(".xls", StringComparison.OrdinalIgnoreCase);

    private static bool OfTheFile(string code) =>
        code.StartsWith("table", StringComparison.Ordinal) || code is "import_not_recognised" or "import_json_broken" or "import_too_large" or "pack_too_large" or "pack_empty";

    private static IEnumerable<string> Below(string folder) => Directory
        .EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint })
        .Order(StringComparer.Ordinal);
}
