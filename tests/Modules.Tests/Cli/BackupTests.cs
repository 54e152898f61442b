using System.IO.Compression;
using System.Text;
using Tanlu.Cli;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Inventory;
using Tanlu.Modules.Tests.Ledger;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Modules.Tests.Cli;

/// <summary>A backup of either engine becomes the same book on either engine; anything less than whole is refused and leaves nothing.</summary>
public sealed class BackupTests : IAsyncDisposable
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private readonly string _folder = Directory.CreateTempSubdirectory("tanlu-backup-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [EngineData(Dialect.Sqlite)]
    [EngineData(Dialect.Postgres)]
    public async Task A_book_comes_back_on_either_engine(Dialect from, Dialect to)
    {
        Assert.SkipUnless(to == Dialect.Sqlite || TestStore.HasPostgres, "PostgreSQL is not there.");
        await using var book = await Filled(from);
        var settings = book.Book.Installation.Store.Settings;
        Directory.CreateDirectory(settings.KeyFolder);
        await File.WriteAllTextAsync(Path.Combine(settings.KeyFolder, "key-1.xml"), "<key />", Ct);
        if (from == Dialect.Postgres)
        {
            // There the host keeps its keys in the database.
            await new ServerKeys(book.Book.Db, TimeProvider.System).Add("key-2", "<key id=\"2\" />", Ct);
        }

        var file = await Made(settings);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        var (verified, whole, _) = await Tanlu("backup", "verify", file);
        Assert.Equal(Terminal.Done, verified);
        Assert.Contains("2 files, every hash as written", whole, StringComparison.Ordinal);

        await using var empty = await Empty(to);
        var (code, told, errors) = await Tanlu(["restore", file, .. Place(empty.Settings)]);
        Assert.True(code == Terminal.Done, errors);
        Assert.Contains("editions unaltered", told, StringComparison.Ordinal);
        Assert.Contains("Organisation 1", told, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(empty.Settings.DataFolder, "restoring")));
        Assert.Equal("<key />", await File.ReadAllTextAsync(Path.Combine(empty.Settings.KeyFolder, "key-1.xml"), Ct));

        // What the host sealed can be opened wherever the book is now.
        if (to == Dialect.Postgres)
        {
            Assert.Contains("<key />", await new ServerKeys(empty.Db, TimeProvider.System).All(Ct));
        }
        else if (from == Dialect.Postgres)
        {
            Assert.Contains("<key id=\"2\" />", Directory.GetFiles(empty.Settings.KeyFolder, "*.xml").Select(File.ReadAllText));
        }

        // The same figures, the same evidence, and a book that goes on: ids are not given twice, the next batch is chained to the last.
        await using (var restored = await LocalBook.Open(empty.Settings, TimeProvider.System, Ct))
        {
            var caller = (await restored.Caller(null, Language.English, Ct)).Value;
            var query = InventoryBook.Year();
            Assert.Equal((await book.Build(query)).Statement.AllScopes, (await restored.Statements.Build(caller, query, Ct)).Value.Statement.AllScopes);
            var evidence = Assert.Single((await restored.Evidence.List(caller, null, 10, Ct)).Value.Files);
            await using var content = (await restored.Evidence.Open(caller, evidence.Hash.ToString(), Ct)).Value.Content;
            Assert.Equal("a bill of March", await new StreamReader(content).ReadToEndAsync(Ct));
            Assert.Equal(1, Assert.Single((await restored.Editions.List(caller, Ct)).Value).Number);
            var more = Path.Combine(_folder, "more.csv");
            await File.WriteAllTextAsync(more, Rows.Csv(Rows.Power("S1", 5, 77)), Ct);
            Assert.True((await restored.Journal.Import(caller, more, new(), null, Ct)).Ok);
            Assert.True((await restored.Journal.CheckBalances(caller, Ct)).Value.Sound);
        }

        var again = Path.Combine(_folder, "again.tanlu.zip");
        Assert.Equal(Terminal.Done, (await Tanlu(["backup", "--out", again, .. Place(empty.Settings)])).Code);
        var (used, _, why) = await Tanlu(["restore", again, .. Place(empty.Settings)]);
        Assert.Equal(Terminal.Refused, used);
        Assert.Contains("is not empty", why, StringComparison.Ordinal);
        Assert.Equal(Terminal.Done, (await Tanlu(["check", .. Place(empty.Settings)])).Code);
    }

    [Theory, EngineData]
    public async Task A_backup_is_one_moment_while_the_book_goes_on(Dialect engine)
    {
        await using var book = await Filled(engine);
        var settings = book.Book.Installation.Store.Settings;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var writing = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    Assert.True((await book.Book.Import(Rows.Csv(Rows.Power("S1", (i % 12) + 1, 1000 + i)))).Ok);
                }

                return true;
            },
            Ct);
        for (var round = 0; round < 3; round++)
        {
            var file = await Made(settings, $"round{round}.tanlu.zip");
            var target = new StorageSettings(Path.Combine(_folder, $"round{round}"));
            var (code, _, errors) = await Tanlu(["restore", file, .. Place(target)]);
            Assert.True(code == Terminal.Done, errors);
        }

        await stop.CancelAsync();
        Assert.True(await writing);
    }

    [Fact]
    public async Task Any_damage_is_found_and_leaves_nothing()
    {
        await using var book = await Filled(Dialect.Sqlite);
        var file = await Made(book.Book.Installation.Store.Settings);
        var bytes = await File.ReadAllBytesAsync(file, Ct);
        var random = new Random(4711);
        for (var round = 0; round < 60; round++)
        {
            var damaged = (byte[])bytes.Clone();
            var at = random.Next(damaged.Length);
            damaged[at] ^= (byte)(1 << random.Next(8));
            await Refused(round % 5 == 0 ? damaged[..at] : damaged, $"byte {at} of {bytes.Length}, round {round}", mayHold: round % 5 != 0);
        }
    }

    [Fact]
    public async Task A_row_that_was_changed_with_all_hashes_written_anew_is_found_by_the_book()
    {
        await using var book = await Filled(Dialect.Sqlite);
        await book.Book.Db.Write(tx => tx.Execute($"UPDATE posting SET co2_mg = co2_mg + 1 WHERE line = 0"), Ct);
        var file = await Made(book.Book.Installation.Store.Settings);
        Assert.Equal(Terminal.Done, (await Tanlu("backup", "verify", file)).Code);
        var target = new StorageSettings(Path.Combine(_folder, "altered"));
        var (code, _, why) = await Tanlu(["restore", file, .. Place(target)]);
        Assert.Equal(Terminal.Refused, code);
        Assert.Contains("root_differs", why, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target.DataFolder));
        var (accepted, told, _) = await Tanlu(["restore", file, "--accept-faults", .. Place(target)]);
        Assert.Equal(Terminal.Refused, accepted);
        Assert.Contains("does not hold", told, StringComparison.Ordinal);
        Assert.True(target.HasDatabaseFile);
    }

    [Fact]
    public async Task A_damaged_evidence_file_is_named_and_stops_neither_backup_nor_restore()
    {
        await using var book = await Filled(Dialect.Sqlite);
        var settings = book.Book.Installation.Store.Settings;
        var hash = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("a bill of March"u8));
        await File.WriteAllTextAsync(Path.Combine(settings.DataFolder, "blobs", hash[..2], hash[2..4], hash), "a bill of April", Ct);
        Assert.Equal(Terminal.Done, (await Tanlu(["migrate", .. Place(settings)])).Code);
        var (checkedCode, _, fault) = await Tanlu(["check", .. Place(settings)]);
        Assert.Equal(Terminal.Refused, checkedCode);
        Assert.Contains(hash, fault, StringComparison.Ordinal);

        var file = Path.Combine(_folder, "damaged-evidence.tanlu.zip");
        var (made, told, named) = await Tanlu(["backup", "--out", file, .. Place(settings)]);
        Assert.Equal(Terminal.Refused, made);
        Assert.Contains("damaged-evidence", told, StringComparison.Ordinal);
        Assert.Contains(hash, named, StringComparison.Ordinal);
        Assert.Equal(Terminal.Done, (await Tanlu("backup", "verify", file)).Code);
        var target = new StorageSettings(Path.Combine(_folder, "without"));
        var (restored, held, missing) = await Tanlu(["restore", file, .. Place(target)]);
        Assert.Equal(Terminal.Refused, restored);
        Assert.Contains("holds", held, StringComparison.Ordinal);
        Assert.Contains("bill.txt", missing, StringComparison.Ordinal);
        Assert.True(target.HasDatabaseFile);
    }

    [Fact]
    public async Task Other_formats_and_newer_programs_are_named()
    {
        await using var book = await Filled(Dialect.Sqlite);
        var settings = book.Book.Installation.Store.Settings;
        await book.Book.Db.Write(tx => tx.Execute($"INSERT INTO migration (module, number, hash, applied_at) VALUES ('satellites', 1, 'x', '-')"), Ct);
        var newer = Path.Combine(_folder, "newer.tanlu.zip");
        Assert.True((await Backup.Make(book.Book.Db, settings, newer, [], null, Ct)).Ok);
        Assert.Contains("satellites", (await Tanlu(["backup", "--out", _folder, .. Place(settings)])).Error, StringComparison.Ordinal);
        Assert.Contains("migration 1 of satellites", (await Tanlu(["restore", newer, "--data", Path.Combine(_folder, "newer")])).Error, StringComparison.Ordinal);

        using (var zip = ZipFile.Open(newer, ZipArchiveMode.Update))
        {
            zip.GetEntry("manifest.json")!.Delete();
            await using var manifest = new StreamWriter(zip.CreateEntry("manifest.json").Open());
            await manifest.WriteAsync("""{ "format": 99, "anything": true }""");
        }

        Assert.Contains("format 99", (await Tanlu("backup", "verify", newer)).Error, StringComparison.Ordinal);
        var text = Path.Combine(_folder, "text.zip");
        await File.WriteAllTextAsync(text, "no zip", Ct);
        Assert.Contains("not a complete Tanlu backup", (await Tanlu("backup", "verify", text)).Error, StringComparison.Ordinal);
        Assert.Contains("不是完整的碳路备份文件", (await Tanlu("backup", "verify", text, "--lang", "zh-CN")).Error, StringComparison.Ordinal);
        Assert.Equal(Terminal.Refused, (await Tanlu("backup", "verify", Path.Combine(_folder, "none.zip"))).Code);
        Assert.Equal(Terminal.Refused, (await Tanlu(["backup", "--out", newer, .. Place(settings)])).Code);
        Assert.Equal(Terminal.Refused, (await Tanlu(["backup", "--out", Path.Combine(_folder, "no", "where.zip"), .. Place(settings)])).Code);
        Assert.Equal(Terminal.Refused, (await Tanlu("backup", "--data", Path.Combine(_folder, "nobody"), "--out", _folder)).Code);
        Assert.False(Directory.Exists(Path.Combine(_folder, "nobody")));
    }

    [Theory, EngineData]
    public async Task An_older_book_is_migrated_after_it_is_restored(Dialect engine)
    {
        await using var store = await TestStore.Open(engine, OrganisationModule.Migrations);
        var tenant = (await new Tenants(store.Db, store.Clock, new Audit(store.Db, store.Clock)).Add("Old", "旧", Ct)).Value;
        var file = await Made(store.Settings);
        await using var empty = await Empty(engine);
        var (code, told, errors) = await Tanlu(["restore", file, .. Place(empty.Settings)]);
        Assert.True(code == Terminal.Done, errors);
        Assert.Contains("migrations applied", told, StringComparison.Ordinal);
        await using var book = await LocalBook.Open(empty.Settings, TimeProvider.System, Ct);
        Assert.Equal(tenant.Id, (await book.Caller(null, Language.English, Ct)).Value.Tenant);
    }

    [Fact]
    public async Task What_stopped_halfway_is_begun_again_and_no_empty_book_is_made_in_its_place()
    {
        await using var book = await Filled(Dialect.Sqlite);
        var settings = book.Book.Installation.Store.Settings;
        var file = await Made(settings);
        var target = new StorageSettings(Path.Combine(_folder, "halfway"));
        Directory.CreateDirectory(Path.Combine(target.DataFolder, "restoring", "blobs"));
        Directory.CreateDirectory(Path.Combine(target.DataFolder, "blobs"));
        var (begun, _, why) = await Tanlu(["migrate", .. Place(target)]);
        Assert.Equal(Terminal.Refused, begun);
        Assert.Contains("was interrupted", why, StringComparison.Ordinal);
        Assert.Equal(Terminal.Done, (await Tanlu(["restore", file, .. Place(target)])).Code);

        var left = Path.Combine(_folder, "left.tanlu.zip.partial");
        await File.WriteAllTextAsync(left, "half", Ct);
        await Made(settings, "next.tanlu.zip");
        Assert.False(File.Exists(left));
    }

    private async Task Refused(byte[] bytes, string what, bool mayHold)
    {
        var file = Path.Combine(_folder, "damaged.zip");
        await File.WriteAllBytesAsync(file, bytes, Ct);
        var (verified, told, _) = await Tanlu("backup", "verify", file);
        var target = Path.Combine(_folder, "damaged");
        var (restored, _, _) = await Tanlu("restore", file, "--data", target);
        Assert.Equal(verified, restored);

        // A bit of a time stamp or an attribute of the zip file changes nothing that is kept.
        Assert.True(restored == Terminal.Refused || mayHold, $"{what}: {told}");
        if (restored == Terminal.Refused)
        {
            Assert.True(!Directory.Exists(target) || !Directory.EnumerateFileSystemEntries(target).Any(), what);
        }
        else
        {
            Directory.Delete(target, recursive: true);
        }
    }

    /// <summary>A book with a year, a correction of the journal's kind, evidence and an edition.</summary>
    private static async Task<InventoryBook> Filled(Dialect engine)
    {
        var book = await InventoryBook.Open(engine);
        await book.Import(Rows.Power("S1", 1, 1000), Rows.Diesel("S1", 2, 3), Rows.Power("S1", 3, 10));
        var installation = book.Book.Installation;
        var evidence = new EvidenceFiles(installation.Store.Db, installation.Store.Blobs, installation.Store.Clock, installation.Audit);
        Assert.True((await evidence.Add(book.Book.Caller, new MemoryStream("a bill of March"u8.ToArray()), "bill.txt", null, Ct)).Ok);
        var frozen = await book.Editions.Freeze(
            book.Book.Caller,
            new NewEdition("First", 0, Consolidation.OperationalControl, Month.Of(2023, 1), Month.Of(2024, 1), Route.GhgProtocol, GwpSet.Ar6, [], NoExclusions: true),
            Ct);
        Assert.True(frozen.Ok, frozen.Ok ? "" : frozen.Problems[0].Code);
        return book;
    }

    private async Task<string> Made(StorageSettings settings, string name = "book.tanlu.zip")
    {
        var file = Path.Combine(_folder, name);
        var (code, _, errors) = await Tanlu(["backup", "--out", file, .. Place(settings)]);
        Assert.True(code == Terminal.Done, errors);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.partial"));
        return file;
    }

    /// <summary>A place where nothing is yet.</summary>
    private static async Task<TestStore> Empty(Dialect engine)
    {
        var store = await TestStore.Open(engine);
        if (engine == Dialect.Sqlite)
        {
            await store.Db.DisposeAsync();
        }

        foreach (var entry in Directory.EnumerateFiles(store.Settings.DataFolder))
        {
            File.Delete(entry);
        }

        Directory.Delete(Path.Combine(store.Settings.DataFolder, "blobs"), recursive: true);
        return store;
    }

    private static string[] Place(StorageSettings settings) => settings.Postgres is { } postgres ? ["--data", settings.DataFolder, "--postgres", postgres] : ["--data", settings.DataFolder];

    private static async Task<(int Code, string Out, string Error)> Tanlu(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.Run(args.Contains("--lang") ? args : [.. args, "--lang", "en"], output, error, NoHost);
        return (code, output.ToString(), error.ToString());
    }
}
