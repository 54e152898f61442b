using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// The SQL of the organisation tree. Every statement carries the tenant and the caller's subtree, so a row outside them cannot be read or
/// changed whatever id is asked for.
/// </summary>
internal static class NodeStore
{
    private const decimal PpmPerPercent = 10_000;

    private static Sql Columns => Sql.Raw(
        "SELECT id, tenant, parent, path, kind, code, name_en, name_zh, region, industry, valid_from, valid_to, equity_ppm FROM node");

    public static Node? Find(Tx tx, Caller caller, long id) =>
        tx.First($"{Columns} WHERE tenant = {caller.Tenant} AND id = {id} AND {Below(caller.NodePath)}", Map);

    public static Node? FindByCode(Tx tx, Caller caller, string code) =>
        tx.First($"{Columns} WHERE tenant = {caller.Tenant} AND code_key = {Node.CodeKey(code)} AND {Below(caller.NodePath)}", Map);

    /// <summary>The nodes whose path begins with <paramref name="path"/>, as far as the caller sees them.</summary>
    public static List<Node> Subtree(Tx tx, Caller caller, string path) =>
        tx.Query($"{Columns} WHERE tenant = {caller.Tenant} AND {Below(caller.NodePath)} AND {Below(path)}", Map);

    public static List<Node> OfKind(Tx tx, Caller caller, NodeKind kind) =>
        tx.Query($"{Columns} WHERE tenant = {caller.Tenant} AND kind = {(int)kind} AND {Below(caller.NodePath)}", Map);

    public static bool CodeTaken(Tx tx, long tenant, string code, long except = 0) =>
        tx.Exists($"SELECT 1 FROM node WHERE tenant = {tenant} AND code_key = {Node.CodeKey(code)} AND id <> {except}");

    /// <summary>Path of a node of the tenant, or null where there is none; 0 is the whole tenant.</summary>
    public static string? PathOf(Tx tx, long tenant, long node) =>
        node == 0 ? Caller.WholeTenant : tx.First($"SELECT path FROM node WHERE tenant = {tenant} AND id = {node}", r => r.Text(0));

    public static Node Insert(Tx tx, Node node, string parentPath)
    {
        var ppm = Ppm(node);
        var id = tx.InsertId($"""
            INSERT INTO node (tenant, parent, path, kind, code, code_key, name_en, name_zh, region, industry, valid_from, valid_to, equity_ppm)
            VALUES ({node.Tenant}, {node.Parent}, {""}, {(int)node.Kind}, {node.Code}, {Node.CodeKey(node.Code)}, {node.NameEn}, {node.NameZh},
                    {node.Region}, {node.Industry}, {node.ValidFrom}, {node.ValidTo}, {ppm})
            """);
        var path = $"{parentPath}{id}/";
        tx.Execute($"UPDATE node SET path = {path} WHERE tenant = {node.Tenant} AND id = {id}");
        return node with { Id = id, Path = path };
    }

    public static void Rename(Tx tx, Node node) =>
        tx.Execute($"UPDATE node SET name_en = {node.NameEn}, name_zh = {node.NameZh} WHERE tenant = {node.Tenant} AND id = {node.Id}");

    /// <summary>Writes everything but kind and place.</summary>
    public static void Edit(Tx tx, Node node)
    {
        var ppm = Ppm(node);
        tx.Execute($"""
            UPDATE node SET code = {node.Code}, code_key = {Node.CodeKey(node.Code)}, name_en = {node.NameEn}, name_zh = {node.NameZh}, region = {node.Region}, industry = {node.Industry},
                   valid_from = {node.ValidFrom}, valid_to = {node.ValidTo}, equity_ppm = {ppm}
            WHERE tenant = {node.Tenant} AND id = {node.Id}
            """);
    }

    public static List<Node> Parts(Tx tx, Node node) => tx.Query($"{Columns} WHERE tenant = {node.Tenant} AND parent = {node.Id}", Map);

    public static void Close(Tx tx, Node node) =>
        tx.Execute($"UPDATE node SET valid_to = {node.ValidTo} WHERE tenant = {node.Tenant} AND id = {node.Id}");

    /// <summary>Hangs the node below another parent; the paths of its whole subtree follow.</summary>
    /// <param name="parent">Null makes it a root.</param>
    public static Node Move(Tx tx, Node node, Node? parent)
    {
        var path = $"{parent?.Path ?? Caller.WholeTenant}{node.Id}/";
        tx.Execute($"UPDATE node SET parent = {parent?.Id} WHERE tenant = {node.Tenant} AND id = {node.Id}");
        tx.Execute($"UPDATE node SET path = {path} || substr(path, CAST({node.Path.Length + 1} AS INTEGER)) WHERE tenant = {node.Tenant} AND {Below(node.Path)}");
        return node with { Parent = parent?.Id, Path = path };
    }

    private static long? Ppm(Node node) => node.EquityPercent is { } percent ? (long)decimal.Round(percent * PpmPerPercent) : null;

    // A path holds digits and slashes only, so LIKE has no wildcard of its own to escape.
    public static Sql Below(string path) => $"path LIKE {path + "%"}";

    private static Node Map(Row r) => new(
        r.Int64(0),
        r.Int64(1),
        r.Int64OrNull(2),
        r.Text(3),
        (NodeKind)r.Int32(4),
        r.Text(5),
        r.Text(6),
        r.Text(7),
        r.Text(8),
        r.Text(9),
        r.Date(10),
        r.DateOrNull(11),
        r.Int64OrNull(12) is { } ppm ? ppm / PpmPerPercent : null);
}
