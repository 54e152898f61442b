using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>A page of the log, newest first.</summary>
/// <param name="Next">Give it as <c>before</c> for the following page; null where this is the last.</param>
public sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Next);

/// <summary>Result of following a tenant's chain from its beginning to its head.</summary>
/// <param name="Rows">Rows that were found sound, in order, from the beginning.</param>
/// <param name="BrokenAt">Number of the first row that is missing or does not match its hash; null where the whole log is sound.</param>
/// <param name="Head">Where the chain ends, to be kept elsewhere; null where it is broken.</param>
/// <param name="Rewritten">Every row fits the one before, but the log is not the one whose head was kept: it was rewritten or cut off as a whole.</param>
public sealed record AuditCheck(long Rows, long? BrokenAt, AuditHead? Head, bool Rewritten = false)
{
    public bool Sound => BrokenAt is null;
}

/// <summary>
/// The audit log: who did what, when, chained by hash within each tenant. A row is written in the transaction of the change itself, one
/// per act and not one per row that the act touches, so a bulk import costs one link.
/// </summary>
public sealed class Audit(Db db, TimeProvider time)
{
    public const int LongestPage = 500;

    private const int CheckedAtOnce = 5000;

    /// <summary>Adds a row to the caller's tenant, in the transaction of the change. <paramref name="detail"/> holds no secret.</summary>
    public void Write(Tx tx, Caller caller, string verb, string subject, params ReadOnlySpan<(string Key, string? Value)> detail)
    {
        // An INSERT that changes nothing takes the row's lock, so that on PostgreSQL writers wait here instead of clashing at the end.
        tx.Execute($"""
            INSERT INTO audit_head (tenant, seq, hash) VALUES ({caller.Tenant}, 0, {AuditChain.Beginning})
            ON CONFLICT (tenant) DO UPDATE SET seq = audit_head.seq
            """);
        var (seq, previous) = HeadOf(tx, caller.Tenant);
        var entry = new AuditEntry(caller.Tenant, seq + 1, time.GetUtcNow(), caller.Person, caller.Name, verb, subject, AuditChain.Json(WithSource(detail, caller)), []);
        var hash = AuditChain.HashOf(previous, entry);
        tx.Execute($"""
            INSERT INTO audit (tenant, seq, at, person, person_name, verb, subject, detail, hash)
            VALUES ({entry.Tenant}, {entry.Seq}, {entry.At}, {entry.Person}, {entry.PersonName}, {entry.Verb}, {entry.Subject}, {entry.Detail}, {hash})
            """);
        tx.Execute($"UPDATE audit_head SET seq = {entry.Seq}, hash = {hash} WHERE tenant = {caller.Tenant}");
    }

    /// <summary>Adds by which token and for which named request it was done.</summary>
    private static ReadOnlySpan<(string Key, string? Value)> WithSource(ReadOnlySpan<(string Key, string? Value)> detail, Caller caller)
    {
        if (caller.ByToken == 0 && caller.Request is null)
        {
            return detail;
        }

        List<(string, string?)> all = [.. detail];
        if (caller.ByToken != 0)
        {
            all.Add(("through", $"token/{caller.ByToken}"));
        }

        if (caller.Request is not null)
        {
            all.Add(("request", caller.Request));
        }

        return all.ToArray();
    }

    /// <summary>The log of the caller's tenant, newest first; for callers who see the whole tenant.</summary>
    /// <param name="before">Rows with a smaller number only; null starts at the newest.</param>
    /// <param name="take">Rows of the page, at most <see cref="LongestPage"/>.</param>
    public async Task<Outcome<AuditPage>> List(Caller caller, long? before, int take, CancellationToken ct, AuditFilter? filter = null)
    {
        if (!caller.MayEverywhere(Right.ReadAudit))
        {
            return Refusal.NotPermitted();
        }

        var rows = Math.Clamp(take, 1, LongestPage);
        var below = before ?? long.MaxValue;
        var found = await db.Read(
            tx => tx.Query($"{Rows} WHERE tenant = {caller.Tenant} AND seq < {below} {Only(filter ?? AuditFilter.None)} ORDER BY seq DESC LIMIT {rows + 1}", Entry),
            ct);
        return found.Count > rows ? new AuditPage(found[..rows], found[rows - 1].Seq) : new AuditPage(found, null);
    }

    /// <summary>The newest row of this verb in the caller's tenant, or null.</summary>
    public async Task<Outcome<AuditEntry?>> Last(Caller caller, string verb, CancellationToken ct) => caller.MayEverywhere(Right.ReadAudit)
        ? Outcome<AuditEntry?>.Done(await db.Read(
            tx => tx.First($"{Rows} WHERE tenant = {caller.Tenant} AND verb = {verb} ORDER BY seq DESC LIMIT 1", Entry),
            ct))
        : Refusal.NotPermitted();

