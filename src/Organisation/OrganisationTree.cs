using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>The organisation tree of a tenant. Reading needs <see cref="Right.ReadFigures"/>, changing <see cref="Right.ManageOrganisation"/>.</summary>
/// <param name="sessions">Whose remembered callers follow a node that moves; null where nobody is signed in, as on the command line.</param>
public sealed class OrganisationTree(Db db, Audit audit, Sessions? sessions = null)
{
    /// <summary>Adds a node; a root only by a caller who sees the whole tenant.</summary>
    public async Task<Outcome<Node>> Add(Caller caller, NewNode draft, CancellationToken ct)
    {
        if (!caller.May(Right.ManageOrganisation))
        {
            return Refusal.NotPermitted();
        }

        return await db.Write<Outcome<Node>>(
            tx =>
            {
                Node? parent = null;
                if (draft.Parent is { } id && (parent = NodeStore.Find(tx, caller, id)) is null)
                {
                    return NotFound(id);
                }

                var parentPath = parent?.Path ?? Caller.WholeTenant;
                if (!caller.May(Right.ManageOrganisation, parentPath))
                {
                    return Refusal.NotPermitted();
                }

                var drafted = NodeRules.Drafted(caller.Tenant, draft, parent);
                if (!drafted.Ok)
                {
                    return drafted;
                }

                if (NodeStore.CodeTaken(tx, caller.Tenant, draft.Code))
                {
                    return new Problem("node_code_taken", Column: "code", Found: drafted.Value.Code);
                }

                var node = NodeStore.Insert(tx, drafted.Value, parentPath);
                audit.Write(
                    tx, caller, "node.add", Subject(node), ("path", node.Path), ("kind", node.Kind.ToString()), ("code", node.Code), ("name_en", node.NameEn), ("name_zh", node.NameZh),
                    ("region", node.Region), ("valid_from", Iso(node.ValidFrom)), ("valid_to", Iso(node.ValidTo)), ("equity_percent", node.EquityPercent?.ToString(CultureInfo.InvariantCulture)));
                return node;
            },
            ct);
    }

    /// <summary>
    /// Changes what can change of a node: code, names, region, industry, validity, equity share and, where another parent is named, its place. Refused with every reason at
    /// once. Files that name the old code no longer find the node.
    /// </summary>
    public async Task<Outcome<Node>> Edit(Caller caller, long id, NodeEdit edit, CancellationToken ct)
    {
        var outcome = await Change(
            caller,
            id,
            (tx, before) =>
            {
                var moves = edit.Parent != before.Parent;
                Node? parent = null;
                if (edit.Parent is { } above && (parent = NodeStore.Find(tx, moves ? caller : Caller.System(caller.Tenant), above)) is null)
                {
                    return NotFound(above);
                }

                if (moves && !caller.May(Right.ManageOrganisation, parent?.Path ?? Caller.WholeTenant))
                {
                    return Refusal.NotPermitted();
                }

                var edited = NodeRules.Edited(before, edit, parent, NodeStore.Parts(tx, before));
                if (!edited.Ok)
                {
                    // The time of a parent that the caller does not see is not told to them.
                    return parent is null || caller.Covers(parent.Path) ? edited
                        : Outcome<Node>.Refused([.. edited.Problems.Select(p => p.Code == "node_outside_parent" ? new Problem("node_outside_above", Column: p.Column, Found: p.Found) : p)]);
                }

                if (NodeStore.CodeTaken(tx, caller.Tenant, edited.Value.Code, except: id))
                {
                    return new Problem("node_code_taken", Column: "code", Found: edited.Value.Code);
                }

                NodeStore.Edit(tx, edited.Value);
                var after = moves ? NodeStore.Move(tx, edited.Value, parent) : edited.Value with { Parent = before.Parent };
                if (after != before)
                {
                    audit.Write(tx, caller, "node.edit", Subject(after), [("code", before.Code), .. Differences(before, after)]);
                }

                return after;
            },
            ct);
        sessions?.Forget();
        return outcome;
    }

    /// <summary>Gives a node other names; its code stays, because files and other systems know it by that.</summary>
    public Task<Outcome<Node>> Rename(Caller caller, long id, string nameEn, string nameZh, CancellationToken ct) => Change(
        caller,
        id,
        (tx, before) =>
        {
            if (NodeRules.NameProblems(nameEn, nameZh) is { Count: > 0 } problems)
            {
                return Outcome<Node>.Refused(problems);
            }

            var after = before with { NameEn = nameEn.Trim(), NameZh = nameZh.Trim() };
            NodeStore.Rename(tx, after);
            audit.Write(
                tx, caller, "node.rename", Subject(after), ("code", after.Code),
                ("before_en", before.NameEn), ("before_zh", before.NameZh), ("after_en", after.NameEn), ("after_zh", after.NameZh));
            return after;
        },
        ct);

    /// <summary>
    /// Hangs a node with its subtree below another parent. The ids stay, so everything booked on them stays with them; the way the tree was
    /// before stands in the audit log.
    /// </summary>
    public async Task<Outcome<Node>> Move(Caller caller, long id, long newParent, CancellationToken ct)
    {
        var outcome = await Change(
            caller,
            id,
            (tx, before) =>
            {
                if (NodeStore.Find(tx, caller, newParent) is not { } parent)
                {
                    return NotFound(newParent);
                }

                if (!caller.May(Right.ManageOrganisation, parent.Path))
                {
                    return Refusal.NotPermitted();
                }

                if (NodeRules.MovingProblems(before, parent) is { Count: > 0 } problems)
                {
                    return Outcome<Node>.Refused(problems);
                }

                if (before.Parent == parent.Id)
                {
                    return before;
                }

                var after = NodeStore.Move(tx, before, parent);
                audit.Write(tx, caller, "node.move", Subject(after), ("code", after.Code), ("before", before.Path), ("after", after.Path));
                return after;
            },
            ct);

        // Whoever is limited to a part that moved is limited to its new path.
        sessions?.Forget();
        return outcome;
    }

