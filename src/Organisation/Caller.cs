using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>Who asks: every module verb takes the caller first and authorises by it.</summary>
/// <param name="Tenant">The only tenant whose rows the caller can ever reach.</param>
/// <param name="Person">Id of the person; 0 is the platform itself, and below zero a device, whose token has that number.</param>
/// <param name="Name">Name as the audit log shows it.</param>
/// <param name="Role">Decides what the caller may do.</param>
/// <param name="NodePath">Decides where: <c>/</c> is the whole tenant, <c>/1/4/</c> the subtree of node 4.</param>
/// <param name="Language">Language of the answers.</param>
public sealed record Caller(long Tenant, long Person, string Name, Role Role, string NodePath, Language Language)
{
    /// <summary>The path that covers every node of a tenant.</summary>
    public const string WholeTenant = "/";

    // Without the closing slash the subtree of node 1 would also cover node 10.
    public string NodePath { get; } = NodePath.StartsWith('/') && NodePath.EndsWith('/')
        ? NodePath
        : throw new ArgumentException("A node path starts and ends with a slash.", nameof(NodePath));

    /// <summary>What a token leaves of the role's rights; everything where no token limits them.</summary>
    public RightSet Allowed { get; init; } = RightSet.All;

    /// <summary>Id of the API token by which the caller asks; 0 where there is none.</summary>
    public long ByToken { get; init; }

    /// <summary>Id of the session in which the caller asks; 0 where there is none.</summary>
    public long Session { get; init; }

    /// <summary>Mark of the request that named itself by a key; it stands in the audit row of what the request does. Null where it named none.</summary>
    public string? Request { get; init; }

    /// <summary>Id of the node whose subtree the caller is limited to; 0 where it is the whole tenant.</summary>
    public long Node => Organisation.Node.IdOf(NodePath);

    public bool SeesWholeTenant => NodePath == WholeTenant;

    /// <summary>The platform acting for itself: first start, seed, and commands on the machine that holds the data folder.</summary>
    public static Caller System(long tenant) => new(tenant, 0, "system", Role.Administrator, WholeTenant, Language.English);

    /// <summary>Whether the caller has the right at the node with this path.</summary>
    public bool May(Right right, string nodePath) => May(right) && Covers(nodePath);

    /// <summary>Whether the caller has the right somewhere; what is reached must still be limited to <see cref="NodePath"/>.</summary>
    public bool May(Right right) => Rights.Grant(Role, right) && Allowed.Contains(right);

    /// <summary>Whether the caller has the right over the tenant as a whole (packs, editions of the whole, audit log).</summary>
    public bool MayEverywhere(Right right) => May(right, WholeTenant);

    /// <summary>Whether the node with this path lies in the caller's subtree.</summary>
    public bool Covers(string nodePath) => nodePath.StartsWith(NodePath, StringComparison.Ordinal);
}
