using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>
/// A disk that is full, for real: a small file system in memory. Every work that meets its end says so in a sentence, loses nothing that was there, leaves nothing of its own,
/// and can be done again once there is room.
/// </summary>
public sealed class FullDiskTests : IAsyncDisposable
{
    private readonly CrashBook _books = new(Dialect.Sqlite);
    private string? _disk;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_disk is not null)
        {
            await Shell("umount", "-l", _disk);
        }

        await _books.DisposeAsync();
    }

    [Fact]
    public async Task An_import_that_finds_no_room_leaves_the_book_as_it_was()
    {
        await Mount("6m");
        var book = await _books.Copy(await _books.Found(), "disk/book");
        var file = await _books.Activities(60_000);
        var (code, _, complained) = await TanluRun.Once(["import", file, .. CrashBook.Options(book)], Ct);
        Assert.Equal(1, code);
        Assert.Contains("no space left", complained, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", complained, StringComparison.Ordinal);
        await Mount("200m", again: true);
        var state = await CrashBook.State(book, "full disk");
        Assert.Equal((0, 30), (state.Rows, state.Files));
        Assert.Equal(0, (await TanluRun.Once(["import", file, .. CrashBook.Options(book)], Ct)).Code);
        Assert.Equal(60_000, (await CrashBook.State(book, "room again")).Rows);
    }

    [Fact]
    public async Task A_backup_that_finds_no_room_leaves_no_file()
    {
        await Mount("200k");
        var book = await _books.Found();
        var (code, _, complained) = await TanluRun.Once(["backup", "--out", _disk!, .. CrashBook.Options(book)], Ct);
        Assert.Equal(1, code);
        Assert.Contains("no space left", complained, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_disk!));
        await Mount("50m", again: true);
        Assert.Equal(0, (await TanluRun.Once(["backup", "--out", _disk!, .. CrashBook.Options(book)], Ct)).Code);
        Assert.Equal(0, (await TanluRun.Once(["backup", "verify", Assert.Single(Directory.EnumerateFiles(_disk!))], Ct)).Code);
    }

    [Fact]
    public async Task A_restore_that_finds_no_room_leaves_an_empty_folder()
    {
        await Mount("1m");
        var book = await _books.Found();
        var file = Path.Combine(_books.Folder, "book.tanlu.zip");
        Assert.Equal(0, (await TanluRun.Once(["backup", "--out", file, .. CrashBook.Options(book)], Ct)).Code);
        var target = new StorageSettings(Path.Combine(_disk!, "book"));
        var (code, _, complained) = await TanluRun.Once(["restore", file, .. CrashBook.Options(target)], Ct);
        Assert.Equal(1, code);
        Assert.Contains("no space left", complained, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(target.DataFolder));
        await Mount("50m", again: true);
        Assert.Equal(0, (await TanluRun.Once(["restore", file, .. CrashBook.Options(target)], Ct)).Code);
        Assert.Equal(30, (await CrashBook.State(target, "room again")).Files);
    }

    [Fact]
    public async Task A_server_says_so_and_goes_on_when_there_is_room()
    {
        await Mount("8m");
        var book = new StorageSettings(Path.Combine(_disk!, "book"));
        await using var server = await TanluRun.Serve(CrashBook.Options(book), Ct);
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = server.Address };
        var (email, password) = server.First!.Value;
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/v1/session", new { email, password }, Ct)).StatusCode);
        var (kept, hash) = await Upload(http, 200_000, seed: 1);
        Assert.Equal(HttpStatusCode.Created, kept);

        var (refused, problem) = await Upload(http, 9_000_000, seed: 2);
        Assert.Equal(HttpStatusCode.InsufficientStorage, refused);
        Assert.Equal("urn:tanlu:problem:disk_full", problem);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(book.DataFolder, "blobs", "arriving")));

        // Filled to the last byte, the database cannot write either; it can still be read.
        await Fill(Path.Combine(_disk!, "filler"));
        using (var company = await http.PostAsJsonAsync("/api/v1/organisation", new { kind = "company", code = "C", name_en = "C", name_zh = "公司" }, Ct))
        {
            Assert.Contains(company.StatusCode, new[] { HttpStatusCode.InsufficientStorage, HttpStatusCode.Created });
        }

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/organisation", Ct)).StatusCode);
        File.Delete(Path.Combine(_disk!, "filler"));
        await Mount("60m", again: true);
        Assert.Equal(HttpStatusCode.Created, (await Upload(http, 9_000_000, seed: 2)).Status);
        Assert.Equal(200_000, (await http.GetByteArrayAsync($"/api/v1/evidence/{hash}", Ct)).Length);
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsJsonAsync("/api/v1/organisation", new { kind = "company", code = "D", name_en = "D", name_zh = "公司" }, Ct)).StatusCode);
        await server.Stop();
        Assert.Equal(0, await server.End(Ct));
        Assert.Equal(2, (await CrashBook.State(book, "after a full disk")).Files);
    }

    private static async Task<(HttpStatusCode Status, string Told)> Upload(HttpClient http, int size, int seed)
    {
        var content = new byte[size];
        new Random(seed).NextBytes(content);
        using var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", "bill.bin" } };
        using var answer = await http.PostAsync("/api/v1/evidence", form, Ct);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
        return (answer.StatusCode, body.GetProperty(answer.IsSuccessStatusCode ? "hash" : "type").GetString()!);
    }

    private static async Task Fill(string file)
    {
        await using var filler = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                await filler.WriteAsync(block, Ct);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static async Task<int> Shell(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Ct);
        return process.ExitCode;
    }

    /// <summary>A disk of this size, or another size for the one there is.</summary>
    private async Task Mount(string size, bool again = false)
    {
        if (again)
        {
            Assert.Equal(0, await Shell("mount", "-o", "remount,size=" + size, _disk!));
            return;
        }

        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "Only root can mount a small disk.");
        var disk = Directory.CreateDirectory(Path.Combine(_books.Folder, "disk")).FullName;
        Assert.SkipUnless(await Shell("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk) == 0, "This machine lets nobody mount a small disk.");
        _disk = disk;
    }
}
