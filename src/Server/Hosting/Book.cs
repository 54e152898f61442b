using Tanlu.Cli;
using Tanlu.Factors;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Products;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>
/// The book behind the host: brought to this program's state before the first request, freed of what a crash left, and given a first administrator
/// where nobody exists yet.
/// </summary>
internal sealed partial class Book(Db db, Blobs blobs, StorageSettings settings, FactorPacks packs, Journal journal, Libraries libraries, TimeProvider time, ILogger<Book> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMinutes(5);

    /// <summary>Set when this start made the first administrator; whoever started the host shows the password once.</summary>
    public FirstAdministrator? First { get; private set; }

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<Book>();
        services.AddHostedService(s => s.GetRequiredService<Book>());
    }

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Migrator.RunAll(db, LocalBook.Migrations, cancellationToken);
        await packs.KeepBuiltIn(cancellationToken);
        Restore.ClearRemains(settings);
        await Repair(cancellationToken);
        First = await FirstStart.Ensure(db, time, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>An import that died with its process is given up once it was untouched for a while, so a look at start is not enough.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Repair(stoppingToken);
            }
            catch (Exception failure) when (failure is DatabaseUnavailable or IOException)
            {
                // The next look comes; whoever asks for a page learns of it at once.
                LogFailure(failure);
            }
        }
    }

    private async Task Repair(CancellationToken ct)
    {
        if (await journal.DropUnsealed(null, ct) is > 0 and var batches)
        {
            LogDropped(batches);
        }

        if (await libraries.DropUnfinished(ct) is > 0 and var unfinished)
        {
            LogDropped(unfinished);
        }

        if (await blobs.RemoveAbandoned(db, ct) is > 0 and var files)
        {
            LogRemoved(files);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Batches} imports that did not end were taken back.")]
    private partial void LogDropped(int batches);

    [LoggerMessage(LogLevel.Information, "{Files} uploads that nobody came back for were removed.")]
    private partial void LogRemoved(int files);

    [LoggerMessage(LogLevel.Error, "The regular look at the book failed.")]
    private partial void LogFailure(Exception failure);
}
