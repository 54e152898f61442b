using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>What makes an organisation tree sound, decided without a database.</summary>
internal static class NodeRules
{
    public const int LongestCode = 40;
    public const int LongestName = 200;

    private static readonly DateOnly Beginning = new(1900, 1, 1);

    /// <summary>Whether a node of one kind may stand directly below another; null is the top of the tree.</summary>
    public static bool MayStandBelow(NodeKind child, NodeKind? parent) => child switch
    {
        NodeKind.Group => parent is null or NodeKind.Group,
        NodeKind.Company => parent is null or NodeKind.Group or NodeKind.Company,
        NodeKind.Site => parent is NodeKind.Group or NodeKind.Company,
        NodeKind.Building => parent is NodeKind.Site,
        NodeKind.Line => parent is NodeKind.Site or NodeKind.Building,
        _ => false,
    };

    /// <summary>The node as it would be stored (without id and path), or every reason against it.</summary>
    public static Outcome<Node> Drafted(long tenant, NewNode draft, Node? parent)
    {
        var problems = new List<Problem>();
        var code = draft.Code.Trim();
        if (code.Length == 0 || !PlainText.Fits(code, LongestCode) || code.IndexOfAny(['/', '|', ',', ';', '"']) >= 0)
        {
            problems.Add(new Problem("node_code_invalid", Column: "code", Found: draft.Code));
        }

        problems.AddRange(NameProblems(draft.NameEn, draft.NameZh));
        if (!MayStandBelow(draft.Kind, parent?.Kind))
        {
            problems.Add(new Problem("node_kind_misplaced", Column: "kind", Found: draft.Kind.ToString()));
        }

        // A part of a site stands on the site's ground; an entity may work in several countries, so a site never inherits from it.
        var region = draft.Region.Trim();
        if (region.Length == 0 && draft.Kind is NodeKind.Building or NodeKind.Line)
        {
            region = parent?.Region ?? "";
        }

        if (region.Length == 0 && draft.Kind >= NodeKind.Site)
        {
            problems.Add(new Problem("node_region_missing", Column: "region"));
        }
        else if (region.Length > LongestCode || region.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            problems.Add(new Problem("node_region_malformed", Column: "region", Found: region));
        }

        if (!PlainText.Fits(draft.Industry, LongestCode))
        {
            problems.Add(new Problem("node_industry_invalid", Column: "industry", Found: draft.Industry));
        }

        var equity = draft.EquityPercent is { } percent ? (decimal?)decimal.Round(percent, 4) : null;
        if (equity is <= 0 or > 100)
        {
            problems.Add(new Problem("node_equity_out_of_range", Column: "equity_percent", Found: draft.EquityPercent.ToString()));
        }

        var from = draft.ValidFrom ?? parent?.ValidFrom ?? Beginning;
        var to = draft.ValidTo ?? parent?.ValidTo;
        problems.AddRange(ValidityProblems(from, to, parent));
        return problems.Count > 0
            ? Outcome<Node>.Refused(problems)
            : new Node(0, tenant, parent?.Id, "", draft.Kind, code, draft.NameEn.Trim(), draft.NameZh.Trim(), region.ToUpperInvariant(), draft.Industry.Trim(), from, to, equity);
    }

