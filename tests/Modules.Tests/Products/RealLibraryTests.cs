using Tanlu.Exchange;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Real files of the formats, from their bytes to a library that can be searched.</summary>
public sealed class RealLibraryTests
{
    [Theory]
    [InlineData("lca:uslci/uslci_fy21_q3_ecospold1.zip", 639, 4083, 45_656)]
    [InlineData("lca:uslci/uslci_fy18_q3_ecospold2.zip", 771, 376, 891)]
    [InlineData("lca-openlca-samples/io__ecospold1__example.xml", 1, 2, 2)]
    [InlineData("lca-openlca-samples/io__ecospold2__input__sample_ecospold2.xml", 1, 5, 5)]
    [InlineData("lca-openlca-samples/io__ilcd__process.xml", 1, 1, 1)]
    [InlineData("epd-ilcd/ilcd-0e0c4e37-b7e6-4a4f-b1c9-d36da0aa16f5.json", 1, 1, 1)]
    [InlineData("lca-openlca-samples/jsonld__input__exchange_sync-all.zip", 2, 2, 3)]
    [InlineData("lca-openlca-samples/jsonld__input__exchange_sync-process.zip", 1, 2, 2)]
    [InlineData("lca-openlca-samples/io__simapro__csv__input__process.csv", 1, 6, 6)]
    [InlineData("lca:bw2calc-fixtures/bw2io_example_db.zip", 8, 9, 20)]
    public async Task A_file_becomes_a_library(string path, int processes, int flows, long exchanges)
    {
        using var stream = File.OpenRead(path.StartsWith("lca:", StringComparison.Ordinal) ? OpenData.Lca(path[4..]) : OpenData.Require(path));
        var package = DatasetReader.Read(stream, Path.GetFileName(path), cancellation: TestContext.Current.CancellationToken).Value;
        await using var room = await LibraryRoom.Open(Dialect.Sqlite);
        var library = await room.Keep(package);
        Assert.Equal((package.Format, processes, flows, exchanges), (library.Format, library.Processes, library.Flows, library.Exchanges));
        Assert.True(library.Notes >= package.Notes.Count);

        // What the reader gave comes back as it was, but for ids that mean something in one file only.
        var found = (await room.Processes.Search(room.System, new ProcessSearch(package.Processes[0].Name), TestContext.Current.CancellationToken)).Value;
        var kept = (await room.Processes.Get(room.System, found.Processes[0].Id, null, TestContext.Current.CancellationToken)).Value.Dataset;
        var read = package.Processes.First(p => p.Name == kept.Name && p.Location == kept.Location && p.Exchanges.Count == kept.Exchanges.Count);
        Assert.Equal(read.Exchanges.Select(e => (e.Number, e.Amount, e.Unit, e.Input, e.Uncertainty)), kept.Exchanges.Select(e => (e.Number, e.Amount, e.Unit, e.Input, e.Uncertainty)));
        Assert.Equal(read.Declared, kept.Declared);
        Assert.Equivalent(read.Documentation, kept.Documentation);
        Assert.Equal(read.Infrastructure, kept.Infrastructure);
    }
}
