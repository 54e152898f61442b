using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>The address that an invited person opens: under the name by which the inviter reached this server, in the language of the invitation.</summary>
internal static class InvitationLink
{
    public static string Of(HttpRequest request, MadeInvitation made) => $"{request.Scheme}://{request.Host}{request.PathBase}{Invitations.Page}{made.Token}?lang={Texts.Tag(made.Invitation.Language)}";
}
