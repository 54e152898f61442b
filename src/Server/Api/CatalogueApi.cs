using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Api;

/// <summary>What files and forms may say: activities, units, regions, gases.</summary>
internal static class CatalogueApi
{
    public static void Map(RouteGroupBuilder routes)
    {
        routes.MapGet("/activity-types", Activities).Says("activity-types", "Activity codes with names, units and method", Right.ReadFigures);
        routes.MapGet("/units", UnitTable).Says("units", "The unit table", Right.ReadFigures);
        routes.MapGet("/regions", RegionTable).Says("regions", "Places that factors are made for", Right.ReadFigures);
        routes.MapGet("/gases", GasTable).Says("gases", "Gases with their GWP-100 in every set", Right.ReadFigures);
    }

    /// <param name="text">Part of a code, a name or an alias.</param>
    private static Ok<IReadOnlyList<ActivityTypeBody>> Activities(string? text) => TypedResults.Ok<IReadOnlyList<ActivityTypeBody>>(
    [
        .. ActivityTypes.All.Where(t => Holds(text, [t.Code, t.En, t.Zh, .. t.Aliases])).Select(t => new ActivityTypeBody(
            t.Code, t.En, t.Zh, t.Method.ToString().ToLowerInvariant(), t.Scope, t.Category3 > 0 ? t.Category3 : null, [.. t.Units.Select(u => u.Code)], t.Group)),
    ]);

    private static Ok<IReadOnlyList<UnitBody>> UnitTable(string? text) => TypedResults.Ok<IReadOnlyList<UnitBody>>(
    [
        .. Units.Table.Where(u => Holds(text, [u.Code, Units.Name(u, Language.English), Units.Name(u, Language.Chinese)]))
            .Select(u => new UnitBody(u.Code, Units.Name(u, Language.English), Units.Name(u, Language.Chinese))),
    ]);

    private static Ok<IReadOnlyList<RegionBody>> RegionTable(string? text) => TypedResults.Ok<IReadOnlyList<RegionBody>>(
        [.. Regions.All.Where(r => Holds(text, [r.Code, r.En, r.Zh])).Select(r => new RegionBody(r.Code, r.Parent.Length > 0 ? r.Parent : null, r.En, r.Zh))]);

    private static Ok<IReadOnlyList<GasBody>> GasTable() => TypedResults.Ok<IReadOnlyList<GasBody>>(
    [
        .. Gases.All.Select(g => new GasBody(
            g.Id, g.Code, g.Formula, g.En, g.Zh, g.Regime.ToString().ToLowerInvariant(), g.Biogenic,
            Gwp.All.Where(v => v.Gas == g).ToDictionary(v => Gwp.Code(v.Set), v => v.Value))),
    ]);

    private static bool Holds(string? text, IEnumerable<string> names) => string.IsNullOrEmpty(text) || names.Any(n => n.Contains(text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A kind of activity.</summary>
/// <param name="Units">Units by example; anything convertible to one of them is accepted.</param>
public sealed record ActivityTypeBody(string Code, string NameEn, string NameZh, string Method, int Scope, int? Scope3Category, IReadOnlyList<string> Units, string Group);

/// <summary>A unit; expressions of units, such as <c>kg/kWh</c>, are understood too.</summary>
public sealed record UnitBody(string Code, string NameEn, string NameZh);

/// <summary>A place.</summary>
public sealed record RegionBody(string Code, string? Parent, string NameEn, string NameZh);

/// <summary>A gas.</summary>
/// <param name="Regime">kyoto counts in the scopes, montreal and other are reported apart.</param>
/// <param name="Gwp">GWP-100 by set.</param>
public sealed record GasBody(short Id, string Code, string Formula, string NameEn, string NameZh, string Regime, bool Biogenic, IReadOnlyDictionary<string, double> Gwp);
