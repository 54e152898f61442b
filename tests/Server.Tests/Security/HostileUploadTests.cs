using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Tanlu.Server.Tests.Security;

/// <summary>Files that pretend, and questions about files of others.</summary>
public sealed class HostileUploadTests(OpenPort port) : IClassFixture<OpenPort>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<html><script>pwn()</script></html>", "../../x.html", "text/html")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' onload='pwn()'/>", "a.svg", "image/svg+xml")]
    [InlineData("GIF89a/*<script>pwn()</script>*/=1", "a\r\nSet-Cookie: a=b.gif", "image/gif")]
    [InlineData("%PDF-1.4 <script>pwn()</script>", "a\";filename=b.html", "application/pdf")]
    [InlineData("MZ\u0090", "..\\..\\a.exe", "text/plain")]
    public async Task A_file_is_handed_back_to_be_saved_and_never_to_be_run(string content, string name, string claimed)
    {
        var (hash, given) = await Add(content + Guid.NewGuid(), name, claimed);
        Assert.DoesNotContain('/', given);
        Assert.DoesNotContain('\\', given);
        var (status, _, answer) = await port.Send(HttpMethod.Get, "/api/v1/evidence/" + hash);
        using (answer)
        {
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("attachment", answer.Content.Headers.ContentDisposition!.DispositionType);
            Assert.DoesNotContain(answer.Content.Headers.ContentType!.MediaType!, (string[])["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript"]);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Contains("sandbox", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Fact]
    public async Task A_hash_of_another_tenant_is_the_same_as_one_that_nobody_has()
    {
        var theirs = port.World.Theirs.Ids["evidence"];
        var nobody = new string('0', 63) + "1";
        var found = new List<string>();
        foreach (var hash in new[] { theirs, nobody })
        {
            foreach (var address in new[] { $"/api/v1/evidence/{hash}", $"/api/v1/activities?text={hash}" })
            {
                var (status, text, answer) = await port.Send(HttpMethod.Get, address);
                answer.Dispose();
                found.Add($"{(int)status} {text.Replace(hash, "#", StringComparison.Ordinal)}");
            }

            var row = JsonSerializer.Serialize(new { site = port.World.Ours.Mark + "-S", source = "Hash", activity = "fuel.diesel", start = "2024-05-01", end = "2024-05-31", quantity = "1", unit = "kg", evidence = hash });
            var (made, _, recorded) = await port.Send(HttpMethod.Post, "/api/v1/activities", new StringContent(row, Encoding.UTF8, "application/json"));
            recorded.Dispose();
            found.Add($"{(int)made}");
        }

        Assert.Equal(found[..3], found[3..]);

        // To add a content that they have looks like adding a new one, and opens nothing of theirs.
        var (again, name) = await Add($"bill of {port.World.Theirs.Mark}", "guess.txt", "text/plain");
        Assert.Equal((theirs, "guess.txt"), (again, name));
    }

    private async Task<(string Hash, string Name)> Add(string content, string name, string claimed)
    {
        var part = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
        part.Headers.ContentType = MediaTypeHeaderValue.Parse(claimed);
        part.Headers.ContentDisposition = new ContentDispositionHeaderValue("form-data") { Name = "file", FileNameStar = name };
        using var form = new MultipartFormDataContent { part };
        var (status, text, answer) = await port.Send(HttpMethod.Post, "/api/v1/evidence", form);
        answer.Dispose();
        Assert.True(status == HttpStatusCode.Created, text);
        using var made = JsonDocument.Parse(text);
        return (made.RootElement.GetProperty("hash").GetString()!, made.RootElement.GetProperty("name").GetString()!);
    }
}
