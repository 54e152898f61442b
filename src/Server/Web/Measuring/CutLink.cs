using Tanlu.Kernel;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Measuring;

/// <summary>Addresses of figures: the scope of the view and a cut of its statement.</summary>
public static class CutLink
{
    /// <summary>A path with the cut; the scope travels as the view has it.</summary>
    public static string Link(this Ui ui, string path, FigureCut cut, params (string Name, object? Value)[] more) => ui.Link(path, [.. cut.Query, .. more]);

    /// <summary>Where the cut explains itself.</summary>
    public static string Explain(this Ui ui, FigureCut cut) => ui.Link("/explain", cut);

    /// <summary>A path with the whole scope written out, so that the link gives the same figures next year.</summary>
    public static string Pinned(this Ui ui, string path, FigureCut? cut = null) => ui.Link(path, [.. Whole(ui.Scope), .. cut?.Query ?? []]);

    /// <summary>The postings behind a cut. CO2e posted as such and the measures beside CO2e are parts of the same postings.</summary>
    public static string Postings(this Ui ui, FigureCut cut) => ui.Link("/ledger", cut);

    /// <summary>“against 2024”.</summary>
    public static string Against(this Ui ui) => ui.Scope.Before() is var before ? ui.T("overview.against", ui.Period(before.From, before.To)) : "";

    /// <summary>Where the figures of a chart come from.</summary>
    public static string SourceLine(this Ui ui, string entity) =>
        ui.T("figure.source_line", entity, ui.Period(ui.Scope.From, ui.Scope.To), Gwp.Code(ui.Scope.Gwp), ui.T("scope.route." + ui.Scope.RouteCode));

    /// <summary>A span of days as short as it stays exact: whole months by their names.</summary>
    public static string Days(this Ui ui, DateInterval days)
    {
        var (from, to) = (Month.Of(days.Start), Month.Of(days.LastDay));
        return days.Start == from.Interval.Start && days.End == to.Interval.End ? ui.Period(from, to)
            : days.Start == days.LastDay ? ui.Date(days.Start) : $"{ui.Date(days.Start)} – {ui.Date(days.LastDay)}";
    }

    private static (string, object?)[] Whole(Scope scope) =>
    [
        ("node", scope.Node), ("from", scope.From), ("to", scope.To), ("gwp", Gwp.Code(scope.Gwp)), ("route", scope.RouteCode),
    ];
}