    /// <summary>
    /// The node as it would be after an edit, or every reason against it: what holds of a new node, and that no part of it is left outside its time.
    /// </summary>
    /// <param name="parent">The node above it after the edit; null at the top.</param>
    /// <param name="parts">The nodes directly below it.</param>
    public static Outcome<Node> Edited(Node before, NodeEdit edit, Node? parent, IReadOnlyList<Node> parts)
    {
        // A new node without an end takes its parent's; here no end means none, so that emptying the field says so.
        var open = parent is { ValidTo: not null } && edit.ValidTo is null;
        var drafted = Drafted(
            before.Tenant, new NewNode(edit.Parent, before.Kind, edit.Code, edit.NameEn, edit.NameZh, edit.Region, edit.Industry, edit.ValidFrom, edit.ValidTo, edit.EquityPercent),
            open ? parent! with { ValidTo = null } : parent);
        var problems = drafted.Problems.ToList();
        if (open && problems.All(p => p.Code != "node_outside_parent"))
        {
            problems.AddRange(ValidityProblems(edit.ValidFrom, null, parent));
        }

        if (parent is not null && parent.Within(before.Path))
        {
            problems.Add(new Problem("node_cycle", Column: "parent", Found: parent.Code));
        }

        problems.AddRange(parts.Where(p => p.ValidFrom < edit.ValidFrom || (edit.ValidTo is { } end && (p.ValidTo is null || p.ValidTo > end))).Select(p => new Problem(
            "node_part_outside", Column: p.ValidFrom < edit.ValidFrom ? "valid_from" : "valid_to", Found: p.Code, Args: [Iso(p.ValidFrom), p.ValidTo is { } last ? Iso(last) : "…"])));
        return problems.Count > 0 ? Outcome<Node>.Refused(problems) : drafted.Value with { Id = before.Id, Path = before.Path };
    }

    public static IReadOnlyList<Problem> NameProblems(string nameEn, string nameZh)
    {
        var (en, zh) = (nameEn.Trim(), nameZh.Trim());
        return (en + zh).Length == 0 || !PlainText.Fits(en, LongestName) || !PlainText.Fits(zh, LongestName)
            ? [new Problem("node_name_invalid", Column: "name", Found: en.Length > 0 ? en : zh)]
            : [];
    }

    /// <summary>Every reason against hanging <paramref name="node"/> below <paramref name="parent"/>.</summary>
    public static IReadOnlyList<Problem> MovingProblems(Node node, Node parent)
    {
        if (parent.Within(node.Path))
        {
            return [new Problem("node_cycle", Column: "parent", Found: parent.Code)];
        }

        var problems = new List<Problem>();
        if (!MayStandBelow(node.Kind, parent.Kind))
        {
            problems.Add(new Problem("node_kind_misplaced", Column: "kind", Found: node.Kind.ToString()));
        }

        problems.AddRange(ValidityProblems(node.ValidFrom, node.ValidTo, parent));
        return problems;
    }

    /// <summary>
    /// The nodes of a subtree that get a new end when its top closes on <paramref name="day"/> (the first day it is gone): those that would
    /// outlive it. Refused where the day is not inside the top's validity, or where a part begins only afterwards.
    /// </summary>
    public static Outcome<IReadOnlyList<Node>> Closing(Node top, IReadOnlyList<Node> subtree, DateOnly day)
    {
        if (day <= top.ValidFrom || top.ValidTo <= day)
        {
            return new Problem("node_close_outside_validity", Column: "valid_to", Found: Iso(day), Args: [Iso(top.ValidFrom), top.ValidTo is { } to ? Iso(to) : "…"]);
        }

        var late = subtree.Where(n => n.ValidFrom >= day).Select(n => new Problem("node_begins_after_close", Column: "valid_to", Found: n.Code, Args: [Iso(n.ValidFrom)])).ToList();
        return late.Count > 0
            ? Outcome<IReadOnlyList<Node>>.Refused(late)
            : Outcome<IReadOnlyList<Node>>.Done([.. subtree.Where(n => n.ValidTo is null || n.ValidTo > day).Select(n => n with { ValidTo = day })]);
    }

    private static IReadOnlyList<Problem> ValidityProblems(DateOnly from, DateOnly? to, Node? parent)
    {
        if (to <= from)
        {
            return [new Problem("node_validity_empty", Column: "valid_to", Found: Iso(to.Value), Args: [Iso(from)])];
        }

        return parent is not null && (from < parent.ValidFrom || (parent.ValidTo is { } end && (to is null || to > end)))
            ? [new Problem("node_outside_parent", Column: "valid_from", Found: Iso(from), Args: [parent.Code, Iso(parent.ValidFrom), parent.ValidTo is { } last ? Iso(last) : "…"])]
            : [];
    }

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd");
}
