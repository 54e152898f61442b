using Tanlu.Cli;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>The web host as the command line starts it.</summary>
internal static class Serving
{
    public static async Task<int> Run(Terminal terminal, string urls, StorageSettings book, CancellationToken ct)
    {
        var app = TanluHost.Build([$"--urls={urls}", $"--Tanlu:DataFolder={book.DataFolder}", $"--Tanlu:Postgres={book.Postgres}"]);
        await app.StartAsync(ct);
        terminal.Out.WriteLine(terminal.T("cli.serve.ready", string.Join(' ', app.Urls)));
        if (app.Services.GetRequiredService<Book>().First is { } first)
        {
            terminal.Out.WriteLine(terminal.T("serve.first", first.Email, first.Password));
        }

        await terminal.Out.FlushAsync(ct);
        await app.WaitForShutdownAsync(ct);
        return Terminal.Done;
    }
}