    /// <summary>Ends a node, and what would outlive it in its subtree, on <paramref name="day"/>: the first day it no longer belongs.</summary>
    public Task<Outcome<Node>> Close(Caller caller, long id, DateOnly day, CancellationToken ct) => Change(
        caller,
        id,
        (tx, before) =>
        {
            var closing = NodeRules.Closing(before, NodeStore.Subtree(tx, caller, before.Path), day);
            if (!closing.Ok)
            {
                return Outcome<Node>.Refused(closing.Problems);
            }

            foreach (var node in closing.Value)
            {
                NodeStore.Close(tx, node);
            }

            audit.Write(
                tx, caller, "node.close", Subject(before), ("code", before.Code), ("before", Iso(before.ValidTo)), ("after", Iso(day)),
                ("with", string.Join(' ', closing.Value.Where(n => n.Id != before.Id).Select(n => n.Code))));
            return before with { ValidTo = day };
        },
        ct);

    public Task<Outcome<Node>> Find(Caller caller, long id, CancellationToken ct) =>
        FindOne(caller, tx => NodeStore.Find(tx, caller, id), id.ToString(CultureInfo.InvariantCulture), ct);

    /// <summary>By code, without regard to case.</summary>
    public Task<Outcome<Node>> FindByCode(Caller caller, string code, CancellationToken ct) =>
        FindOne(caller, tx => NodeStore.FindByCode(tx, caller, code), code, ct);

    /// <summary>A node and everything below it, parents first, siblings by code.</summary>
    /// <param name="top">Null starts at everything the caller sees.</param>
    /// <param name="on">Only nodes valid on that day; null takes all that ever were.</param>
    public async Task<Outcome<IReadOnlyList<Node>>> Subtree(Caller caller, long? top, DateOnly? on, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(
            tx =>
            {
                var path = caller.NodePath;
                if (top is { } id)
                {
                    if (NodeStore.Find(tx, caller, id) is not { } node)
                    {
                        return NotFound(id);
                    }

                    path = node.Path;
                }

                var nodes = NodeStore.Subtree(tx, caller, path);
                return Outcome<IReadOnlyList<Node>>.Done(Node.InReadingOrder(on is { } day ? nodes.FindAll(n => n.ValidOn(day)) : nodes));
            },
            ct);
    }

    /// <summary>The sites the caller sees, by code.</summary>
    /// <param name="within">Only sites valid on at least one of these days; null takes all that ever were.</param>
    public async Task<Outcome<IReadOnlyList<Node>>> Sites(Caller caller, DateInterval? within, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        var sites = await db.Read(tx => NodeStore.OfKind(tx, caller, NodeKind.Site), ct);
        return Outcome<IReadOnlyList<Node>>.Done(
            [.. sites.Where(s => within is not { } days || s.ValidWithin(days)).OrderBy(s => Node.CodeKey(s.Code), StringComparer.Ordinal)]);
    }

    /// <summary>The nodes to which the caller may post: what a device needs of the tree, which reads nothing else of it. Needs <see cref="Right.WriteActivities"/>.</summary>
    public async Task<Outcome<IReadOnlyList<Node>>> Postable(Caller caller, CancellationToken ct) => caller.May(Right.WriteActivities)
        ? Outcome<IReadOnlyList<Node>>.Done(Node.InReadingOrder(await db.Read(tx => NodeStore.Subtree(tx, caller, caller.NodePath), ct)))
        : Refusal.NotPermitted();

    private static Problem NotFound(long id) => Refusal.NotFound($"node/{id}");

    private static string Subject(Node node) => $"node/{node.Id}";

    /// <summary>What the log says of an edit: each field that differs, before and after.</summary>
    private static IEnumerable<(string, string?)> Differences(Node before, Node after)
    {
        foreach (var (field, was, now) in ((string, string?, string?)[])
        [
            ("path", before.Path, after.Path), ("code", before.Code, after.Code), ("name_en", before.NameEn, after.NameEn), ("name_zh", before.NameZh, after.NameZh),
            ("region", before.Region, after.Region), ("industry", before.Industry, after.Industry), ("valid_from", Iso(before.ValidFrom), Iso(after.ValidFrom)),
            ("valid_to", Iso(before.ValidTo), Iso(after.ValidTo)),
            ("equity_percent", before.EquityPercent?.ToString(CultureInfo.InvariantCulture), after.EquityPercent?.ToString(CultureInfo.InvariantCulture)),
        ])
        {
            if (was != now)
            {
                yield return ("before_" + field, was);
                yield return ("after_" + field, now);
            }
        }
    }

    private static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<Outcome<Node>> FindOne(Caller caller, Func<Tx, Node?> find, string what, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(find, ct) is { } node ? node : Refusal.NotFound(what);
    }

    private async Task<Outcome<Node>> Change(Caller caller, long id, Func<Tx, Node, Outcome<Node>> change, CancellationToken ct)
    {
        if (!caller.May(Right.ManageOrganisation))
        {
            return Refusal.NotPermitted();
        }

        return await db.Write(tx => NodeStore.Find(tx, caller, id) is { } node ? change(tx, node) : NotFound(id), ct);
    }
}
