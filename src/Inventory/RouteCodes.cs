using Tanlu.Factors.Methods;

namespace Tanlu.Inventory;

/// <summary>Names of the accounting routes in addresses, files and commands.</summary>
public static class RouteCodes
{
    /// <summary><c>ghg</c> or <c>cn</c>; <c>ghgp</c> and <c>guideline</c> are read too. Null where it is neither.</summary>
    public static Route? Parse(string? text) => text switch
    {
        "ghg" or "ghgp" => Route.GhgProtocol,
        "cn" or "guideline" => Route.Guideline,
        _ => null,
    };

    public static string Code(Route route) => route == Route.Guideline ? "cn" : "ghg";
}
