using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>
/// Editions of statements: frozen with a hash, numbered per tenant, never overwritten. Making one needs <see cref="Right.MakeEdition"/> over its whole boundary, reading one
/// <see cref="Right.ReadFigures"/> over it.
/// </summary>
public sealed class Editions(Db db, Statements statements, Audit audit, TimeProvider time)
{
    private const int MostTries = 50;

    /// <summary>Freezes the statement of now. Refused with one problem per field that is missing: entity, approach, period, route, GWP set, exclusions with their reason.</summary>
    public async Task<Outcome<EditionHead>> Freeze(Caller caller, NewEdition draft, CancellationToken ct)
    {
        if (!caller.May(Right.MakeEdition))
        {
            return Refusal.NotPermitted();
        }

        if (draft.Problems() is { Count: > 0 } problems)
        {
            return Outcome<EditionHead>.Refused(problems);
        }

        var node = draft.Entity!.Value;
        if (node == 0 && !caller.SeesWholeTenant)
        {
            return Refusal.NotFound("node/0");
        }

        var query = new StatementQuery(node == 0 ? null : node, draft.From!.Value, draft.To!.Value, draft.Gwp!.Value, draft.Route!.Value);
        var built = await statements.Build(caller, query, ct);
        if (!built.Ok)
        {
            return Outcome<EditionHead>.Refused(built.Problems);
        }

        var (header, frozen) = (built.Value.Header, built.Value);
        var exclusions = draft.Exclusions.Select(e => new Exclusion(e.What.Trim(), e.Reason.Trim())).ToList();

        // Whole seconds: what is hashed is what a reader of the list sees.
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        for (var left = MostTries; ; left--)
        {
            try
            {
                return await db.Write(tx => Write(tx), ct);
            }
            catch (UniqueViolation) when (left > 0)
            {
                // Another edition took the number in the same moment.
            }
        }

        EditionHead Write(Tx tx)
        {
            var head = new EditionHead(
                EditionStore.NextNumber(tx, caller.Tenant), node, draft.Title.Trim(), header.EntityEn, header.EntityZh, draft.Approach!.Value, query.From, query.To, query.Route, query.Gwp,
                now, caller.Name, header.Book, EditionStore.Previous(tx, caller.Tenant, node, query.From, query.To), []);
            var content = EditionJson.Write(head, exclusions, frozen);
            head = head with { Hash = HashOf(content) };
            EditionStore.Insert(tx, caller.Tenant, caller.Person, head, content);
            audit.Write(
                tx, caller, "edition.make", $"edition/{head.Number}", ("title", head.Title), ("node", node.ToString(CultureInfo.InvariantCulture)), ("from", head.From.ToString()),
                ("to", head.To.ToString()), ("hash", Convert.ToHexStringLower(head.Hash)));
            return head;
        }
    }

    /// <summary>The editions whose boundary the caller sees, latest first.</summary>
    public async Task<Outcome<IReadOnlyList<EditionHead>>> List(Caller caller, CancellationToken ct) => caller.May(Right.ReadFigures)
        ? Outcome<IReadOnlyList<EditionHead>>.Done(await db.Read(tx => EditionStore.List(tx, caller), ct))
        : Refusal.NotPermitted();

    /// <summary>An edition as it was made. Refused with <c>edition_altered</c> where the stored content is no longer the one that was hashed.</summary>
    public async Task<Outcome<Edition>> Get(Caller caller, long number, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        if (await db.Read(tx => EditionStore.Find(tx, caller, number), ct) is not var (head, content))
        {
            return Refusal.NotFound($"edition/{number}");
        }

        return HashOf(content).AsSpan().SequenceEqual(head.Hash)
            ? EditionJson.Read(head, content)
            : new Problem("edition_altered", Found: number.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>What differs between two editions, by scope, site and source; lines that are equal are left out, but for the scopes.</summary>
    public async Task<Outcome<EditionComparison>> Compare(Caller caller, long before, long after, CancellationToken ct)
    {
        var (a, b) = (await Get(caller, before, ct), await Get(caller, after, ct));
        return a.Ok && b.Ok ? Compare(a.Value, b.Value) : Outcome<EditionComparison>.Refused([.. a.Problems, .. b.Problems]);
    }

    /// <summary>The difference to the edition before of the same entity and period; null where it is the first.</summary>
    public async Task<Outcome<EditionComparison?>> CompareToPrevious(Caller caller, long number, CancellationToken ct)
    {
        var edition = await Get(caller, number, ct);
        if (!edition.Ok)
        {
            return Outcome<EditionComparison?>.Refused(edition.Problems);
        }

        if (edition.Value.Head.Previous is not { } previous)
        {
            return Outcome<EditionComparison?>.Done(null);
        }

        var before = await Get(caller, previous, ct);
        return before.Ok ? Outcome<EditionComparison?>.Done(Compare(before.Value, edition.Value)) : Outcome<EditionComparison?>.Refused(before.Problems);
    }

    private static byte[] HashOf(string content) => SHA256.HashData(Encoding.UTF8.GetBytes(content));

    private static EditionComparison Compare(Edition before, Edition after)
    {
        var (a, b) = (before.Head, after.Head);
        return new EditionComparison(
            a, b, (a.Node, a.From, a.To, a.Approach, a.Route, a.Gwp) == (b.Node, b.From, b.To, b.Approach, b.Route, b.Gwp),
            [.. Enumerable.Range(1, 3).Select(s => new EditionDifference($"scope/{s}", null, before.Statement.Scope(s), after.Statement.Scope(s)))],
            Differences("site", e => e.Site, before.Sites, after.Sites),
            Differences("source", e => e.Source, before.Sources, after.Sources));

        IReadOnlyList<EditionDifference> Differences(
            string kind, Func<StatementEntry, long> key, IReadOnlyDictionary<long, EditionName> namesBefore, IReadOnlyDictionary<long, EditionName> namesAfter)
        {
            var (x, y) = (before.Statement.By(key), after.Statement.By(key));
            return
            [
                .. x.Keys.Union(y.Keys).Select(id => (Id: id, Name: namesAfter.GetValueOrDefault(id) ?? namesBefore.GetValueOrDefault(id)))
                    .Select(n => new EditionDifference($"{kind}/{n.Name?.Code}", n.Name, x.GetValueOrDefault(n.Id), y.GetValueOrDefault(n.Id)))
                    .Where(d => d.Change.Scaled != 0).OrderByDescending(d => Int128.Abs(d.Change.Scaled)).ThenBy(d => d.Key, StringComparer.Ordinal),
            ];
        }
    }
}
