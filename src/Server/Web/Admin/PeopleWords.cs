using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Web.Admin;

/// <summary>What the pages of people say and read alike: roles, parts of the organisation, answers.</summary>
internal static class PeopleWords
{
    public static readonly IReadOnlyList<(string, string)> Languages = [("zh-CN", "中文"), ("en", "English")];

    /// <summary>Roles that a person can have.</summary>
    public static IReadOnlyList<(string, string)> Roles(Ui ui) => [.. Enum.GetValues<Role>().Where(r => r != Role.Device).Select(r => (r.ToString(), ui.T("role." + r)))];

    /// <summary>Parts that the reader may hand out.</summary>
    public static IReadOnlyList<(string, string)> Parts(Ui ui, IReadOnlyList<Node> nodes) =>
        [.. ui.Caller.SeesWholeTenant ? new[] { ("0", ui.T("scope.node.all")) } : [], .. nodes.Select(n => (n.Id.ToString(CultureInfo.InvariantCulture), n.Name(ui.Language)))];

    public static string Part(Ui ui, IReadOnlyList<Node> nodes, long node) => node == 0 ? ui.T("scope.node.all") : nodes.FirstOrDefault(n => n.Id == node)?.Name(ui.Language) ?? "–";

    /// <summary>The role of this name, or one that no role has, which the verb refuses.</summary>
    public static Role RoleOf(string name) => Enum.GetNames<Role>().Contains(name) ? Enum.Parse<Role>(name) : default;

    /// <summary>The node of a form's field. What is no number is no node, and not the whole.</summary>
    public static long NodeOf(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : -1;

    public static int Status(Problem problem) => problem.Code switch
    {
        "not_permitted" => StatusCodes.Status403Forbidden,
        "not_found" => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
