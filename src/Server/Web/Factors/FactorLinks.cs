namespace Tanlu.Server.Web.Factors;

/// <summary>Addresses of the factor library.</summary>
internal static class FactorLinks
{
    /// <summary>Ids of some publishers hold slashes and hashes; escaped they are one segment of the path.</summary>
    public static string Page(Ui ui, string id) => ui.Link("/factors/" + Uri.EscapeDataString(id));
}
