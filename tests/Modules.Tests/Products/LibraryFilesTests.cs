using System.IO.Compression;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

/// <summary>From a publisher's file into a library, and out again.</summary>
public sealed class LibraryFilesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task Us_lci_comes_in_from_its_file_with_its_published_counts(Dialect engine)
    {
        var path = OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip");
        await using var room = await LibraryRoom.Open(engine);
        await using (var file = File.OpenRead(path))
        {
            var imported = await room.Libraries.Import(room.System, file, Path.GetFileName(path), new LibraryOptions("US LCI", DataRight.Open, "job 1"), null, Ct);
            Assert.True(imported.Ok, imported.Ok ? "" : imported.Problems[0].ToString());
            var library = imported.Value.Library;

            // The counts of the facts: 639 processes; 3 439 links, 3 490 cut off, 227 ambiguous, 25 dropped.
            Assert.Equal((639, "ecospold1"), (library.Processes, library.Format));
            Assert.Equal(library.Notes, (await room.Libraries.Notes(room.System, library.Id, 0, 1000, Ct)).Value.Total);
            Assert.NotNull(library.Link);
            Assert.Equal((3439, ""), (library.Link.Linked, library.Link.Problem));
            Assert.True((await room.Installation.Store.Blobs.IsSound(BlobHash.Parse(library.FileHash!), Ct)));

            // The work again is the same library; another person with the same file is told of it.
            file.Position = 0;
            Assert.Equal(library, (await room.Libraries.Import(room.System, file, "again.zip", new LibraryOptions(null, DataRight.Open, "job 1"), null, Ct)).Value.Library);
            file.Position = 0;
            Assert.Equal("library_known", (await room.Libraries.Import(room.System, file, "again.zip", new LibraryOptions(), null, Ct)).Problems[0].Code);

            var loaded = (await room.Libraries.Load(room.System, [library.Id], Ct)).Value[0];
            Assert.Equal(639, loaded.Package.Processes.Count);
            Assert.Same(loaded, (await room.Libraries.Load(room.System, [library.Id], Ct)).Value[0]);
            file.Position = 0;
            var read = DatasetReader.Read(file, "x.zip", null, Ct).Value;
            var direct = SystemLinker.Link([read], new LinkRules { StoredAmounts = true }).Value;
            var stored = SystemLinker.Link([loaded.Package], new LinkRules { StoredAmounts = true }).Value;
            Assert.Equal((direct.A.Count, direct.B.Count, direct.Report.Open.Count, direct.Report.Converted.Count), (stored.A.Count, stored.B.Count, stored.Report.Open.Count, stored.Report.Converted.Count));
        }
    }

    [Theory, EngineData]
    public async Task What_its_owner_does_not_let_go_stays_out_of_the_export(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var sample = SamplePackage.Make();
        var restricted = sample.Processes[1] with
        {
            Name = "QZCANARY secret furnace",
            Documentation = new ProcessDocumentation { Restricted = true },
            Exchanges = [.. sample.Processes[1].Exchanges, new ProcessExchange { Number = 4, FlowId = "qz-flow", Input = true, Amount = 731.84625, Unit = "kg" }],
        };
        var library = await room.Keep(sample with
        {
            Flows = [.. sample.Flows, new FlowDataset { Id = "qz-flow", Name = "QZCANARY ingredient", Kind = FlowKind.Product, Unit = "kg" }],
            Processes = [sample.Processes[0], restricted],
            Parameters = [new ParameterDataset("qzcanary", 731.84625)],
        });
        var exported = (await room.Libraries.Export(room.System, library.Id, Ct)).Value;
        Assert.Equal((1, SamplePackage.Furnace), (exported.Processes, Assert.Single(exported.Sealed).Uid));
        var texts = Texts(exported.Content);
        Assert.Equal($"process,sha256\n{SamplePackage.Furnace},{exported.Sealed[0].Sha256}\n", texts["sealed.csv"]);
        Assert.Contains(texts, t => t.Value.Contains("hard coal", StringComparison.Ordinal));
        foreach (var (name, text) in texts)
        {
            Assert.DoesNotContain("QZCANARY", name + text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("731.84", text, StringComparison.Ordinal);
        }

        // A copy is bound by the same right, in the own library and in its export, however it is edited.
        var own = (await room.Libraries.Add(room.System, "Ours", Ct)).Value;
        var secret = (await room.Processes.Search(room.System, new ProcessSearch("secret"), Ct)).Value.Processes[0];
        var copy = (await room.Edits.Copy(room.System, secret.Id, null, own.Id, "a furnace", Ct)).Value;
        var edited = (await room.Edits.Edit(room.System, copy.Row.Id, 1, new ProcessInput(copy.Dataset with { Documentation = new ProcessDocumentation() }, []), Ct)).Value;
        Assert.Equal(DataRight.Licensed, edited.Row.Rights);
        Assert.Equal((0, 1), ((await room.Libraries.Export(room.System, own.Id, Ct)).Value.Processes, (await room.Libraries.Export(room.System, own.Id, Ct)).Value.Sealed.Count));

        // A library whose inventories stay lets nothing go; said open, all of it but the dataset.
        await room.Libraries.SetRights(room.System, library.Id, DataRight.Licensed, "contract", Ct);
        Assert.Equal((0, 2), ((await room.Libraries.Export(room.System, library.Id, Ct)).Value.Processes, (await room.Libraries.Export(room.System, library.Id, Ct)).Value.Sealed.Count));
        Assert.Equal("library.export", (await room.Installation.Audit.List(room.System, null, 1, Ct)).Value.Entries[0].Verb);
        Assert.Equal("not_found", (await room.Libraries.Export((await room.Installation.Estate("Other")).System, library.Id, Ct)).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task An_open_library_comes_back_from_its_export(Dialect engine)
    {
        await using var room = await LibraryRoom.Open(engine);
        var library = await room.Keep(SamplePackage.Make());
        var exported = (await room.Libraries.Export(room.System, library.Id, Ct)).Value;
        Assert.Empty(exported.Sealed);
        var again = (await room.Libraries.Import(room.System, exported.Content, "again.zip", new LibraryOptions("Again"), null, Ct)).Value.Library;
        Assert.Equal((library.Processes, library.Flows, library.Exchanges, library.Link), (again.Processes, again.Flows, again.Exchanges, again.Link));
    }

    [Fact]
    public void The_table_of_rights()
    {
        // Within the tenant people work with everything; away goes only what the right lets go.
        foreach (var right in Enum.GetValues<DataRight>())
        {
            Assert.All(Enum.GetValues<DataPart>(), part => Assert.True(DataRights.Allows(right, part, DataWay.Work)));
            Assert.True(DataRights.Allows(right, DataPart.Description, DataWay.Leave));
            Assert.Equal(right == DataRight.Open, DataRights.Allows(right, DataPart.Inventory, DataWay.Leave));
            Assert.Equal(right != DataRight.Sealed, DataRights.Allows(right, DataPart.Result, DataWay.Leave));
        }

        Assert.Equal(DataRight.Sealed, DataRights.Strictest([DataRight.Open, DataRight.Sealed, DataRight.Licensed]));
        Assert.Equal(DataRight.Open, DataRights.Strictest([]));
    }

    private static Dictionary<string, string> Texts(Stream content)
    {
        using var zip = new ZipArchive(content, ZipArchiveMode.Read);
        return zip.Entries.ToDictionary(e => e.FullName, e =>
        {
            using var reader = new StreamReader(e.Open(), Encoding.UTF8);
            return reader.ReadToEnd();
        });
    }
}