    /// <summary>Who stands in the log of the caller's tenant, by name: the choices of a filter.</summary>
    public async Task<Outcome<IReadOnlyList<(long Person, string Name)>>> Actors(Caller caller, CancellationToken ct) => caller.MayEverywhere(Right.ReadAudit)
        ? Outcome<IReadOnlyList<(long, string)>>.Done(await db.Read(
            tx => tx.Query($"SELECT person, max(person_name) FROM audit WHERE tenant = {caller.Tenant} GROUP BY person ORDER BY 2, 1", r => (r.Int64(0), r.Text(1))), ct))
        : Refusal.NotPermitted();

    /// <summary>
    /// Notes that the caller takes something away as a file: where it goes from here, nobody sees. Whoever answers with the file has seen to it that the caller may read it.
    /// </summary>
    /// <param name="what">Kind of file; its text is <c>audit.export.{what}</c>.</param>
    public Task Exported(Caller caller, string what, string subject, CancellationToken ct, params IReadOnlyList<(string Key, string? Value)> detail) =>
        db.Write(tx => Write(tx, caller, "export." + what, subject, [.. detail]), ct);

    /// <summary>Follows the chain of the caller's tenant and says where it first breaks.</summary>
    /// <param name="kept">A head that was kept elsewhere: the log must still hold that row with that hash.</param>
    public async Task<Outcome<AuditCheck>> Check(Caller caller, CancellationToken ct, AuditHead? kept = null)
    {
        if (!caller.MayEverywhere(Right.ReadAudit))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(tx => Follow(tx, caller.Tenant, kept), ct);
    }

    private static AuditCheck Follow(Tx tx, long tenant, AuditHead? kept)
    {
        var (seq, hash) = (0L, AuditChain.Beginning);
        var missed = Misses(kept, seq, hash);
        while (true)
        {
            var rows = tx.Query($"{Rows} WHERE tenant = {tenant} AND seq > {seq} ORDER BY seq LIMIT {CheckedAtOnce}", Entry);
            foreach (var row in rows)
            {
                if (row.Seq != seq + 1 || !AuditChain.HashOf(hash, row).AsSpan().SequenceEqual(row.Hash))
                {
                    return new AuditCheck(seq, seq + 1, null);
                }

                (seq, hash) = (row.Seq, row.Hash);
                missed |= Misses(kept, seq, hash);
            }

            if (rows.Count < CheckedAtOnce)
            {
                break;
            }
        }

        var head = HeadOf(tx, tenant);
        if (head.Seq != seq || !head.Hash.AsSpan().SequenceEqual(hash))
        {
            return new AuditCheck(seq, seq + 1, null);
        }

        // The chain fits itself; what others kept says whether it is the same chain.
        return missed || kept?.Seq > seq
            ? new AuditCheck(seq, missed ? kept!.Seq : seq + 1, null, Rewritten: true)
            : new AuditCheck(seq, null, new AuditHead(seq, Convert.ToHexStringLower(hash)));
    }

    private static bool Misses(AuditHead? kept, long seq, byte[] hash) => kept?.Seq == seq && kept.Hash != Convert.ToHexStringLower(hash);

    private static Sql Only(AuditFilter filter)
    {
        var conditions = new List<Sql>();
        if (filter.Person is { } person)
        {
            conditions.Add($" AND person = {person}");
        }

        if (filter.Verb is { Length: > 0 } verb)
        {
            conditions.Add($" AND (verb = {verb} OR substr(verb, 1, CAST({verb.Length + 1} AS INTEGER)) = {verb + "."})");
        }

        if (filter.Subject is { Length: > 0 } subject)
        {
            conditions.Add($" AND subject = {subject}");
        }

        if (filter.From is { } from)
        {
            conditions.Add($" AND at >= {Midnight(from)}");
        }

        if (filter.To is { } to && to < DateOnly.MaxValue)
        {
            conditions.Add($" AND at < {Midnight(to.AddDays(1))}");
        }

        return Sql.Join("", conditions);
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static Sql Rows => Sql.Raw("SELECT tenant, seq, at, person, person_name, verb, subject, detail, hash FROM audit");

    private static (long Seq, byte[] Hash) HeadOf(Tx tx, long tenant)
    {
        var head = tx.First($"SELECT seq, hash FROM audit_head WHERE tenant = {tenant}", r => (Seq: r.Int64(0), Hash: r.Bytes(1)));
        return head.Hash is null ? (0, AuditChain.Beginning) : head;
    }

    private static AuditEntry Entry(Row r) =>
        new(r.Int64(0), r.Int64(1), r.Instant(2), r.Int64(3), r.Text(4), r.Text(5), r.Text(6), r.Text(7), r.Bytes(8));
}
