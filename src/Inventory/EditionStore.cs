using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>The SQL of editions: rows are inserted and read, nothing else.</summary>
internal static class EditionStore
{
    private static Sql Columns => Sql.Raw("""
        SELECT e.number, e.node, e.title, e.entity_en, e.entity_zh, e.approach, e.from_month, e.to_month, e.route, e.gwp, e.made_at, e.made_by_name, e.book_seq, e.book_root,
               e.book_chain, e.previous, e.hash, e.content FROM edition e
        """);

    private static Sql Heads => Sql.Raw("""
        SELECT e.number, e.node, e.title, e.entity_en, e.entity_zh, e.approach, e.from_month, e.to_month, e.route, e.gwp, e.made_at, e.made_by_name, e.book_seq, e.book_root,
               e.book_chain, e.previous, e.hash FROM edition e
        """);

    public static long NextNumber(Tx tx, long tenant) => tx.Scalar($"SELECT max(number) FROM edition WHERE tenant = {tenant}") + 1;

    /// <summary>Number of the latest edition of the same entity and period, or null.</summary>
    public static long? Previous(Tx tx, long tenant, long node, Month from, Month to) =>
        tx.Scalar($"SELECT max(number) FROM edition WHERE tenant = {tenant} AND node = {node} AND from_month = {from.Number} AND to_month = {to.Number}") is > 0 and var number ? number : null;

    public static void Insert(Tx tx, long tenant, long person, EditionHead e, string content) => tx.Execute($"""
        INSERT INTO edition (tenant, number, node, title, entity_en, entity_zh, approach, from_month, to_month, route, gwp, made_at, made_by, made_by_name, book_seq, book_root, book_chain,
                             previous, hash, content)
        VALUES ({tenant}, {e.Number}, {e.Node}, {e.Title}, {e.EntityEn}, {e.EntityZh}, {Consolidations.Code(e.Approach)}, {e.From.Number}, {e.To.Number}, {(int)e.Route}, {(int)e.Gwp},
                {e.MadeAt}, {person}, {e.MadeBy}, {e.Book.Seq}, {e.Book.Root}, {e.Book.Chain}, {e.Previous}, {e.Hash}, {content})
        """);

    public static List<EditionHead> List(Tx tx, Caller caller) =>
        tx.Query($"{Heads} WHERE e.tenant = {caller.Tenant} AND {Seen(caller)} ORDER BY e.number DESC", Head);

    public static (EditionHead Head, string Content)? Find(Tx tx, Caller caller, long number) =>
        tx.First($"{Columns} WHERE e.tenant = {caller.Tenant} AND e.number = {number} AND {Seen(caller)}", r => ((EditionHead, string)?)(Head(r), r.Text(17)));

    /// <summary>An edition is seen by who sees its whole boundary. A path holds digits and slashes only, so LIKE has no wildcard of its own to escape.</summary>
    private static Sql Seen(Caller caller) => caller.SeesWholeTenant
        ? Sql.Raw("1 = 1")
        : (Sql)$"e.node IN (SELECT n.id FROM node n WHERE n.tenant = {caller.Tenant} AND n.path LIKE {caller.NodePath + "%"})";

    private static EditionHead Head(Row r) => new(
        r.Int64(0), r.Int64(1), r.Text(2), r.Text(3), r.Text(4), Consolidations.Parse(r.Text(5))!.Value, new Month(r.Int32(6)), new Month(r.Int32(7)), (Route)r.Int32(8), (GwpSet)r.Int32(9),
        r.Instant(10), r.Text(11), new BookState(r.Int64(12), r.Bytes(13), r.Bytes(14)), r.Int64OrNull(15), r.Bytes(16));
}
