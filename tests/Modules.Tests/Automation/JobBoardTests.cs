using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Automation;

/// <summary>The board of jobs on both engines: who may see and take what, and what a worker that lost its lease can still do.</summary>
public sealed class JobBoardTests
{
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);
    private static readonly string[] Kinds = ["count"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EngineData]
    public async Task A_job_goes_from_the_board_to_its_end(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var caller = work.Estate.System;
        var queued = await work.Board.Enqueue(caller, New("count to three"), Ct).Done();
        Assert.Equal(JobState.Waiting, queued.State);
        Assert.Null(await work.Board.Take("w", ["another kind"], Hold, Ct));

        var lease = (await work.Board.Take("w", Kinds, Hold, Ct))!;
        Assert.Equal(("{}", 1L, caller.Tenant), (lease.Job.Payload, lease.Fence, lease.Caller.Tenant));
        Assert.Null(await work.Board.Take("w", Kinds, Hold, Ct));
        work.Clock.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(LeaseState.Held, await work.Board.Report(lease, new JobProgress(25, 100, "reading"), Ct));
        var running = await work.Board.Status(caller, queued.Id, Ct).Done();
        Assert.Equal(TimeSpan.FromSeconds(30), running.Left(work.Clock.Now));

        Assert.True(await work.Board.Finish(lease, JobEnd.Done("{\"n\":3}", new Problem("not_found", 7, "c", "x", "a")), Ct));
        var done = await work.Board.Status(caller, queued.Id, Ct).Done();
        Assert.Equal((JobState.Done, "{\"n\":3}"), (done.State, done.Result));
        var problem = Assert.Single(done.Problems);
        Assert.Equal((7, "c", "x", "a"), (problem.Row, problem.Column, problem.Found, problem.Args[0]));
        Assert.False(await work.Board.Finish(lease, JobEnd.Failed(new Problem("not_found")), Ct));
        var log = await work.Installation.Audit.List(caller, null, 1, Ct).Done();
        Assert.Equal(("job.finish", $"job/{queued.Id}"), (log.Entries[0].Verb, log.Entries[0].Subject));
    }

    [Theory, EngineData]
    public async Task What_a_worker_that_lost_its_lease_says_is_not_recorded(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var caller = work.Estate.System;
        var id = (await work.Board.Enqueue(caller, New("slow"), Ct).Done()).Id;
        var first = (await work.Board.Take("first", Kinds, Hold, Ct))!;
        work.Clock.Now += Hold - TimeSpan.FromSeconds(1);
        Assert.Null(await work.Board.Take("second", Kinds, Hold, Ct));
        Assert.Equal(LeaseState.Held, await work.Board.Report(first, JobProgress.None, Ct));
        work.Clock.Now += Hold + TimeSpan.FromSeconds(1);
        var second = (await work.Board.Take("second", Kinds, Hold, Ct))!;
        Assert.Equal((id, 2L, 2), (second.Job.Id, second.Fence, second.Job.Attempts));

        Assert.Equal(LeaseState.Lost, await work.Board.Report(first, new JobProgress(99, 99, ""), Ct));
        Assert.False(await work.Board.Finish(first, JobEnd.Done("first"), Ct));
        Assert.False(await work.Board.GiveBack(first, Ct));
        await Assert.ThrowsAsync<LeaseLost>(() => work.Store.Db.Write(
            tx =>
            {
                tx.Execute($"UPDATE tenant SET name_en = {"half done"}");
                work.Board.FinishIn(tx, first, JobEnd.Done("first"));
            },
            Ct));
        Assert.Equal(0, await work.Store.Db.Read(tx => tx.Scalar($"SELECT count(*) FROM tenant WHERE name_en = {"half done"}"), Ct));
        Assert.True(await work.Board.Finish(second, JobEnd.Done("second"), Ct));
        Assert.Equal("second", (await work.Board.Status(caller, id, Ct).Done()).Result);
    }

    [Theory, EngineData]
    public async Task A_job_given_back_is_taken_again_and_one_that_kills_its_workers_is_given_up(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var id = (await work.Board.Enqueue(work.Estate.System, New("poison"), Ct).Done()).Id;
        var lease = (await work.Board.Take("w", Kinds, Hold, Ct))!;
        Assert.True(await work.Board.GiveBack(lease, Ct));
        for (var attempt = 1; attempt <= JobBoard.MostAttempts; attempt++)
        {
            Assert.Equal(attempt, (await work.Board.Take("w", Kinds, Hold, Ct))!.Job.Attempts);
            work.Clock.Now += Hold;
        }

        Assert.Null(await work.Board.Take("w", Kinds, Hold, Ct));
        var end = await work.Board.Status(work.Estate.System, id, Ct).Done();
        Assert.Equal((JobState.Failed, "job_gave_up"), (end.State, end.Problems[0].Code));
    }

    [Theory, EngineData]
    public async Task Cancelling_ends_a_waiting_job_at_once_and_tells_the_worker_of_a_running_one(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var caller = work.Estate.System;
        var waiting = (await work.Board.Enqueue(caller, New("never begun"), Ct).Done()).Id;
        Assert.Equal(JobState.Cancelled, (await work.Board.Cancel(caller, waiting, Ct).Done()).State);
        var running = (await work.Board.Enqueue(caller, New("begun"), Ct).Done()).Id;
        var lease = (await work.Board.Take("w", Kinds, Hold, Ct))!;
        Assert.True((await work.Board.Cancel(caller, running, Ct).Done()).CancelAsked);
        Assert.Equal(LeaseState.CancelAsked, await work.Board.Report(lease, JobProgress.None, Ct));

        // The worker dies before it answers: nobody begins it again.
        work.Clock.Now += Hold;
        Assert.Null(await work.Board.Take("w", Kinds, Hold, Ct));
        Assert.Equal(JobState.Cancelled, (await work.Board.Status(caller, running, Ct).Done()).State);
    }

    [Theory, EngineData]
    public async Task People_see_their_own_jobs_and_who_operates_the_platform_sees_the_tenants(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var steward = await work.Person("steward@example.org", Role.DataSteward, work.Estate.S1);
        var other = await work.Person("other@example.org", Role.DataSteward, work.Estate.S1);
        var id = (await work.Board.Enqueue(steward, New("mine"), Ct).Done()).Id;
        await work.Board.Status(other, id, Ct).Refused("not_found");
        await work.Board.Cancel(other, id, Ct).Refused("not_found");
        await work.Board.List(steward, everyone: true, null, null, 10, Ct).Refused("not_permitted");
        Assert.Single((await work.Board.List(steward, everyone: false, JobState.Waiting, null, 10, Ct).Done()).Jobs);
        Assert.Empty((await work.Board.List(other, everyone: false, null, null, 10, Ct).Done()).Jobs);
        Assert.Equal(id, (await work.Board.List(work.Estate.System, everyone: true, null, null, 10, Ct).Done()).Jobs[0].Id);

        var elsewhere = await work.Installation.Estate("Other tenant");
        await work.Board.Status(elsewhere.System, id, Ct).Refused("not_found");
        var viewer = await work.Person("viewer@example.org", Role.Viewer);
        await work.Board.Enqueue(viewer, New("not mine to do"), Ct).Refused("not_permitted");
    }

    [Theory, EngineData]
    public async Task A_job_of_somebody_who_may_no_longer_do_it_is_not_done(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var steward = await work.Person("leaver@example.org", Role.DataSteward, work.Estate.S1);
        var id = (await work.Board.Enqueue(steward, New("late"), Ct).Done()).Id;
        await work.Installation.People.Disable(work.Estate.System, steward.Person, Ct).Done();
        Assert.Null(await work.Board.Take("w", Kinds, Hold, Ct));
        var end = await work.Board.Status(work.Estate.System, id, Ct).Done();
        Assert.Equal((JobState.Failed, "job_owner_gone"), (end.State, end.Problems[0].Code));

        var narrow = await work.Person("narrow@example.org", Role.DataSteward, work.Estate.S1);
        await work.Board.Enqueue(narrow, New("own part"), Ct).Done();
        Assert.Equal(narrow.NodePath, (await work.Board.Take("w", Kinds, Hold, Ct))!.Caller.NodePath);
    }

    [Theory, EngineData]
    public async Task A_job_that_came_by_a_token_has_its_rights_and_ends_with_it(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        var lastDay = DateOnly.FromDateTime(work.Clock.Now.UtcDateTime).AddDays(30);
        var made = await work.Installation.Tokens.Add(work.Estate.System, new NewApiToken("logger", null, work.Estate.S1.Id, lastDay, Device: true), Ct).Done();
        var device = (await work.Installation.Tokens.Resolve(made.Secret, Ct))!;
        await work.Board.Enqueue(device, New("readings"), Ct).Done();
        var lease = (await work.Board.Take("w", Kinds, Hold, Ct))!;
        Assert.Equal(device, lease.Caller with { Language = device.Language });
        await work.Board.GiveBack(lease, Ct);
        await work.Installation.Tokens.Revoke(work.Estate.System, made.Token.Id, Ct).Done();
        Assert.Null(await work.Board.Take("w", Kinds, Hold, Ct));
        Assert.Equal("job_owner_gone", (await work.Board.Status(device, lease.Job.Id, Ct).Done()).Problems[0].Code);
    }

    [Theory, EngineData]
    public async Task Workers_at_the_same_moment_never_take_the_same_job(Dialect engine)
    {
        await using var work = await Work.Start(engine);
        const int Jobs = 40;
        for (var job = 0; job < Jobs; job++)
        {
            await work.Board.Enqueue(work.Estate.System, New($"job {job}"), Ct).Done();
        }

        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(async worker =>
        {
            var mine = new List<long>();
            while (await work.Board.Take($"worker {worker}", Kinds, Hold, Ct) is { } lease)
            {
                mine.Add(lease.Job.Id);
                Assert.True(await work.Board.Finish(lease, JobEnd.Done("{}"), Ct));
            }

            return mine;
        }));
        Assert.Equal(Jobs, taken.SelectMany(t => t).Distinct().Count());
        Assert.Equal(Jobs, taken.Sum(t => t.Count));
    }

    private static NewJob New(string title) => new("count", Right.WriteActivities, title, "{}");
}
