using System.Globalization;
using Tanlu.Automation;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Jobs;

/// <summary>What a delivery job sends.</summary>
internal sealed record DeliveryWork(long Delivery);

/// <summary>
/// One try of one webhook delivery. A receiver may get a message twice (a server that died after sending sends it again), and knows it by the delivery's number.
/// </summary>
internal sealed class DeliveryJob(WebhookQueue queue, OutboundGuard guard, TimeProvider time) : JobKind
{
    public override string Name => WebhookQueue.Kind;

    public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
    {
        var delivery = run.Payload<DeliveryWork>().Delivery;
        if (await queue.Order(delivery, stop) is not { } order)
        {
            await queue.Drop(run.Lease, delivery, stop);
            return JobEnd.Done("{}");
        }

        var headers = new Dictionary<string, string>
        {
            ["Tanlu-Event"] = order.Event,
            ["Tanlu-Delivery"] = order.Delivery.ToString(CultureInfo.InvariantCulture),
            [WebhookSignature.Header] = WebhookSignature.Of(order.Secrets, time.GetUtcNow(), order.Body),
        };
        var answer = await guard.Post(order.Url, order.Body, headers, stop);
        await queue.Tried(run.Lease, delivery, answer.Status, answer.Text, stop);
        return JobEnd.Done("{}");
    }
}
