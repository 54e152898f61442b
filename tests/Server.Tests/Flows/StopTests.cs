using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>A real process that is told to stop, and what it says where it cannot start.</summary>
public sealed class StopTests : IAsyncDisposable
{
    private readonly CrashBook _books = new(Dialect.Sqlite);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task A_request_under_way_ends_well_and_the_log_goes_into_the_file()
    {
        var book = new StorageSettings(Path.Combine(_books.Folder, "stopped"));
        await using var server = await TanluRun.Serve(CrashBook.Options(book), Ct);
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };
        var (email, password) = server.First!.Value;
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/v1/session", new { email, password }, Ct)).StatusCode);

        // An upload whose last bytes come after the signal.
        var rest = new TaskCompletionSource();
        using var form = new MultipartFormDataContent { { new SlowContent(rest.Task), "file", "bill.txt" } };
        var uploading = http.PostAsync("/api/v1/evidence", form, Ct);
        await Task.Delay(300, Ct);
        await server.Stop();
        await Task.Delay(300, Ct);
        Assert.False(uploading.IsCompleted);
        rest.SetResult();
        using (var answer = await uploading)
        {
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        }

        Assert.Equal(0, await server.End(Ct));
        Assert.False(File.Exists(Path.Combine(book.DataFolder, "tanlu.db-wal")), "the write-ahead log was not taken into the file");
        Assert.Equal(1, (await CrashBook.State(book, "stopped")).Files);
    }

    [Fact]
    public async Task An_import_that_is_told_to_stop_takes_its_rows_back()
    {
        var book = await _books.Found();
        var file = await _books.Activities(150_000);
        await using var import = TanluRun.Start(["import", file, .. CrashBook.Options(book)]);
        while (new FileInfo(Path.Combine(book.DataFolder, "tanlu.db-wal")) is not { Exists: true, Length: > 1_000_000 })
        {
            await Task.Delay(5, Ct);
        }

        await import.Stop();
        Assert.Equal(130, await import.End(Ct));
        Assert.Contains("nothing of it was kept", import.Complained, StringComparison.Ordinal);
        Assert.Equal(0, (await CrashBook.State(book, "stopped import")).Rows);
    }

    [Fact]
    public async Task An_import_of_the_server_is_given_back_and_goes_on_after_the_next_start()
    {
        const int rows = 60_000;
        var book = await _books.Found();
        var file = await _books.Activities(rows);
        await CrashBook.AddClerk(book);
        string job;
        await using (var server = await TanluRun.Serve(CrashBook.Options(book), Ct))
        {
            using var http = await CrashBook.Clerk(server);
            using var form = new MultipartFormDataContent { { new ByteArrayContent(await File.ReadAllBytesAsync(file, Ct)), "file", "activities.csv" } };
            using (var answer = await http.PostAsync("/api/v1/activities/imports", form, Ct))
            {
                Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
                job = $"/api/v1/jobs/{(await answer.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("id").GetInt64()}";
            }

            while ((await http.GetFromJsonAsync<JsonElement>(job, Ct)).GetProperty("state").GetString() == "waiting")
            {
                await Task.Delay(10, Ct);
            }

            await server.Stop();
            Assert.Equal(0, await server.End(Ct));
        }

        // Whether the stop came before the seal or after it: nothing half is there.
        var stopped = await CrashBook.State(book, "stopped server");
        Assert.Contains(stopped.Rows, new long[] { 0, rows });
        await using var again = await TanluRun.Serve(CrashBook.Options(book), Ct);
        using var client = await CrashBook.Clerk(again);
        while ((await client.GetFromJsonAsync<JsonElement>(job, Ct)).GetProperty("state").GetString() is "waiting" or "running")
        {
            await Task.Delay(50, Ct);
        }

        await again.Stop();
        Assert.Equal(0, await again.End(Ct));
        Assert.Equal(rows, (await CrashBook.State(book, "started again")).Rows);
    }

    [Theory]
    [InlineData("header", "damaged|not a Tanlu book")]
    [InlineData("foreign", "not a Tanlu book")]
    [InlineData("empty", "damaged")]
    [InlineData("newer", "newer program")]
    [InlineData("port", "Another program listens")]
    public async Task What_cannot_start_says_why(string kind, string expected)
    {
        var book = await _books.Found();
        var database = Path.Combine(book.DataFolder, "tanlu.db");
        string[] more = [];
        TanluRun? other = null;
        switch (kind)
        {
            case "header":
                await using (var file = new FileStream(database, FileMode.Open, FileAccess.Write))
                {
                    await file.WriteAsync(Encoding.ASCII.GetBytes("This was a book once."), Ct);
                }

                break;
            case "foreign":
                File.Delete(database);
                await using (var db = await Db.Open(book, TimeProvider.System, Ct))
                {
                    await db.Write(tx => tx.Execute($"CREATE TABLE recipe (id INTEGER PRIMARY KEY, name TEXT) STRICT"), Ct);
                }

                break;
            case "empty":
                await File.WriteAllBytesAsync(database, [], Ct);
                break;
            case "newer":
                await using (var db = await Db.Open(book, TimeProvider.System, Ct))
                {
                    await db.Write(tx => tx.Execute($"INSERT INTO migration (module, number, hash, applied_at) VALUES ('satellites', 1, 'x', '-')"), Ct);
                }

                break;
            default:
                other = await TanluRun.Serve(["--data", Path.Combine(_books.Folder, "other")], Ct);
                more = ["--urls", other.Address.ToString()];
                break;
        }

        await using var held = other;
        var (code, _, complained) = await TanluRun.Once(["serve", .. more.Length > 0 ? more : ["--urls", "http://127.0.0.1:0"], .. CrashBook.Options(book)], Ct);
        Assert.Equal(1, code);
        Assert.Contains(expected.Split('|'), words => complained.Contains(words, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", complained, StringComparison.Ordinal);
    }

    /// <summary>Sends its last words when it is told to.</summary>
    private sealed class SlowContent(Task rest) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[70_000]);
            await stream.FlushAsync();
            await rest;
            await stream.WriteAsync("the end"u8.ToArray());
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
