using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>The two refusals that every module shares.</summary>
public static class Refusal
{
    /// <summary>The caller sees the thing, but the role does not allow the verb there.</summary>
    public static Problem NotPermitted() => new("not_permitted");

    /// <summary>
    /// There is no such thing for this caller. What belongs to another tenant or lies outside the caller's subtree is refused in the same
    /// words, so that an id cannot be probed.
    /// </summary>
    /// <param name="what">The id or code that was asked for.</param>
    public static Problem NotFound(string what) => new("not_found", Found: what);
}
