using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>
/// Elementary-flow mapping tables of a tenant: imported, versioned, never changed. Reading needs <see cref="Right.ReadFigures"/>, importing <see cref="Right.ImportFactors"/>, each over the whole tenant.
/// </summary>
public sealed class FlowMappings(Db db, Blobs blobs, Audit audit, MethodShelf shelf, TimeProvider time)
{
    private const int LongestName = 200;

    /// <summary>
    /// Reads the mappings of a file as the next version of the table of this name. Refused where the file cannot be read, holds none (<c>mapping_none</c>), or is the version that is there
    /// (<c>mapping_known</c>).
    /// </summary>
    /// <param name="table">Name of the table; null takes the name that the file gives itself.</param>
    public async Task<Outcome<MappingRow>> Import(Caller caller, Stream content, string name, string? table, DataRight rights, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        var stored = await blobs.PutInPassing(content, ct);
        if (!stored.Ok)
        {
            return Outcome<MappingRow>.Refused(stored.Problems);
        }

        var read = await Task.Run(
            () =>
            {
                using var file = blobs.OpenRead(stored.Value.Hash) ?? throw new FileNotFoundException("The file left while it was read.");
                return DatasetReader.Read(file, name, ReadLimits.Default, ct);
            },
            ct);
        return read.Ok ? await Keep(caller, read.Value, table, name, stored.Value.Hash.ToString(), rights, ct) : Outcome<MappingRow>.Refused(read.Problems);
    }

    /// <summary>The tables by name, newest version first.</summary>
    public async Task<Outcome<IReadOnlyList<MappingRow>>> List(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? Outcome<IReadOnlyList<MappingRow>>.Done(await db.Read(tx => MethodStore.Mappings(tx, caller.Tenant), ct))
        : Refusal.NotPermitted();

    /// <summary>A version of a table with its rows.</summary>
    public async Task<Outcome<FlowMappingSet>> Get(Caller caller, long mapping, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await shelf.Mapping(caller.Tenant, mapping, ct) is { } found ? found : Refusal.NotFound($"mapping/{mapping}");
    }

    /// <summary>Keeps the mappings of a package that was read already.</summary>
    internal async Task<Outcome<MappingRow>> Keep(Caller caller, DatasetPackage package, string? table, string fileName, string? fileHash, DataRight rights, CancellationToken ct)
    {
        var name = (table ?? package.Name).Trim();
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
        {
            return new Problem("mapping_name", Column: "name", Found: name);
        }

        if (package.Mappings.Count == 0)
        {
            return new Problem("mapping_none", Found: fileName);
        }

        if (package.Mappings.FirstOrDefault(m => !double.IsFinite(m.Factor) || m.Factor == 0) is { } wrong)
        {
            return new Problem("mapping_factor", Column: "factor", Found: wrong.Factor.ToString(CultureInfo.InvariantCulture), Args: [wrong.SourceName]);
        }

        var hash = MethodHash.Of(new FlowMappingSet(name, "", package.Mappings));
        var document = DatasetJson.Pack(DatasetJson.Text(package.Mappings));
        return await db.Write<Outcome<MappingRow>>(
            tx =>
            {
                var last = MethodStore.LastMapping(tx, caller.Tenant, name);
                if (last?.Hash == hash && last.Rights == rights)
                {
                    return new Problem("mapping_known", Found: name, Args: [last.Version.ToString(CultureInfo.InvariantCulture)]);
                }

                var row = new MappingRow(
                    0, name, (last?.Version ?? 0) + 1, hash, Lists(package.Mappings.Select(m => m.SourceList)), Lists(package.Mappings.Select(m => m.TargetList)), package.Mappings.Count, rights, fileName,
                    time.GetUtcNow(), caller.Name);
                row = row with { Id = MethodStore.InsertMapping(tx, caller.Tenant, row, fileHash, document, caller.Person) };
                audit.Write(
                    tx, caller, "mapping.import", $"mapping/{row.Id}", ("name", name), ("version", $"{row.Version}"), ("file", fileName), ("flows", $"{row.Flows}"), ("hash", hash),
                    ("rights", rights.ToString().ToLowerInvariant()));
                return row;
            },
            ct);
    }

    private static string Lists(IEnumerable<string> names) => string.Join("; ", names.Where(n => n.Length > 0).Distinct().Take(5));
}
