using System.Globalization;
using Tanlu.Automation;
using Tanlu.Inventory;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Jobs;

/// <summary>Reads the audit logs of tenants with webhooks on, and asks the modules whether a webhook's part of the organisation may see what happened.</summary>
internal sealed partial class EventWatch(WebhookQueue queue, Journal journal, Editions editions, TimeProvider time, ILogger<EventWatch> log) : BackgroundService
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(BetweenLooks, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Look(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogTrouble(e);
            }
        }
    }

    /// <summary>One look at every tenant whose log went on.</summary>
    internal async Task Look(CancellationToken ct)
    {
        foreach (var tenant in await queue.Tenants(ct))
        {
            await queue.ReadOn(tenant, Sees, ct);
        }
    }

    private async Task<bool> Sees(Caller eyes, WebhookEvent happened)
    {
        var (kind, id) = happened.Subject.Split('/') is [var first, var last] && long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? (first, number) : ("", 0);
        return happened.Name switch
        {
            "batch.sealed" or "activity.corrected" => (await journal.Batch(eyes, id, CancellationToken.None)).Ok,
            "edition.made" => await editions.List(eyes, CancellationToken.None) is { Ok: true } seen && seen.Value.Any(e => e.Number == id),
            "job.finished" => kind == "job" && await queue.SeesJob(eyes, id, CancellationToken.None),

            // The library serves every part of a tenant alike.
            "factors.changed" => true,
            _ => eyes.SeesWholeTenant,
        };
    }

    [LoggerMessage(LogLevel.Warning, "The audit log could not be read on for webhooks.")]
    private partial void LogTrouble(Exception exception);
}
