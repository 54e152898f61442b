namespace Tanlu.Server.Web.Parts;

/// <summary>One node of a <see cref="Tree"/>.</summary>
/// <param name="Note">Small text behind the label: a count, a kind.</param>
/// <param name="Open">Its children are shown at first.</param>
/// <param name="Current">It is what the page shows.</param>
public sealed record TreeNode(string Label, string? Href = null, string? Note = null, bool Open = false, bool Current = false, params IReadOnlyList<TreeNode> Children);
