using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Automation;
using Tanlu.Kernel;

namespace Tanlu.Server.Api;

/// <summary>Jobs: work that goes on after its request was answered.</summary>
internal static class JobsApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/jobs", Jobs).SaysToAll("jobs", "One's own jobs, newest first; with everyone=true those of the tenant, for who operates the platform").Paged();
        routes.MapGet("/jobs/{id:long}", Job).SaysToAll("job", "A job: how far it is, how long the rest may take, and what came of it");
        routes.MapGet("/jobs/{id:long}/problems", Problems).SaysToAll("job-problems", "Every problem that a job found, page by page: row, field, what was found and what is expected").Paged();
        routes.MapPost("/jobs/{id:long}/cancel", Cancel).SaysToAll("cancel-job", "Ask a job to stop; what it has not finished leaves nothing behind");
    }

    /// <param name="state">waiting, running, done, failed or cancelled.</param>
    private static async Task<Results<Ok<PageBody<JobBody>>, Refused>> Jobs(
        HttpContext http, JobBoard board, TimeProvider time, string? state, long? after, CancellationToken ct, bool everyone = false, int limit = 50)
    {
        var wanted = Enum.GetValues<JobState>().Where(s => s.ToString().Equals(state, StringComparison.OrdinalIgnoreCase)).Select(s => (JobState?)s).FirstOrDefault();
        return state is not null && wanted is null
            ? Refused.Of(new Problem("job_state_unknown", Column: "state", Found: state))
            : (await board.List(http.Caller(), everyone, wanted, after, limit, ct))
                .Answer(p => new PageBody<JobBody>([.. p.Jobs.Select(j => JobBody.Of(j, time.GetUtcNow(), http.Language()))], Words.Of(p.Next)));
    }

    private static async Task<Results<Ok<JobBody>, Refused>> Job(long id, HttpContext http, JobBoard board, TimeProvider time, CancellationToken ct) =>
        (await board.Status(http.Caller(), id, ct)).Answer(j => JobBody.Of(j, time.GetUtcNow(), http.Language()));

    private static async Task<Results<Ok<PageBody<ProblemError>>, Refused>> Problems(long id, HttpContext http, JobBoard board, CancellationToken ct, int after = 0, int limit = Cursors.Most)
    {
        return (await board.Status(http.Caller(), id, ct)).Answer(j => new PageBody<ProblemError>(
            [.. j.Problems.Skip(after).Take(limit).Select(p => ProblemError.Of(p, http.Language()))],
            after + limit < j.Problems.Count ? (after + limit).ToString(CultureInfo.InvariantCulture) : null));
    }

    private static async Task<Results<Ok<JobBody>, Refused>> Cancel(long id, HttpContext http, JobBoard board, TimeProvider time, CancellationToken ct) =>
        (await board.Cancel(http.Caller(), id, ct)).Answer(j => JobBody.Of(j, time.GetUtcNow(), http.Language()));
}

/// <summary>A job.</summary>
/// <param name="State">waiting, running, done, failed or cancelled.</param>
/// <param name="Done">How much is done: rows, for an import.</param>
/// <param name="Total">Of how much; null while nobody knows.</param>
/// <param name="SecondsLeft">How long the rest may take at the pace so far; null where nothing can be said.</param>
/// <param name="Step">What it is doing, in words.</param>
/// <param name="Result">What came of it: for an import the batch and its counts, for a check what an import would do.</param>
/// <param name="ProblemCount">Problems in all; the first fifty stand here, every one at /jobs/{id}/problems.</param>
public sealed record JobBody(
    long Id, string Kind, string Title, string State, bool CancelAsked, DateTimeOffset QueuedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, int Attempts, long Done, long? Total,
    double? SecondsLeft, string? Step, JsonElement? Result, int ProblemCount, IReadOnlyList<ProblemError> Problems)
{
    private const int Shown = 50;

    internal static JobBody Of(Job j, DateTimeOffset now, Language language) => new(
        j.Id, j.Kind, j.Title, j.State.ToString().ToLowerInvariant(), j.CancelAsked, j.QueuedAt, j.StartedAt, j.EndedAt, j.Attempts, j.Progress.Done, j.Progress.Total,
        j.Left(now) is { } left ? Math.Round(left.TotalSeconds, 1) : null, j.Progress.Step.Length > 0 && !j.Ended ? Texts.Get(language, "job.step." + j.Progress.Step) : null,
        j.Result.Length > 0 ? JsonDocument.Parse(j.Result).RootElement : null, j.Problems.Count, [.. j.Problems.Take(Shown).Select(p => ProblemError.Of(p, language))]);
}
