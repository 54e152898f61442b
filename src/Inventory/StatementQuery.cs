using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Inventory;

/// <summary>Which statement is asked for.</summary>
/// <param name="Node">Top of the boundary; null takes all that the caller sees.</param>
/// <param name="From">First month.</param>
/// <param name="To">The month after the last.</param>
/// <param name="Route">GHG Protocol or guideline: a statement follows one of them.</param>
public sealed record StatementQuery(long? Node, Month From, Month To, GwpSet Gwp = GwpSet.Ar6, Route Route = Route.GhgProtocol)
{
    private const int MostMonths = 1200;

    internal IReadOnlyList<Problem> Problems()
    {
        var problems = new List<Problem>();
        if (To.Number <= From.Number || To.Number - From.Number > MostMonths || From.Year < 1)
        {
            problems.Add(new Problem("statement_period_invalid", Column: "to", Found: $"{From} … {To}"));
        }

        if (Gwp is < GwpSet.Sar or > GwpSet.Ar6)
        {
            problems.Add(new Problem("gwp_unknown", Column: "gwp", Found: Gwp.ToString()));
        }

        if (Route is not (Route.GhgProtocol or Route.Guideline))
        {
            problems.Add(new Problem("route_unknown", Column: "route", Found: Route.ToString()));
        }

        return problems;
    }
}

/// <summary>A part of a statement to look behind; null lets everything through.</summary>
/// <param name="Site">Exactly this node, not what lies below it.</param>
/// <param name="Account">Account number (100, 200, 301 to 315).</param>
/// <param name="Gas">Id of a gas.</param>
/// <param name="FixedGwp">CO2e posted as such under this set.</param>
public sealed record StatementCut(long? Site = null, Month? Month = null, long? Source = null, short? Account = null, int? Scope = null, short? Gas = null, GwpSet? FixedGwp = null)
{
    /// <summary>The amounts that the cut lets through: under a gas or a fixed set its own alone, else all.</summary>
    public Amounts Of(PostingKey key, Amounts all) => (Gas, FixedGwp) switch
    {
        (null, null) => all,
        (null, _) => default(Amounts) with { Co2eFixed = all.Co2eFixed },
        ({ } gas, _) when gas == Gases.Co2.Id => default(Amounts) with { Co2 = all.Co2 },
        ({ } gas, _) when gas == Gases.Co2Biogenic.Id => default(Amounts) with { Co2Biogenic = all.Co2Biogenic },
        ({ } gas, _) when gas == Gases.Ch4Fossil.Id => default(Amounts) with { Ch4Fossil = all.Ch4Fossil },
        ({ } gas, _) when gas == Gases.Ch4NonFossil.Id => default(Amounts) with { Ch4NonFossil = all.Ch4NonFossil },
        ({ } gas, _) when gas == Gases.Ch4.Id => default(Amounts) with { Ch4 = all.Ch4 },
        ({ } gas, _) when gas == Gases.N2O.Id => default(Amounts) with { N2O = all.N2O },
        ({ } gas, _) => default(Amounts) with { Other = key.OtherGas == gas ? all.Other : 0 },
    };
}

/// <summary>The last sealed batch of the book when a statement was read; everything up to it is in the statement.</summary>
/// <param name="Seq">Its place in the chain; 0 where the book is empty.</param>
/// <param name="Root">Merkle root over its rows.</param>
/// <param name="Chain">Hash over the whole chain up to it.</param>
public sealed record BookState(long Seq, byte[] Root, byte[] Chain);

/// <summary>What a statement is of, beside its figures.</summary>
/// <param name="Entity">The top of the boundary; null where it is the whole tenant.</param>
/// <param name="EntityEn">Name of the entity, the tenant's where that is the boundary.</param>
/// <param name="Nodes">The boundary, parents first.</param>
/// <param name="Sources">The emission sources in it, by id in the entries.</param>
public sealed record StatementHeader(
    StatementQuery Query, Node? Entity, string EntityEn, string EntityZh, IReadOnlyList<Node> Nodes, IReadOnlyList<EmissionSource> Sources, BookState Book, DateTimeOffset ReadAt)
{
    public string EntityName(Language language) => language == Language.Chinese && EntityZh.Length > 0 || EntityEn.Length == 0 ? EntityZh : EntityEn;

    public Node? NodeOf(long site) => Nodes.FirstOrDefault(n => n.Id == site);

    public EmissionSource? SourceOf(long source) => Sources.FirstOrDefault(s => s.Id == source);
}

/// <summary>A statement with what it is of and how complete it is.</summary>
public sealed record BoundaryStatement(StatementHeader Header, Statement Statement, Completeness Completeness);
