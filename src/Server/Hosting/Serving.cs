using Microsoft.AspNetCore.Connections;
using Tanlu.Cli;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>The web host as the command line starts it.</summary>
internal static class Serving
{
    public static async Task<int> Run(Terminal terminal, string urls, StorageSettings book, CancellationToken ct)
    {
        WebApplication app;
        try
        {
            app = TanluHost.Build([$"--urls={urls}", $"--Tanlu:DataFolder={book.DataFolder}", $"--Tanlu:Postgres={book.Postgres}"]);
        }
        catch (IOException unusable) when (unusable is not DiskFull)
        {
            return terminal.Refuse([new Problem("book_io", Found: book.DataFolder, Args: [unusable.Message])]);
        }

        // Disposing closes the book: the write-ahead log goes into the file.
        await using var held = app;
        try
        {
            await app.StartAsync(ct);
        }
        catch (IOException taken) when (taken.InnerException is AddressInUseException)
        {
            return terminal.Refuse([new Problem("address_in_use", Column: "--urls", Found: urls)]);
        }

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
