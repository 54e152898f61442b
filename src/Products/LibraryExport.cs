using System.IO.Compression;
using System.Text;
using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>What of a library may leave, as a file.</summary>
internal static class LibraryExport
{
    private const string SealedList = "sealed.csv";

    // Held in memory up to here, then in a file that goes with its handle.
    private const int BufferSize = 1 << 16;

    /// <param name="hashes">SHA-256 of the current version of each process, by UUID.</param>
    public static ExportedLibrary Of(LoadedLibrary loaded, IReadOnlyDictionary<string, string> hashes)
    {
        var (package, withheld) = Leaving(loaded);
        var kept = withheld.Select(uid => new SealedDataset(uid, hashes[uid])).ToList();
        var content = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, BufferSize, FileOptions.DeleteOnClose);
        try
        {
            var notes = OpenLcaWriter.Write(package, content);
            if (kept.Count > 0)
            {
                content.Position = 0;
                using var zip = new ZipArchive(content, ZipArchiveMode.Update, leaveOpen: true);
                using var list = new StreamWriter(zip.CreateEntry(SealedList).Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
                list.Write("process,sha256\n");
                kept.ForEach(k => list.Write($"{k.Uid},{k.Sha256}\n"));
            }

            content.Position = 0;
            return new ExportedLibrary(loaded.Library, FileName(loaded.Library), content, package.Processes.Count, kept, notes);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>The package without what stays: processes that are not open, and what only they need. Of a library that is not open as a whole, nothing else leaves either.</summary>
    internal static (DatasetPackage Package, IReadOnlyList<string> Withheld) Leaving(LoadedLibrary loaded)
    {
        var whole = loaded.Package;
        bool Leaves(string uid) => DataRights.Allows(DataRights.Stricter(loaded.Library.Rights, loaded.Rights.GetValueOrDefault(uid)), DataPart.Inventory, DataWay.Leave);
        var processes = whole.Processes.Where(p => Leaves(p.Id)).ToList();
        var withheld = whole.Processes.Where(p => !Leaves(p.Id)).Select(p => p.Id).Order(StringComparer.Ordinal).ToList();
        var open = DataRights.Allows(loaded.Library.Rights, DataPart.Inventory, DataWay.Leave);
        if (withheld.Count == 0 && open)
        {
            return (whole, withheld);
        }

        var used = processes.SelectMany(p => p.Exchanges).Select(e => e.FlowId).ToHashSet(StringComparer.Ordinal);
        var held = withheld.ToHashSet(StringComparer.Ordinal);
        var flows = whole.Flows.Where(f => used.Contains(f.Id)).ToList();
        var properties = flows.SelectMany(f => f.Properties.Select(p => p.PropertyId).Append(f.PropertyId)).OfType<string>().ToHashSet(StringComparer.Ordinal);
        properties.UnionWith(processes.SelectMany(p => p.Exchanges).Select(e => e.PropertyId).OfType<string>());
        var leaving = whole.FlowProperties.Where(p => properties.Contains(p.Id)).ToList();
        return (
            whole with
            {
                Processes = processes,
                Flows = flows,
                FlowProperties = leaving,
                UnitGroups = [.. whole.UnitGroups.Where(g => leaving.Any(p => p.UnitGroupId == g.Id))],
                Methods = open ? whole.Methods : [],
                Mappings = open ? whole.Mappings : [],

                // Parameters may hold what a sealed process is made of; a system or a result that leans on one says something of it.
                Parameters = open ? [.. PackageParameters.NeededBy(processes, whole.Parameters)] : [],
                Systems = open ? [.. whole.Systems.Where(s => !held.Contains(s.ReferenceProcessId) && s.Links.All(l => !held.Contains(l.ConsumerId) && !held.Contains(l.ProviderId)))] : [],
                Results = [],
            },
            withheld);
    }

    private static string FileName(Library library)
    {
        var name = new string([.. $"{library.Name} {library.Version}".Trim().Select(c => char.IsLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-')]);
        return $"{name}.openlca.zip";
    }
}
