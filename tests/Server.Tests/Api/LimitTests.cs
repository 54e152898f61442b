using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Tests.Api;

/// <summary>How much one caller may ask, and how large a body may be.</summary>
public sealed class LimitTests
{
    private const string Address = "X-Test-Address";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_person_who_asks_too_much_waits_and_others_do_not()
    {
        await using var server = Limited(("PerSecond", "1"), ("Burst", "5"));
        using var client = await ApiClient.Administrator(server);
        var answers = new List<HttpResponseMessage>();
        for (var request = 0; request < 8; request++)
        {
            answers.Add(await client.Raw("/gases"));
        }

        var refused = answers.Last();
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Equal("5", refused.Headers.GetValues("RateLimit-Limit").Single());
        Assert.Equal("0", refused.Headers.GetValues("RateLimit-Remaining").Single());
        Assert.True(int.Parse(refused.Headers.GetValues("Retry-After").Single(), System.Globalization.CultureInfo.InvariantCulture) >= 1);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Stop));
        Assert.Equal("too_many_requests", problem.RootElement.GetProperty("errors")[0].GetProperty("code").GetString());
        var (_, chinese) = await client.Get("/gases", "zh-CN");
        Assert.Matches(@"\p{IsCJKUnifiedIdeographs}", chinese.GetProperty("detail").GetString()!);
        using var other = await ApiClient.Person(server, 1, Organisation.Role.Viewer);
        Assert.Equal(200, (await other.Get("/gases")).Status);
        Assert.All(answers.Take(4), a => Assert.Equal(HttpStatusCode.OK, a.StatusCode));
        answers.ForEach(a => a.Dispose());
    }

    [Fact]
    public async Task Tries_to_sign_in_are_few_for_one_address_and_counted_for_each()
    {
        await using var server = Limited(("SignInsPerMinute", "4"));
        using var client = server.Plain();
        async Task<HttpStatusCode> Try(string from)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/session") { Content = JsonContent.Create(new { email = "nobody@example.org", password = "x" }) };
            request.Headers.Add(Address, from);
            using var answer = await client.SendAsync(request, Stop);
            return answer.StatusCode;
        }

        for (var attempt = 0; attempt < 4; attempt++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await Try("203.0.113.7"));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await Try("203.0.113.7"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Try("203.0.113.8"));

        // All addresses of an IPv6 network are one caller.
        for (var attempt = 0; attempt < 4; attempt++)
        {
            await Try($"2001:db8:1:2::{attempt + 1}");
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await Try("2001:db8:1:2:ffff::9"));
        Assert.Equal(HttpStatusCode.Unauthorized, await Try("2001:db8:1:3::1"));
    }

    [Fact]
    public async Task An_address_from_which_nobody_signed_in_is_limited_by_itself()
    {
        await using var server = Limited(("AnonymousPerSecond", "1"), ("AnonymousBurst", "3"));
        using var client = server.Plain();
        client.DefaultRequestHeaders.Add(Address, "198.51.100.1");
        var statuses = new List<HttpStatusCode>();
        for (var request = 0; request < 6; request++)
        {
            using var answer = await client.GetAsync("/sign-in", Stop);
            statuses.Add(answer.StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, statuses[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, statuses[^1]);
    }

    [Fact]
    public async Task A_body_that_says_it_is_too_large_is_refused_unread()
    {
        await using var server = Limited(("UploadMegabytes", "1"));
        using var client = await ApiClient.Administrator(server);
        foreach (var path in new[] { "/activities/imports", "/evidence", "/factor-packs" })
        {
            using var endless = new StreamContent(new Unread());
            endless.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
            endless.Headers.ContentLength = 5L << 30;
            var (status, refused) = await client.Send(HttpMethod.Post, path, endless);
            Assert.Equal((413, "upload_too_large"), (status, refused.GetProperty("errors")[0].GetProperty("code").GetString()));
            Assert.Equal("at most 1 MB", refused.GetProperty("errors")[0].GetProperty("expected").GetString());
        }

        var (large, body) = await client.Send(HttpMethod.Post, "/organisation", new StringContent($"{{\"code\":\"{new string('x', 2 << 20)}\"}}", System.Text.Encoding.UTF8, "application/json"));
        Assert.Equal((413, "body_too_large"), (large, body.GetProperty("errors")[0].GetProperty("code").GetString()));
    }

    [Fact]
    public async Task A_body_that_does_not_say_is_cut_off_at_the_limit()
    {
        await using var server = Limited(("UploadMegabytes", "1"));
        using var client = await ApiClient.Administrator(server);
        using var form = new MultipartFormDataContent { { new StreamContent(new Zeros(3 << 20)), "file", "bill.csv" } };
        var (status, refused) = await client.Send(HttpMethod.Post, "/activities/imports", form);
        Assert.Equal((413, "upload_too_large"), (status, refused.GetProperty("errors")[0].GetProperty("code").GetString()));
    }

    private static TestServer Limited(params (string Name, string Value)[] limits) => new()
    {
        Quick = true,
        Settings = limits.ToDictionary(l => "Tanlu:Limits:" + l.Name, l => l.Value),
        Replace = services => services.AddSingleton<IStartupFilter>(new FromAddress()),
    };

    /// <summary>The in-process host has no address of the caller; here a header gives it.</summary>
    private sealed class FromAddress : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((context, on) =>
            {
                if (context.Request.Headers.TryGetValue(Address, out var address))
                {
                    context.Connection.RemoteIpAddress = IPAddress.Parse(address.ToString());
                }

                return on(context);
            });
            next(app);
        };
    }

    /// <summary>A body that must not be read.</summary>
    private sealed class Unread : Zeros
    {
        public Unread()
            : base(5L << 30)
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new InvalidOperationException("The body was read.");
    }

    private class Zeros(long length) : Stream
    {
        private long _left = length;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = (int)Math.Min(count, _left);
            Array.Clear(buffer, offset, read);
            _left -= read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
