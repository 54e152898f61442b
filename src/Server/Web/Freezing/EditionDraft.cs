using System.Globalization;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Server.Web.Measuring;

namespace Tanlu.Server.Web.Freezing;

/// <summary>The form of an edition: texts as they were typed, so that a refused form comes back as it was.</summary>
public sealed record EditionDraft(
    string Title, string Entity, string Approach, string From, string To, string Route, string Gwp, IReadOnlyList<Exclusion> Exclusions, bool NoExclusions)
{
    /// <summary>Rows that the form offers; without script there is no button that adds one.</summary>
    public const int Rows = 5;

    /// <summary>What the scope bar chose; approach and exclusions are for a person to say.</summary>
    public static EditionDraft Of(Ui ui) => new(
        "", ui.Scope.Node?.ToString(CultureInfo.InvariantCulture) ?? (ui.Caller.SeesWholeTenant ? "0" : ui.Caller.Node.ToString(CultureInfo.InvariantCulture)), "",
        ui.Scope.From.ToString(), ui.Scope.To.ToString(), ui.Scope.RouteCode, Kernel.Gwp.Code(ui.Scope.Gwp), [], false);

    public static EditionDraft Of(IFormCollection form) => new(
        form["title"].ToString(), form["entity"].ToString(), form["approach"].ToString(), form["from"].ToString(), form["to"].ToString(), form["route"].ToString(), form["gwp"].ToString(),
        [
            .. Enumerable.Range(0, Rows).Select(r => new Exclusion(Text(form, "what", r), Text(form, "reason", r))).Where(e => e.What.Length + e.Reason.Length > 0),
        ],
        form["no_exclusions"] == "1");

    public NewEdition Edition => new(
        Title, long.TryParse(Entity, NumberStyles.None, CultureInfo.InvariantCulture, out var node) ? node : null, Consolidations.Parse(Approach), MonthOf(From),
        MonthOf(To) is { } last ? new Month(last.Number + 1) : null,
        Route switch { "cn" => ScopeQuery.RouteOf(AccountingRoute.China), "ghg" => ScopeQuery.RouteOf(AccountingRoute.Ghg), _ => null }, Kernel.Gwp.Parse(Gwp), Exclusions, NoExclusions);

    private static string Text(IFormCollection form, string name, int row) => form[string.Create(CultureInfo.InvariantCulture, $"{name}{row}")].ToString().Trim();

    private static Month? MonthOf(string text) => Month.Parse(text.Trim());
}
