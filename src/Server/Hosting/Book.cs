using Tanlu.Cli;
using Tanlu.Factors;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Server.Hosting;

/// <summary>
/// The book behind the host: brought to this program's state before the first request, freed of what a crash left, and given a first administrator
/// where nobody exists yet.
/// </summary>
internal sealed class Book(Db db, FactorPacks packs, Journal journal, TimeProvider time) : BackgroundService
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
        await Migrator.Run(db, LocalBook.Migrations, cancellationToken);
        await packs.KeepBuiltIn(cancellationToken);
        await journal.DropUnsealed(null, cancellationToken);
        First = await FirstStart.Ensure(db, time, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>An import that died with its process is given up once it was untouched for a while, so a look at start is not enough.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await journal.DropUnsealed(null, stoppingToken);
        }
    }
}
