using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>
/// The libraries of a tenant: imported databases, which stay as they came, and its own. Reading needs <see cref="Right.ReadFigures"/>, importing <see cref="Right.ImportFactors"/> and a library
/// of one's own <see cref="Right.EditProcesses"/>, each over the whole tenant.
/// </summary>
public sealed class Libraries(Db db, Blobs blobs, LibraryShelf shelf, Audit audit, TimeProvider time)
{
    public const int LongestPage = 1000;

    private const int LongestName = 200;
    private const int LongestReason = 2000;
    private const int NotesShown = 50;

    /// <summary>An import that was not touched for so long was left by a crash; a living one is touched many times a second once its file is read.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);

    private readonly LibraryWriter _writer = new(db, audit, time);

    /// <summary>
    /// Reads a file of any known format into a library of the caller's tenant. All of it or nothing, and nobody sees it before it is complete. The file itself is kept. Refused where the file
    /// is there already, can not be read, or holds a number that is not finite.
    /// </summary>
    public async Task<Outcome<ImportedLibrary>> Import(Caller caller, Stream content, string name, LibraryOptions options, IProgress<LibraryProgress>? progress, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (options.ClientKey is { } key && await Before(caller, key, ct) is { } before)
        {
            return before;
        }

        var stored = await blobs.PutInPassing(content, ct);
        if (!stored.Ok)
        {
            return Outcome<ImportedLibrary>.Refused(stored.Problems);
        }

        var hash = stored.Value.Hash.ToString();
        if (await Known(caller, hash, name, ct) is { } known)
        {
            return known;
        }

        progress?.Report(new LibraryProgress(0, 0));
        var read = await Task.Run(
            () =>
            {
                using var file = blobs.OpenRead(stored.Value.Hash) ?? throw new FileNotFoundException("The file left while it was read.");
                return DatasetReader.Read(file, name, ReadLimits.Default, ct);
            },
            ct);
        return read.Ok ? await Keep(caller, read.Value, name, hash, options, progress, ct) : Outcome<ImportedLibrary>.Refused(read.Problems);
    }

