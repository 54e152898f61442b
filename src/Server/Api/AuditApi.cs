using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>The audit log and the proof of its chain.</summary>
internal static class AuditApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/audit", Log).Says("audit", "The audit log, newest first", Right.ReadAudit).Paged();
        routes.MapGet("/audit/check", Check).Says("check-audit", "Follow the chain of the audit log from its beginning to its head", Right.ReadAudit);
    }

    /// <param name="person">Whose acts; 0 is the platform, below zero the device with that token.</param>
    /// <param name="verb">What was done, such as node.move, or all of a kind, such as node.</param>
    /// <param name="subject">What it was done to, such as node/4.</param>
    /// <param name="from">First day, in universal time.</param>
    /// <param name="to">Last day.</param>
    private static async Task<Results<Ok<PageBody<AuditBody>>, Refused>> Log(
        HttpContext http, Audit audit, long? person, string? verb, string? subject, DateOnly? from, DateOnly? to, long? after, CancellationToken ct, int limit = 50) =>
        (await audit.List(http.Caller(), after, limit, ct, new AuditFilter(person, verb, subject, from, to)))
            .Answer(p => new PageBody<AuditBody>([.. p.Entries.Select(e => AuditBody.Of(e, http.Language()))], Words.Of(p.Next)));

    /// <param name="head">A head that was kept elsewhere (SEQ:HASH): the log must still hold that row with that hash.</param>
    private static async Task<Results<Ok<AuditCheckBody>, Refused>> Check(HttpContext http, Audit audit, string? head, CancellationToken ct)
    {
        var kept = head is null ? null : AuditHead.Parse(head);
        return head is not null && kept is null
            ? Refused.Of(new Problem("audit_head_malformed", Column: "head", Found: head))
            : (await audit.Check(http.Caller(), ct, kept)).Answer(c => new AuditCheckBody(c.Sound, c.Rows, c.BrokenAt, c.Rewritten, c.Head?.ToString()));
    }
}

/// <summary>A row of the audit log.</summary>
/// <param name="Seq">1, 2, 3 … without a gap.</param>
/// <param name="Person">Who did it; 0 is the platform, below zero the device with that token.</param>
/// <param name="Said">What happened, in a sentence of the request's language.</param>
/// <param name="Hash">SHA-256 over the hash of the row before and this row, in hexadecimal digits.</param>
public sealed record AuditBody(
    long Seq, DateTimeOffset At, long Person, string PersonName, string Verb, string Subject, string Said, IReadOnlyDictionary<string, string> Detail, string Hash)
{
    internal static AuditBody Of(AuditEntry e, Language language) => new(
        e.Seq, e.At, e.Person, e.PersonName, e.Verb, e.Subject, AuditSentence.Of(e, language, _ => null), AuditSentence.Details(e), Convert.ToHexStringLower(e.Hash));
}

/// <summary>What following the chain found.</summary>
/// <param name="Rows">Rows that were found sound, from the beginning.</param>
/// <param name="BrokenAt">The first row that is missing or does not fit; null where the log is sound.</param>
/// <param name="Rewritten">The rows fit each other, but the log is not the one whose head was kept.</param>
/// <param name="Head">SEQ:HASH, to be kept elsewhere and compared later; null where the chain is broken.</param>
public sealed record AuditCheckBody(bool Sound, long Rows, long? BrokenAt, bool Rewritten, string? Head);
