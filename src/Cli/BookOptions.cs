using System.CommandLine;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Cli;

/// <summary>Which book a command works on: options first, then the environment, then the folder that <c>tanlu serve</c> uses too.</summary>
internal sealed class BookOptions
{
    private readonly Option<string> _data;
    private readonly Option<string?> _postgres;
    private readonly Option<long?> _tenant;

    public BookOptions(Terminal terminal)
    {
        _data = new Option<string>("--data") { Description = terminal.T("cli.data"), DefaultValueFactory = _ => Variable("TANLU_DATA", "Tanlu__DataFolder") ?? "data-folder" };
        _postgres = new Option<string?>("--postgres") { Description = terminal.T("cli.postgres"), DefaultValueFactory = _ => Variable("TANLU_POSTGRES", "Tanlu__Postgres") };
        _tenant = new Option<long?>("--tenant") { Description = terminal.T("cli.tenant") };
    }

    public void AddTo(Command command, bool tenant = true)
    {
        command.Options.Add(_data);
        command.Options.Add(_postgres);
        if (tenant)
        {
            command.Options.Add(_tenant);
        }
    }

    public StorageSettings Settings(ParseResult parsed) => new(Path.GetFullPath(parsed.GetRequiredValue(_data)), parsed.GetValue(_postgres));

    /// <summary>Whether there is a book to read: a look must not make one.</summary>
    public bool Exists(ParseResult parsed) => Settings(parsed) is var settings && (!string.IsNullOrWhiteSpace(settings.Postgres) || Directory.Exists(settings.DataFolder));

    /// <summary>Whether the book itself is there, not only its folder.</summary>
    public bool HasBook(ParseResult parsed) => Settings(parsed) is var settings && (!string.IsNullOrWhiteSpace(settings.Postgres) || settings.HasDatabaseFile);

    /// <summary>Runs a command over the book, as the platform itself in the tenant that is meant.</summary>
    public Task<int> With(Terminal terminal, ParseResult parsed, Func<LocalBook, Caller, Task<int>> work, CancellationToken ct) => With(
        terminal,
        parsed,
        async book =>
        {
            var caller = await book.Caller(parsed.GetValue(_tenant), terminal.Language, ct);
            return caller.Ok ? await work(book, caller.Value) : terminal.Refuse(caller.Problems);
        },
        ct);

    /// <summary>Runs a command over the whole book.</summary>
    public async Task<int> With(Terminal terminal, ParseResult parsed, Func<LocalBook, Task<int>> work, CancellationToken ct)
    {
        if (!Exists(parsed))
        {
            return terminal.Refuse([new Problem("book_missing", Column: "--data", Found: Settings(parsed).DataFolder)]);
        }

        await using var book = await LocalBook.Open(Settings(parsed), TimeProvider.System, ct);
        return await work(book);
    }

    /// <summary>Our own variable, then the one that the host's configuration reads.</summary>
    private static string? Variable(params IReadOnlyList<string> names) => names.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v));
}
