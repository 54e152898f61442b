using System.Text;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class EvidenceFilesTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task AFileComesBackByteForByteAndItsOpeningIsLogged(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var bytes = new byte[300_001];
        new Random(5).NextBytes(bytes);
        "%PDF-1.7\n"u8.CopyTo(bytes);
        var file = await at.Evidence.Add(a.System, new MemoryStream(bytes), "../发票 2024.exe", null, Ct).Done();
        Assert.Equal(("发票 2024.exe", "application/pdf", 300_001L, 0L), (file.Name, file.MediaType, file.Size, file.Node));
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), file.Hash.ToString());

        var (found, content) = await at.Evidence.Open(a.System with { Role = Role.Verifier }, file.Hash.ToString(), Ct).Done();
        using var read = new MemoryStream();
        await using (content)
        {
            await content.CopyToAsync(read, Ct);
        }

        Assert.Equal(file, found);
        Assert.Equal(bytes, read.ToArray());
        var log = (await at.Audit.List(a.System, null, 2, Ct).Done()).Entries;
        Assert.Equal(["evidence.open", "evidence.add"], log.Select(e => e.Verb));
        Assert.All(log, e => Assert.Equal($"evidence/{file.Hash}", e.Subject));
    }

    [Theory, EngineData]
    public async Task TheSameContentIsOneFilePerPartOfTheOrganisation(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var first = await at.Evidence.Add(a.System, Content("meter"), "a.csv", a.S1.Id, Ct).Done();
        Assert.Equal(first, await at.Evidence.Add(a.System, Content("meter"), "b.csv", a.S1.Id, Ct).Done());
        var second = await at.Evidence.Add(a.System, Content("meter"), "b.csv", a.S3.Id, Ct).Done();
        Assert.Equal(first.Hash, second.Hash);
        Assert.Equal("b.csv", (await at.Evidence.Find(a.At(a.D), first.Hash.ToString(), Ct).Done()).Name);
        Assert.Equal("a.csv", (await at.Evidence.Find(a.At(a.C), first.Hash.ToString(), Ct).Done()).Name);
        await at.Evidence.Find(a.At(a.S2), first.Hash.ToString(), Ct).Refused("not_found");
        Assert.Equal(2, (await at.Audit.List(a.System, null, 500, Ct).Done()).Entries.Count(e => e.Verb == "evidence.add"));
    }

    [Theory, EngineData]
    public async Task AnEmptyFileAndAWrongHashAreRefused(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        await at.Evidence.Add(a.System, Content(""), "a.csv", null, Ct).Refused("evidence_empty");
        foreach (var hash in new[] { "", "../../x", new string('0', 64), new string('A', 64) })
        {
            await at.Evidence.Open(a.System, hash, Ct).Refused("not_found");
            await at.Evidence.Find(a.System, hash, Ct).Refused("not_found");
        }
    }

    [Theory, EngineData]
    public async Task AFileThatIsGoneOrAlteredOnDiskIsNotPassedOff(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        var file = await at.Evidence.Add(a.System, Content("true content"), "a.txt", null, Ct).Done();
        var path = Directory.GetFiles(at.Store.Settings.DataFolder, file.Hash.ToString(), SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(path, "made content", Ct);
        var (_, content) = await at.Evidence.Open(a.System, file.Hash.ToString(), Ct).Done();
        await using (content)
        {
            await Assert.ThrowsAsync<BlobCorrupted>(() => content.CopyToAsync(Stream.Null, Ct));
        }

        File.Delete(path);
        await at.Evidence.Open(a.System, file.Hash.ToString(), Ct).Refused("evidence_missing");
    }

    [Theory, EngineData]
    public async Task FilesAreListedInPagesNewestFirst(Dialect engine)
    {
        await using var at = await Installation.Start(engine);
        var a = await at.Estate("A");
        foreach (var i in Enumerable.Range(0, 5))
        {
            await at.Evidence.Add(a.System, Content("file " + i), $"{i}.txt", null, Ct).Done();
        }

        var first = await at.Evidence.List(a.System, null, 3, Ct).Done();
        var second = await at.Evidence.List(a.System, first.Next, 3, Ct).Done();
        Assert.Equal(["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"], first.Files.Concat(second.Files).Select(f => f.Name));
        Assert.Null(second.Next);
    }

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));
}
