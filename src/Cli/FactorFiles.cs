using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>Factor packs given on the command line: our own form or a publisher's file that an importer recognises.</summary>
internal static class FactorFiles
{
    /// <summary>The built-in packs with the given files in front of them. What an importer put into quarantine is told, and does not stop the run.</summary>
    public static Outcome<FactorLibrary> Library(Terminal terminal, IReadOnlyList<string> paths)
    {
        var library = FactorLibrary.BuiltIn;
        foreach (var path in paths)
        {
            var reading = Read(path);
            if (!reading.Ok)
            {
                return Outcome<FactorLibrary>.Refused(reading.Problems);
            }

            library = library.With(reading.Value);
            if (reading.Value.Quarantine.Count > 0)
            {
                terminal.Error.WriteLine(terminal.T(
                    "cli.quarantined", Path.GetFileName(path), reading.Value.Versions.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    reading.Value.Quarantine.Count.ToString(System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        return library;
    }

    public static Outcome<PackReading> Read(string path)
    {
        if (!File.Exists(path))
        {
            return new Problem("file_missing", Found: path);
        }

        using var stream = File.OpenRead(path);
        return FactorImport.Read(stream, Path.GetFileName(path));
    }
}