    /// <summary>A library of the tenant's own, empty at first.</summary>
    public async Task<Outcome<Library>> Add(Caller caller, string name, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.EditProcesses))
        {
            return Refusal.NotPermitted();
        }

        if (NameProblem(name) is { } wrong)
        {
            return wrong;
        }

        return await db.Write<Outcome<Library>>(
            tx =>
            {
                var key = LibraryIds.KeyOf(name);
                if (LibraryStore.OwnNameTaken(tx, caller.Tenant, key))
                {
                    return new Problem("library_name_taken", Column: "name", Found: name);
                }

                var id = LibraryStore.Insert(tx, caller.Tenant, Draft(caller, key, name.Trim(), own: true), null);
                audit.Write(tx, caller, "library.add", $"library/{id}", ("name", name.Trim()));
                return LibraryStore.Find(tx, caller.Tenant, id)!;
            },
            ct);
    }

    /// <summary>The tenant's libraries: its own first, then by name; retired ones too.</summary>
    public async Task<Outcome<IReadOnlyList<Library>>> List(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? Outcome<IReadOnlyList<Library>>.Done(await db.Read(tx => LibraryStore.All(tx, caller.Tenant), ct))
        : Refusal.NotPermitted();

    public async Task<Outcome<Library>> Get(Caller caller, long library, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(tx => LibraryStore.Find(tx, caller.Tenant, library), ct) is { } found ? found : Refusal.NotFound($"library/{library}");
    }

    /// <summary>What its reader could not take as it stood, in the order of the file.</summary>
    /// <param name="after">Notes before this place were on the pages before; 0 for the first page.</param>
    public async Task<Outcome<NotePage>> Notes(Caller caller, long library, int after, int take, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        return await db.Read<Outcome<NotePage>>(
            tx => LibraryStore.Find(tx, caller.Tenant, library) is { } found
                ? new NotePage(LibraryStore.Notes(tx, caller.Tenant, library, after, rows), found.Notes, after + rows < found.Notes ? after + rows : null)
                : Refusal.NotFound($"library/{library}"),
            ct);
    }

    /// <summary>Takes a library out of use. Nothing is linked with it any more; what rests on its versions still finds them, and the same file may come in again.</summary>
    public Task<Outcome<Library>> Retire(Caller caller, long library, string reason, CancellationToken ct) => Change(
        caller, library, reason, reasonNeeded: true,
        (tx, found) =>
        {
            if (found.State == LibraryState.Retired)
            {
                return;
            }

            LibraryStore.SetState(tx, caller.Tenant, library, LibraryState.Retired);
            audit.Write(tx, caller, "library.retire", $"library/{library}", ("name", found.Name), ("version", found.Version), ("reason", reason.Trim()));
        },
        ct);

    /// <summary>Says anew what the owner of the data allows. Copies that were made of it keep the right that they were made with, or the stricter one of their own library.</summary>
    public Task<Outcome<Library>> SetRights(Caller caller, long library, DataRight rights, string reason, CancellationToken ct) => Change(
        caller, library, reason, reasonNeeded: true,
        (tx, found) =>
        {
            if (found.Rights == rights)
            {
                return;
            }

            LibraryStore.SetRights(tx, caller.Tenant, library, rights);
            audit.Write(
                tx, caller, "library.rights", $"library/{library}", ("name", found.Name), ("before", found.Rights.ToString().ToLowerInvariant()), ("after", rights.ToString().ToLowerInvariant()),
                ("reason", reason.Trim()));
        },
        ct);

    /// <summary>Libraries as they are calculated with, in the order asked for. What was read once is remembered until the library changes.</summary>
    public async Task<Outcome<IReadOnlyList<LoadedLibrary>>> Load(Caller caller, IReadOnlyList<long> libraries, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var loaded = new List<LoadedLibrary>();
        foreach (var library in libraries)
        {
            if (await shelf.Package(caller.Tenant, library, ct) is not { } one)
            {
                return Refusal.NotFound($"library/{library}");
            }

            loaded.Add(one);
        }

        return loaded;
    }

    /// <summary>
    /// The library as openLCA's JSON-LD. What its owner does not let be passed on is left out; <c>sealed.csv</c> in the file says how much that is, by id and hash.
    /// </summary>
    public async Task<Outcome<ExportedLibrary>> Export(Caller caller, long library, CancellationToken ct)
    {
        var loaded = await Load(caller, [library], ct);
        if (!loaded.Ok)
        {
            return Outcome<ExportedLibrary>.Refused(loaded.Problems);
        }

        var hashes = await db.Read(tx => ProcessStore.Hashes(tx, caller.Tenant, library), ct);
        var exported = await Task.Run(() => LibraryExport.Of(loaded.Value[0], hashes), ct);
        await db.Write(
            tx => audit.Write(
                tx, caller, "library.export", $"library/{library}", ("name", exported.Library.Name), ("version", exported.Library.Version), ("processes", $"{exported.Processes}"),
                ("sealed", $"{exported.Sealed.Count}")),
            ct);
        return exported;
    }

    /// <summary>Takes away what imports left that ended with their process. Run at start and now and then.</summary>
    /// <returns>Imports dropped.</returns>
    public Task<int> DropUnfinished(CancellationToken ct) => _writer.Recover(time.GetUtcNow() - Idle, ct);

    /// <summary>Keeps a package that was read already.</summary>
    internal async Task<Outcome<ImportedLibrary>> Keep(
        Caller caller, DatasetPackage package, string fileName, string? fileHash, LibraryOptions options, IProgress<LibraryProgress>? progress, CancellationToken ct)
    {
        var name = (options.Name ?? package.Name).Trim();
        name = name.Length > 0 ? name : Path.GetFileNameWithoutExtension(fileName);
        if (NameProblem(name) is { } wrong)
        {
            return wrong;
        }

        var draft = Draft(caller, LibraryIds.KeyOf(name), name, own: false) with
        {
            Version = package.Version,
            Format = package.Format,
            FileName = fileName,
            FileHash = fileHash,
            Licence = package.Licence,
            Rights = options.Rights,
        };
        try
        {
            var written = await _writer.Write(caller, draft, package, options.ClientKey, progress, ct);
            return written.Ok
                ? new ImportedLibrary(written.Value, await db.Read(tx => LibraryStore.Notes(tx, caller.Tenant, written.Value.Id, 0, NotesShown), ct))
                : Outcome<ImportedLibrary>.Refused(written.Problems);
        }
        catch (LibraryGone)
        {
            return new Problem("library_dropped", Found: fileName);
        }
        catch (UniqueViolation)
        {
            // The same file came at the same moment.
            return new Problem("library_importing", Found: fileName);
        }
    }

    private async Task<Outcome<Library>> Change(Caller caller, long library, string reason, bool reasonNeeded, Action<Tx, Library> change, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ImportFactors))
        {
            return Refusal.NotPermitted();
        }

        if (ReasonProblem(reason, reasonNeeded) is { } wrong)
        {
            return wrong;
        }

        return await db.Write<Outcome<Library>>(
            tx =>
            {
                if (LibraryStore.Find(tx, caller.Tenant, library) is not { } found)
                {
                    return Refusal.NotFound($"library/{library}");
                }

                change(tx, found);
                return LibraryStore.Find(tx, caller.Tenant, library)!;
            },
            ct);
    }

    /// <summary>What an earlier run of the same work left: its finished library is the result; an unfinished one is dropped, and whoever still writes to it fails by that.</summary>
    private async Task<ImportedLibrary?> Before(Caller caller, string key, CancellationToken ct)
    {
        while (await db.Read(tx => LibraryStore.ByClientKey(tx, caller.Tenant, key), ct) is { } library)
        {
            if (library.State == LibraryState.Ready)
            {
                return new ImportedLibrary(library, await db.Read(tx => LibraryStore.Notes(tx, caller.Tenant, library.Id, 0, NotesShown), ct));
            }

            await _writer.Drop(library.Id, ct);
        }

        return null;
    }

    private async Task<Problem?> Known(Caller caller, string hash, string name, CancellationToken ct)
    {
        if (await db.Read(tx => LibraryStore.ByFile(tx, caller.Tenant, hash), ct) is not { } library)
        {
            return null;
        }

        if (library.State == LibraryState.Ready)
        {
            return new Problem(
                "library_known", Found: name,
                Args: [library.Id.ToString(CultureInfo.InvariantCulture), library.Name, library.MadeAt.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), library.MadeByName]);
        }

        if (await db.Read(tx => LibraryStore.Touched(tx, library.Id), ct) > time.GetUtcNow() - Idle)
        {
            return new Problem("library_importing", Found: name);
        }

        await _writer.Drop(library.Id, ct);
        return null;
    }

    private Library Draft(Caller caller, string key, string name, bool own) => new(
        0, key, name, "", "", "", null, "", DataRight.Open, own, LibraryState.Ready, 1, "", 0, 0, 0, 0, 0, time.GetUtcNow(), caller.Person, caller.Name);

    private static Problem? NameProblem(string name) =>
        string.IsNullOrWhiteSpace(name) ? new Problem("library_name_needed", Column: "name")
        : name.Trim().Length > LongestName || name.Any(char.IsControl) ? new Problem("text_too_long", Column: "name", Found: name, Args: [LongestName.ToString(CultureInfo.InvariantCulture)])
        : null;

    internal static Problem? ReasonProblem(string reason, bool needed) =>
        needed && string.IsNullOrWhiteSpace(reason) ? new Problem("library_reason_needed", Column: "reason")
        : reason.Length > LongestReason || reason.Contains('\0', StringComparison.Ordinal) ? new Problem("text_too_long", Column: "reason", Found: reason, Args: [LongestReason.ToString(CultureInfo.InvariantCulture)])
        : null;
}
