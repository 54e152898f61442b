using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Npgsql;
using Tanlu.Storage;

namespace Tanlu.Server.Tests.Flows;

/// <summary>PostgreSQL goes away in the middle and comes back: requests say so and go on, an import loses nothing, and no line holds the password.</summary>
public sealed class GoneDatabaseTests : IAsyncDisposable
{
    private const string Secret = "s3cret-word";

    private readonly CrashBook _books = new(Dialect.Postgres);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task A_server_says_so_and_goes_on_when_it_is_back()
    {
        Assert.SkipUnless(CrashBook.HasPostgres, "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set (tests/engines start sets it).");
        var place = await _books.Place("served");
        using var line = new Line(place.Postgres!);
        var book = place with { Postgres = line.Connection };
        await using var server = await TanluRun.Serve(CrashBook.Options(book), Ct);
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false }) { BaseAddress = server.Address };
        var (email, password) = server.First!.Value;
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsJsonAsync("/api/v1/session", new { email, password }, Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/organisation", Ct)).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/ready", Ct)).StatusCode);
        line.Cut();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.GetAsync("/health/ready", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/health/live", Ct)).StatusCode);
        using (var gone = await http.GetAsync("/api/v1/organisation", Ct))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, gone.StatusCode);
            Assert.Equal(5, gone.Headers.RetryAfter!.Delta!.Value.TotalSeconds);
            Assert.Equal("urn:tanlu:problem:database_unavailable", (await gone.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("type").GetString());
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await http.PostAsJsonAsync("/api/v1/organisation", new { kind = "company", code = "C", name_en = "C", name_zh = "公司" }, Ct)).StatusCode);
        using (var page = await http.GetAsync("/activities?lang=en", Ct))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
            Assert.Contains("does not answer at the moment", await page.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        }

        line.Mend();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/organisation", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await http.PostAsJsonAsync("/api/v1/organisation", new { kind = "company", code = "C", name_en = "C", name_zh = "公司" }, Ct)).StatusCode);
        await server.Stop();
        Assert.Equal(0, await server.End(Ct));
        Assert.DoesNotContain(Secret, server.Said + server.Complained, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_loses_its_database_leaves_all_or_nothing()
    {
        Assert.SkipUnless(CrashBook.HasPostgres, "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set (tests/engines start sets it).");
        var place = await _books.Found();
        var file = await _books.Activities(100_000);
        using var line = new Line(place.Postgres!);
        var book = place with { Postgres = line.Connection };
        await using var import = TanluRun.Start(["import", file, .. CrashBook.Options(book)]);
        while (line.Carried < 3_000_000)
        {
            await Task.Delay(5, Ct);
        }

        line.Cut();
        Assert.Equal(1, await import.End(Ct));
        Assert.Contains("does not answer", import.Complained, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, import.Said + import.Complained, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", import.Complained, StringComparison.Ordinal);
        Assert.Equal(0, (await CrashBook.State(place, "database gone")).Rows);
        line.Mend();
        Assert.Equal(0, (await TanluRun.Once(["import", file, .. CrashBook.Options(book)], Ct)).Code);
        Assert.Equal(100_000, (await CrashBook.State(place, "database back")).Rows);
    }

    /// <summary>The wire to the database server, which can be cut and mended.</summary>
    private sealed class Line : IDisposable
    {
        private readonly (string Host, int Port) _server;
        private readonly int _port;
        private readonly HashSet<TcpClient> _open = [];
        private TcpListener _listener;
        private long _carried;

        public Line(string connection)
        {
            var text = new NpgsqlConnectionStringBuilder(connection);
            _server = (text.Host!, text.Port);
            _listener = new TcpListener(IPAddress.Loopback, 0);
            _listener.Start();
            _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            Connection = new NpgsqlConnectionStringBuilder(connection) { Host = "127.0.0.1", Port = _port, Password = Secret }.ToString();
            _ = Accept(_listener);
        }

        public string Connection { get; }

        /// <summary>Bytes from the program to the server.</summary>
        public long Carried => Interlocked.Read(ref _carried);

        public void Cut()
        {
            _listener.Stop();
            lock (_open)
            {
                foreach (var end in _open)
                {
                    end.Dispose();
                }

                _open.Clear();
            }
        }

        public void Mend()
        {
            _listener = new TcpListener(IPAddress.Loopback, _port);
            _listener.Start();
            _ = Accept(_listener);
        }

        public void Dispose() => Cut();

        private async Task Accept(TcpListener listener)
        {
            try
            {
                while (true)
                {
                    var near = await listener.AcceptTcpClientAsync();
                    var far = new TcpClient { NoDelay = true };
                    near.NoDelay = true;
                    await far.ConnectAsync(_server.Host, _server.Port);
                    lock (_open)
                    {
                        _open.Add(near);
                        _open.Add(far);
                    }

                    _ = Carry(near, far, counted: true);
                    _ = Carry(far, near, counted: false);
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }
        }

        private async Task Carry(TcpClient from, TcpClient to, bool counted)
        {
            try
            {
                var buffer = new byte[1 << 16];
                while (await from.GetStream().ReadAsync(buffer) is > 0 and var read)
                {
                    await to.GetStream().WriteAsync(buffer.AsMemory(0, read));
                    if (counted)
                    {
                        Interlocked.Add(ref _carried, read);
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // Cut.
            }

            from.Dispose();
            to.Dispose();
        }
    }
}
