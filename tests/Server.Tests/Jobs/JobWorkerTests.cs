using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Server.Jobs;

namespace Tanlu.Server.Tests.Jobs;

/// <summary>The worker around a job: stop, cancel, failure and a lost lease.</summary>
public sealed class JobWorkerTests(TestServer server) : IClassFixture<TestServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private JobBoard Board => server.Services.GetRequiredService<JobBoard>();

    private Caller Somebody => Caller.System(server.Services.GetRequiredService<Book>().First!.Tenant);

    [Fact]
    public async Task A_stop_gives_the_job_back_and_the_next_worker_does_it()
    {
        var kind = new Waiting();
        var id = await Queue(kind);
        using (var first = Worker(kind))
        {
            await first.StartAsync(Ct);
            await kind.Begun.Task.WaitAsync(Ct);
            await first.StopAsync(Ct);
        }

        var back = (await Board.Status(Somebody, id, Ct)).Value;
        Assert.Equal((JobState.Waiting, 0), (back.State, back.Attempts));
        kind.Go.SetResult();
        using var second = Worker(kind);
        await second.StartAsync(Ct);
        Assert.Equal(JobState.Done, (await Board.Await(Somebody, id, TimeSpan.FromSeconds(20), Ct)).Value.State);
        await second.StopAsync(Ct);
    }

    [Fact]
    public async Task Work_that_breaks_when_it_is_stopped_is_given_back_and_fails_where_nobody_stopped_it()
    {
        var kind = new Torn();
        var id = await Queue(kind);
        using (var first = Worker(kind))
        {
            await first.StartAsync(Ct);
            await kind.Begun.Task.WaitAsync(Ct);
            await first.StopAsync(Ct);
        }

        var back = (await Board.Status(Somebody, id, Ct)).Value;
        Assert.Equal((JobState.Waiting, 0), (back.State, back.Attempts));
        kind.Broken.SetResult();
        using var second = Worker(kind);
        await second.StartAsync(Ct);
        var end = (await Board.Await(Somebody, id, TimeSpan.FromSeconds(20), Ct)).Value;
        Assert.Equal((JobState.Failed, "job_failed"), (end.State, Assert.Single(end.Problems).Code));
        await second.StopAsync(Ct);
    }

    [Fact]
    public async Task A_cancelled_job_stops_and_says_so()
    {
        var kind = new Waiting();
        var id = await Queue(kind);
        using var worker = Worker(kind);
        await worker.StartAsync(Ct);
        await kind.Begun.Task.WaitAsync(Ct);
        await Board.Cancel(Somebody, id, Ct);
        Assert.Equal(JobState.Cancelled, (await Board.Await(Somebody, id, TimeSpan.FromSeconds(20), Ct)).Value.State);
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_failure_of_ours_is_told_without_its_words()
    {
        var kind = new Broken();
        var id = await Queue(kind);
        using var worker = Worker(kind);
        await worker.StartAsync(Ct);
        var end = (await Board.Await(Somebody, id, TimeSpan.FromSeconds(20), Ct)).Value;
        Assert.Equal((JobState.Failed, "job_failed"), (end.State, Assert.Single(end.Problems).Code));
        await worker.StopAsync(Ct);
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_stops_and_records_nothing()
    {
        var kind = new Waiting();
        var id = await Queue(kind);
        using var worker = Worker(kind);
        await worker.StartAsync(Ct);
        await kind.Begun.Task.WaitAsync(Ct);

        // Another process took it: its fence is higher.
        await server.Services.GetRequiredService<Storage.Db>().Write(tx => tx.Execute($"UPDATE job SET fence = fence + 1 WHERE id = {id}"), Ct);
        await kind.Stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), Ct);
        await worker.StopAsync(Ct);
        Assert.Equal(JobState.Running, (await Board.Status(Somebody, id, Ct)).Value.State);
    }

    private async Task<long> Queue(JobKind kind) => (await Board.Enqueue(Somebody, new NewJob(kind.Name, Right.WriteActivities, "test", "{}"), Ct)).Value.Id;

    private JobWorker Worker(JobKind kind) => new(
        Board, [kind], new ServerSettings { Jobs = new JobSettings { AtOnce = 1, PollMilliseconds = 20 } }, TimeProvider.System, NullLogger<JobWorker>.Instance);

    private sealed class Waiting : JobKind
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Name { get; } = Guid.NewGuid().ToString("N");

        public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
        {
            Begun.TrySetResult();
            try
            {
                await Go.Task.WaitAsync(stop);
            }
            catch (OperationCanceledException)
            {
                Stopped.TrySetResult();
                throw;
            }

            return JobRun.Done(1);
        }
    }

    /// <summary>Ends as a query does whose connection is closed under it.</summary>
    private sealed class Torn : JobKind
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Broken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override string Name { get; } = Guid.NewGuid().ToString("N");

        public override async Task<JobEnd> Run(JobRun run, CancellationToken stop)
        {
            Begun.TrySetResult();
            await Broken.Task.WaitAsync(stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new InvalidOperationException("the connection is closed");
        }
    }

    private sealed class Broken : JobKind
    {
        public override string Name { get; } = Guid.NewGuid().ToString("N");

        public override Task<JobEnd> Run(JobRun run, CancellationToken stop) => throw new InvalidOperationException("the database password is secret");
    }
}
