using Tanlu.Kernel;

namespace Tanlu.Organisation;

/// <summary>What became of an invitation.</summary>
public enum InvitationState
{
    Open,
    Accepted,
    Revoked,
    Expired,
}

/// <summary>An offer to join a tenant in a role, made to an e-mail address.</summary>
/// <param name="Node">Node whose subtree the invited will be limited to; 0 is the whole tenant.</param>
/// <param name="Language">Of the page on which the invited answers.</param>
/// <param name="CreatedBy">Who invited; the offer holds only as long as they may make it.</param>
public sealed record Invitation(
    long Id, long Tenant, string Email, Role Role, long Node, Language Language, DateTimeOffset CreatedAt, long CreatedBy, string CreatedByName, DateTimeOffset ExpiresAt,
    DateTimeOffset? AcceptedAt, DateTimeOffset? RevokedAt)
{
    /// <summary>How long a link holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public InvitationState State(DateTimeOffset now) =>
        AcceptedAt is not null ? InvitationState.Accepted
        : RevokedAt is not null ? InvitationState.Revoked
        : ExpiresAt <= now ? InvitationState.Expired
        : InvitationState.Open;
}

/// <summary>An invitation to be made; see <see cref="Invitation"/> for the fields.</summary>
public sealed record NewInvitation(string Email, Role Role, long Node, Language Language)
{
    /// <summary>Every reason against the invitation as such.</summary>
    internal IReadOnlyList<Problem> Problems() => [.. PersonRules.Email(Email), .. PersonRules.Role(Role)];
}

/// <summary>An invitation right after it was made or renewed.</summary>
/// <param name="Token">Goes into the link and nowhere else; the database keeps its hash.</param>
public sealed record MadeInvitation(Invitation Invitation, string Token)
{
    // A record prints its members, and a printed token ends in a log.
    public override string ToString() => $"MadeInvitation {Invitation.Id}";
}

/// <summary>What the invited sees before answering.</summary>
/// <param name="Part">Name of the part of the organisation in the invitation's language; null where it is the whole.</param>
public sealed record OpenInvitation(Invitation Invitation, string Tenant, string? Part);
