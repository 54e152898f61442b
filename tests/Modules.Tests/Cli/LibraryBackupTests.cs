using System.Text;
using Tanlu.Cli;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Products;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Cli;

/// <summary>Life cycle data comes back from a backup on either engine, with its versions and its file, and goes on.</summary>
public sealed class LibraryBackupTests
{
    private static readonly HostVerbs NoHost = new((_, _, _, _) => throw new InvalidOperationException(), (_, _, _) => throw new InvalidOperationException());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [EngineData(Dialect.Sqlite)]
    [EngineData(Dialect.Postgres)]
    public async Task Libraries_come_back_on_either_engine(Dialect from, Dialect to)
    {
        Assert.SkipUnless(to == Dialect.Sqlite || TestStore.HasPostgres, "PostgreSQL is not there.");
        await using var store = await TestStore.Open(from, LocalBook.Migrations);
        await new Tenants(store.Db, store.Clock, new Audit(store.Db, store.Clock)).Add("A", "甲", Ct);
        Library imported, own;
        StoredProcess edited;
        await using (var book = await LocalBook.Open(store.Settings, store.Clock, Ct))
        {
            var caller = (await book.Caller(null, Language.English, Ct)).Value;
            using var file = new MemoryStream();
            Tanlu.Exchange.OpenLcaWriter.Write(SamplePackage.Make(), file);
            file.Position = 0;
            imported = (await book.Libraries.Import(caller, file, "sample.zip", new LibraryOptions(Rights: DataRight.Licensed), null, Ct)).Value.Library;
            own = (await book.Libraries.Add(caller, "Ours", Ct)).Value;
            var plant = (await book.Processes.Search(caller, new ProcessSearch("coal"), Ct)).Value.Processes[0];
            var copy = (await book.ProcessEdits.Copy(caller, plant.Id, null, own.Id, "ours", Ct)).Value;
            edited = (await book.ProcessEdits.Edit(caller, copy.Row.Id, 1, new ProcessInput(copy.Dataset with { Location = "CN-GD" }, []), Ct)).Value;
        }

        var backup = Path.Combine(store.Settings.DataFolder, "book.tanlu.zip");
        await Done(store.Settings, "backup", "--out", backup);
        await using var empty = await TestStore.Open(to);
        var target = to == Dialect.Sqlite ? new StorageSettings(Path.Combine(empty.Settings.DataFolder, "restored")) : empty.Settings with { DataFolder = Path.Combine(empty.Settings.DataFolder, "restored") };
        await Done(target, "restore", backup);
        await using var restored = await LocalBook.Open(target, store.Clock, Ct);
        var again = (await restored.Caller(null, Language.English, Ct)).Value;
        Assert.Equal(imported, (await restored.Libraries.Get(again, imported.Id, Ct)).Value);
        Assert.True(await restored.Blobs.IsSound(BlobHash.Parse(imported.FileHash!), Ct));
        var found = (await restored.Processes.Get(again, edited.Row.Id, null, Ct)).Value;
        Assert.Equal((edited.Row, edited.Version), (found.Row, found.Version));
        Assert.Equal([2, 1], (await restored.Processes.History(again, edited.Row.Id, Ct)).Value.Select(v => v.Number));

        // It goes on: the next version, the next process.
        Assert.Equal(3, (await restored.ProcessEdits.Restore(again, edited.Row.Id, 1, 2, "", Ct)).Value.Version.Number);
        Assert.Equal(edited.Row.Id + 1, (await restored.ProcessEdits.Copy(again, edited.Row.Id, null, own.Id, "next", Ct)).Value.Row.Id);
    }

    private static async Task Done(StorageSettings settings, params string[] command)
    {
        var (output, error) = (new StringBuilder(), new StringBuilder());
        var code = await CommandLine.Run(
            [.. command, "--data", settings.DataFolder, "--postgres", settings.Postgres ?? "", "--lang", "en"], new StringWriter(output), new StringWriter(error), NoHost);
        Assert.True(code == Terminal.Done, $"{output}{error}");
    }
}
