using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Storage;

/// <summary>A database that cannot be used is a sentence, not a stack trace, and says no password.</summary>
public sealed class UnavailableTests
{
    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Database=book;Username=reader;Password=s3cret-word;Timeout=2")]
    [InlineData("no connection string at all s3cret-word")]
    public async Task A_database_that_does_not_answer_is_named_without_its_password(string postgres)
    {
        var folder = Path.Combine(Path.GetTempPath(), "tanlu-unavailable-" + Path.GetRandomFileName());
        try
        {
            var refused = await Assert.ThrowsAsync<DatabaseUnavailable>(() =>
                Db.Open(new StorageSettings(folder, postgres), TimeProvider.System, TestContext.Current.CancellationToken));
            Assert.DoesNotContain("s3cret-word", refused.Message);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        var file = Path.GetTempFileName();
        try
        {
            var refused = await Assert.ThrowsAsync<DatabaseUnavailable>(() =>
                Db.Open(new StorageSettings(Path.Combine(file, "book")), TimeProvider.System, TestContext.Current.CancellationToken));
            Assert.Contains(file, refused.Message);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
