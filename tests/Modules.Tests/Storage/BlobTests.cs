using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

public sealed class BlobTests : IDisposable
{
    private readonly StorageSettings _settings = new(Directory.CreateTempSubdirectory("tanlu-test-").FullName) { LargestBlob = 3L << 20 };
    private readonly TestClock _clock = new();
    private readonly Blobs _blobs;

    public BlobTests() => _blobs = Blobs.Open(_settings, _clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_settings.DataFolder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(128 * 1024)]
    [InlineData((1 << 20) + 17)]
    public async Task Content_comes_back_by_its_hash(int size)
    {
        var content = Content(size);
        var blob = (await _blobs.Put(new MemoryStream(content), Ct)).Value;
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(content)), size), (blob.Hash.ToString(), blob.Size));
        Assert.Equal(content, await Read(blob.Hash));
        Assert.True(_blobs.Has(blob.Hash));
        Assert.Equal(blob, (await _blobs.Put(new MemoryStream(content), Ct)).Value);
        Assert.Single(Files());
        Assert.Empty(Arriving());
        Assert.Equal(blob.Hash, BlobHash.Parse(blob.Hash.ToString()));
    }

    [Fact]
    public async Task Too_large_is_refused_without_a_trace()
    {
        Assert.True((await _blobs.Put(new MemoryStream(Content(3 << 20)), Ct)).Ok);
        var refused = await _blobs.Put(new MemoryStream(Content((3 << 20) + 1)), Ct);
        var problem = Assert.Single(refused.Problems);
        Assert.Equal("blob_too_large", problem.Code);
        Assert.Equal("a file of at most 3 MiB", problem.Expected(Language.English));
        Assert.Equal("文件过大。", problem.Message(Language.Chinese));
        Assert.Single(Files());
        Assert.Empty(Arriving());
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../etc/passwd")]
    [InlineData("..%2f..%2fetc")]
    [InlineData("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("../b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85")]
    [InlineData("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n")]
    public void Only_a_hash_is_a_name(string name)
    {
        Assert.Null(BlobHash.TryParse(name));
        Assert.Throws<FormatException>(() => BlobHash.Parse(name));
        Assert.Throws<InvalidOperationException>(() => _blobs.OpenRead(default));
    }

    [Fact]
    public async Task Damage_is_found_before_the_reader_reaches_the_end()
    {
        var content = Content(300_000);
        var blob = (await _blobs.Put(new MemoryStream(content), Ct)).Value;
        var file = Assert.Single(Files());

        content[123_456] ^= 1;
        await File.WriteAllBytesAsync(file, content, Ct);
        await Assert.ThrowsAsync<BlobCorrupted>(() => Read(blob.Hash));
        using (var sync = _blobs.OpenRead(blob.Hash)!)
        {
            Assert.Throws<BlobCorrupted>(() => sync.CopyTo(Stream.Null));
        }

        await File.WriteAllBytesAsync(file, content.AsMemory(0, 1000), Ct);
        await Assert.ThrowsAsync<BlobCorrupted>(() => Read(blob.Hash));
        await File.WriteAllBytesAsync(file, Array.Empty<byte>(), Ct);
        await Assert.ThrowsAsync<BlobCorrupted>(() => Read(blob.Hash));

        // The damaged copy is not replaced behind anyone's back either.
        content[123_456] ^= 1;
        await Assert.ThrowsAsync<BlobCorrupted>(() => _blobs.Put(new MemoryStream(content), Ct));
        Assert.Empty(await File.ReadAllBytesAsync(file, Ct));
    }

    [Fact]
    public void What_is_not_there_is_null()
    {
        var hash = BlobHash.Parse(Convert.ToHexStringLower(SHA256.HashData("nothing"u8)));
        Assert.False(_blobs.Has(hash));
        Assert.Null(_blobs.OpenRead(hash));
    }

    [Fact]
    public async Task The_same_file_arriving_many_times_at_once_is_one_blob()
    {
        var content = Content(200_000);
        var blobs = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => _blobs.Put(new MemoryStream(content), Ct), Ct)));
        Assert.Single(blobs.Select(b => b.Value).Distinct());
        Assert.Single(Files());
    }

    [Fact]
    public async Task What_a_crash_left_is_cleared_a_day_later()
    {
        var left = Path.Combine(_settings.DataFolder, "blobs", "arriving", "left");
        await File.WriteAllTextAsync(left, "half a file", Encoding.UTF8, Ct);
        _clock.Now = new DateTimeOffset(File.GetLastWriteTimeUtc(left)).AddHours(1);
        Blobs.Open(_settings, _clock);
        Assert.True(File.Exists(left));
        _clock.Now = _clock.Now.AddDays(1);
        Blobs.Open(_settings, _clock);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task What_was_stored_in_passing_goes_a_day_later_unless_a_row_names_it_or_it_was_kept()
    {
        await using var store = await TestStore.Open(Dialect.Sqlite);
        await store.Db.Write(tx => tx.Script("CREATE TABLE paper (id INTEGER PRIMARY KEY, evidence TEXT, payload TEXT) STRICT"), Ct);
        var named = (await _blobs.PutInPassing(new MemoryStream(Content(1)), Ct)).Value.Hash;
        var kept = (await _blobs.PutInPassing(new MemoryStream(Content(2)), Ct)).Value.Hash;
        var sentAgain = (await _blobs.PutInPassing(new MemoryStream(Content(3)), Ct)).Value.Hash;
        var abandoned = (await _blobs.PutInPassing(new MemoryStream(Content(4)), Ct)).Value.Hash;
        var permanent = (await _blobs.Put(new MemoryStream(Content(5)), Ct)).Value.Hash;
        var ordered = (await _blobs.PutInPassing(new MemoryStream(Content(6)), Ct)).Value.Hash;
        var order = "{\"work\":{\"file\":\"" + ordered + "\"}}";
        await store.Db.Write(tx => tx.Execute($"INSERT INTO paper (id, payload) VALUES (2, {order})"), Ct);
        await _blobs.Put(new MemoryStream(Content(2)), Ct);
        await _blobs.PutInPassing(new MemoryStream(Content(5)), Ct);
        await store.Db.Write(tx => tx.Execute($"INSERT INTO paper (id, evidence) VALUES (1, {named.ToString()})"), Ct);
        Assert.Equal(0, await _blobs.RemoveAbandoned(store.Db, Ct));

        _clock.Now = _clock.Now.AddHours(25);
        await _blobs.PutInPassing(new MemoryStream(Content(3)), Ct);
        Assert.Equal(1, await _blobs.RemoveAbandoned(store.Db, Ct));
        Assert.False(_blobs.Has(abandoned));
        Assert.All([named, kept, sentAgain, permanent, ordered], hash => Assert.True(_blobs.Has(hash)));

        _clock.Now = _clock.Now.AddHours(25);
        Assert.Equal(1, await _blobs.RemoveAbandoned(store.Db, Ct));
        Assert.False(_blobs.Has(sentAgain));
        Assert.All([named, kept, permanent, ordered], hash => Assert.True(_blobs.Has(hash)));
    }

    [Fact]
    public async Task A_file_that_a_crash_caught_while_it_left_comes_back()
    {
        await using var store = await TestStore.Open(Dialect.Sqlite);
        var hash = (await _blobs.PutInPassing(new MemoryStream(Content(9)), Ct)).Value.Hash;
        File.Move(Assert.Single(Files()), Path.Combine(_settings.DataFolder, "blobs", "leaving", hash.ToString()));
        Assert.Equal(0, await _blobs.RemoveAbandoned(store.Db, Ct));
        Assert.Equal(Content(9), await Read(hash));
    }

    private static byte[] Content(int size)
    {
        var content = new byte[size];
        new Random(size).NextBytes(content);
        return content;
    }

    private async Task<byte[]> Read(BlobHash hash)
    {
        await using var stream = _blobs.OpenRead(hash)!;
        var all = new MemoryStream();
        await stream.CopyToAsync(all, Ct);
        return all.ToArray();
    }

    private string[] Files() =>
        [.. Directory.GetFiles(Path.Combine(_settings.DataFolder, "blobs"), "*", SearchOption.AllDirectories).Where(f => Path.GetFileName(f).Length == 64 && !f.Contains("passing", StringComparison.Ordinal))];

    private string[] Arriving() => Directory.GetFiles(Path.Combine(_settings.DataFolder, "blobs", "arriving"));
}
