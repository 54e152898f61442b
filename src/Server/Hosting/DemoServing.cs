using System.Net;
using System.Net.Sockets;
using Tanlu.Cli;
using Tanlu.Server.Flows.Demo;

namespace Tanlu.Server.Hosting;

/// <summary>The web host over a data folder of its own that holds the generated group.</summary>
internal static class DemoServing
{
    private const int FirstPort = 5080;
    private const int Ports = 40;

    // Beside the book: without it the folder is either empty or its seeding was cut off.
    private const string Finished = "demo-seeded";

    public static async Task<int> Run(Terminal terminal, string folder, CancellationToken ct)
    {
        var path = Path.GetFullPath(folder);
        var url = $"http://localhost:{FreePort()}";
        await using var app = TanluHost.Build([$"--urls={url}", $"--Tanlu:DataFolder={path}", "--Tanlu:Demo=true", "--Tanlu:Postgres=", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Warning"]);
        await app.StartAsync(ct);
        var first = app.Services.GetRequiredService<Book>().First;
        var mark = Path.Combine(path, Finished);
        if (first is not null)
        {
            terminal.Out.WriteLine(terminal.T("cli.demo.seeding"));
            await terminal.Out.FlushAsync(ct);
            await app.Services.GetRequiredService<DemoSeed>().Run(first.Tenant, ct);
            await File.WriteAllTextAsync(mark, "", ct);
        }
        else if (!File.Exists(mark))
        {
            await app.StopAsync(ct);
            terminal.Error.WriteLine(terminal.T("cli.demo.not_ours", path));
            return Terminal.Refused;
        }

        terminal.Out.WriteLine(terminal.T("cli.serve.ready", url));
        terminal.Out.WriteLine(first is null ? terminal.T("cli.demo.again", path) : terminal.T("serve.first", first.Email, first.Password));
        await terminal.Out.FlushAsync(ct);
        await app.WaitForShutdownAsync(ct);
        return Terminal.Done;
    }

    /// <summary>The usual port, or the next that nobody holds.</summary>
    private static int FreePort() => Enumerable.Range(FirstPort, Ports).First(port => Free(IPAddress.Loopback, port) && Free(IPAddress.IPv6Loopback, port));

    private static bool Free(IPAddress address, int port)
    {
        try
        {
            using var listener = new TcpListener(address, port) { ExclusiveAddressUse = true };
            listener.Start();
            return true;
        }
        catch (SocketException busy)
        {
            // A machine without IPv6 does not stop the demo.
            return busy.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported;
        }
    }
}
