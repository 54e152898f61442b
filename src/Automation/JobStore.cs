using System.Text.Json;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>The SQL of jobs. Organisation's tables <c>person</c>, <c>node</c> and <c>api_token</c> are read to know who a job runs as, never written.</summary>
internal static class JobStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT j.id, j.tenant, j.person, j.person_name, j.kind, j.title, j.payload, j.state, j.queued_at, j.due_at, j.started_at, j.ended_at, j.cancel_asked, j.attempts,
               j.done, j.total, j.step, j.result, j.problems FROM job j
        """);

    public static long Insert(Tx tx, Caller caller, NewJob job, DateTimeOffset now) => tx.InsertId($"""
        INSERT INTO job (tenant, person, person_name, role, node, allowed, by_token, language, kind, title, payload, quiet, state, due_at, queued_at, cancel_asked, attempts, fence,
                         worker, done, step, result, problems)
        VALUES ({caller.Tenant}, {caller.Person}, {caller.Name}, {(int)caller.Role}, {caller.Node}, {(caller.Allowed == RightSet.All ? "" : caller.Allowed.ToString())}, {caller.ByToken}, {(int)caller.Language}, {job.Kind}, {job.Title}, {job.Payload}, {job.Quiet}, 0,
                {job.Due ?? now}, {now}, 0, 0, 0, '', 0, '', '', '[]')
        """);

    public static Job? Find(Tx tx, long tenant, long id) => tx.First($"{Columns} WHERE j.tenant = {tenant} AND j.id = {id}", Map);

    public static Job? Seen(Tx tx, Caller caller, long id) =>
        tx.First($"{Columns} WHERE j.tenant = {caller.Tenant} AND j.id = {id} AND {SeenBy(caller, caller.MayEverywhere(Right.OperatePlatform))}", Map);

    public static List<Job> List(Tx tx, Caller caller, bool everyone, JobState? state, long before, int take) => tx.Query(
        $"""
        {Columns} WHERE j.tenant = {caller.Tenant} AND {SeenBy(caller, everyone)} AND j.id < {before}
        {(state is { } wanted ? (Sql)$"AND j.state = {(int)wanted}" : Sql.Empty)} ORDER BY j.id DESC LIMIT {take}
        """,
        Map);

    /// <summary>The next job that may be taken. On PostgreSQL one that another worker is just taking is passed over instead of waited for.</summary>
    public static (long Tenant, long Id)? NextDue(Tx tx, IReadOnlyCollection<string> kinds, DateTimeOffset now) => tx.First(
        $"""
        SELECT tenant, id FROM job WHERE state < 2 AND due_at <= {now} AND kind IN {Sql.In(kinds)} ORDER BY due_at, id LIMIT 1
        {(tx.Dialect == Dialect.Postgres ? Sql.Raw("FOR UPDATE SKIP LOCKED") : Sql.Empty)}
        """,
        r => ((long, long)?)(r.Int64(0), r.Int64(1)));

    public static bool AnyDue(Tx tx, IReadOnlyCollection<string> kinds, DateTimeOffset now) =>
        tx.Exists($"SELECT 1 FROM job WHERE state < 2 AND due_at <= {now} AND kind IN {Sql.In(kinds)}");

    public static long Begin(Tx tx, long id, string worker, DateTimeOffset now, DateTimeOffset until)
    {
        tx.Execute($"""
            UPDATE job SET state = 1, attempts = attempts + 1, fence = fence + 1, worker = {worker}, due_at = {until}, started_at = {now}, done = 0, total = NULL, step = ''
            WHERE id = {id}
            """);
        return tx.Scalar($"SELECT fence FROM job WHERE id = {id}");
    }

    /// <summary>
    /// Who the job runs as: its owner with the role, the rights and the part of the organisation that the request had, as long as the owner still has them and the token
    /// that it came by still holds. Null where not.
    /// </summary>
    public static Caller? Owner(Tx tx, long id, DateTimeOffset now) => tx.First(
        $"""
        SELECT j.tenant, j.person, j.person_name, j.role, j.language, CASE WHEN j.node = 0 THEN '/' ELSE n.path END,
               p.role, p.disabled_at, CASE WHEN p.node = 0 THEN '/' ELSE pn.path END, j.allowed, j.by_token, t.expires_at, t.revoked_at
        FROM job j LEFT JOIN node n ON n.tenant = j.tenant AND n.id = j.node
        LEFT JOIN person p ON p.tenant = j.tenant AND p.id = j.person LEFT JOIN node pn ON pn.tenant = p.tenant AND pn.id = p.node
        LEFT JOIN api_token t ON t.tenant = j.tenant AND t.id = j.by_token
        WHERE j.id = {id}
        """,
        r =>
        {
            if (r.TextOrNull(5) is not { } path)
            {
                return null;
            }

            var caller = new Caller(r.Int64(0), r.Int64(1), r.Text(2), (Role)r.Int32(3), path, (Language)r.Int32(4))
            {
                Allowed = r.Text(9).Length == 0 ? RightSet.All : RightSet.Parse(r.Text(9)),
                ByToken = r.Int64(10),
            };
            if (caller.ByToken != 0 && (r.InstantOrNull(11) is not { } expires || expires <= now || !r.IsNull(12)))
            {
                return null;
            }

            // The platform itself and a device have no row among people.
            var same = caller.Person <= 0 || (r.Int32OrNull(6) == (int)caller.Role && r.IsNull(7) && r.TextOrNull(8) is { } own && path.StartsWith(own, StringComparison.Ordinal));
            return same ? caller : null;
        });

    /// <summary>Whether the worker still holds the job; on PostgreSQL the row stays its own until the commit.</summary>
    public static bool Held(Tx tx, JobLease lease) =>
        tx.Execute($"UPDATE job SET fence = fence WHERE id = {lease.Job.Id} AND state = 1 AND fence = {lease.Fence}") == 1;

    public static bool Report(Tx tx, JobLease lease, JobProgress progress, DateTimeOffset until) => tx.Execute($"""
        UPDATE job SET done = {progress.Done}, total = {progress.Total}, step = {progress.Step}, due_at = {until} WHERE id = {lease.Job.Id} AND state = 1 AND fence = {lease.Fence}
        """) == 1;

    public static bool CancelAsked(Tx tx, long id) => tx.Scalar($"SELECT cancel_asked FROM job WHERE id = {id}") == 1;

    public static bool Quiet(Tx tx, long id) => tx.Scalar($"SELECT quiet FROM job WHERE id = {id}") == 1;

    public static void AskCancel(Tx tx, Job job, DateTimeOffset now)
    {
        if (job.State == JobState.Waiting)
        {
            tx.Execute($"UPDATE job SET state = {(int)JobState.Cancelled}, cancel_asked = 1, ended_at = {now} WHERE id = {job.Id}");
        }
        else
        {
            tx.Execute($"UPDATE job SET cancel_asked = 1 WHERE id = {job.Id}");
        }
    }

    public static void End(Tx tx, JobLease lease, JobEnd end, DateTimeOffset now) => tx.Execute($"""
        UPDATE job SET state = {(int)end.State}, result = {end.Result}, problems = {ProblemsJson(end.Problems)}, ended_at = {now}
        WHERE id = {lease.Job.Id} AND state = 1 AND fence = {lease.Fence}
        """);

    public static bool GiveBack(Tx tx, JobLease lease, DateTimeOffset due) => tx.Execute($"""
        UPDATE job SET state = 0, due_at = {due}, attempts = attempts - 1, worker = '' WHERE id = {lease.Job.Id} AND state = 1 AND fence = {lease.Fence}
        """) == 1;

    private static Sql SeenBy(Caller caller, bool everyone) => everyone ? Sql.Raw("1 = 1") : (Sql)$"j.person = {caller.Person}";

    private static string ProblemsJson(IReadOnlyList<Problem> problems) =>
        JsonSerializer.Serialize(problems.Select(p => new KeptProblem(p.Code, p.Row, p.Column, p.Found?.Replace("\0", "", StringComparison.Ordinal), p.Args)));

    private static List<Problem> Problems(string json) =>
        json == "[]" ? [] : [.. JsonSerializer.Deserialize<KeptProblem[]>(json)!.Select(p => new Problem(p.Code, p.Row, p.Column, p.Found, p.Args))];

    private static Job Map(Row r) => new(
        r.Int64(0), r.Int64(1), r.Int64(2), r.Text(3), r.Text(4), r.Text(5), r.Text(6), (JobState)r.Int32(7), r.Instant(8), r.Instant(9), r.InstantOrNull(10), r.InstantOrNull(11), r.Bool(12),
        r.Int32(13), new JobProgress(r.Int64(14), r.Int64OrNull(15), r.Text(16)), r.Text(17), Problems(r.Text(18)));

    /// <summary>A problem as it is stored: its texts come from the reader's language.</summary>
    private sealed record KeptProblem(string Code, int? Row, string? Column, string? Found, IReadOnlyList<string> Args);
}
