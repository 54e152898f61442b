using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Web.Tokens;

/// <summary>The fields of the two forms that make tokens.</summary>
internal static class TokenForm
{
    private const int UsualDays = 90;

    public static string UsualLastDay(Ui ui) => ui.Today.AddDays(UsualDays).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static IReadOnlyList<(string Value, string Text)> Parts(Ui ui, IReadOnlyList<Node> nodes) =>
    [
        .. ui.Caller.SeesWholeTenant ? new[] { ("0", ui.T("scope.node.all")) } : [],
        .. nodes.Select(n => (n.Id.ToString(CultureInfo.InvariantCulture), n.Name(ui.Language))),
    ];

    public static IReadOnlyList<Right> Rights(Ui ui) => [.. ui.PostedAll("rights").Select(RightSet.Named).OfType<Right>()];

    public static long? Part(Ui ui) => long.TryParse(ui.Posted("node"), NumberStyles.None, CultureInfo.InvariantCulture, out var node) ? node : null;

    public static DateOnly? LastDay(Ui ui) =>
        DateOnly.TryParseExact(ui.Posted("expires"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
