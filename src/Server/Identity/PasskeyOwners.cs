using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>
/// The framework's checks of passkeys read owners and keys through this; everything is stored by Organisation's own verbs, with their audit rows, so nothing is written here.
/// </summary>
internal sealed class PasskeyOwners(Passkeys passkeys) : IUserPasskeyStore<PasskeyHolder>
{
    public static UserPasskeyInfo Info(PasskeyCredential c) => new(
        WebEncoders.Base64UrlDecode(c.Id), c.PublicKey, c.CreatedAt, (uint)c.SignCount, c.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries), c.UserVerified, c.BackupEligible, c.BackedUp,
        attestationObject: [], clientDataJson: []);

    public static PasskeyCredential Credential(UserPasskeyInfo info) => new(
        WebEncoders.Base64UrlEncode(info.CredentialId), info.PublicKey, info.SignCount, string.Join(' ', info.Transports ?? []), info.IsUserVerified, info.IsBackupEligible, info.IsBackedUp,
        info.CreatedAt);

    public Task<PasskeyHolder?> FindByIdAsync(string userId, CancellationToken cancellationToken) => passkeys.HolderOf(userId, cancellationToken);

    public Task<string> GetUserIdAsync(PasskeyHolder user, CancellationToken cancellationToken) => Task.FromResult(user.Handle);

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyHolder user, CancellationToken cancellationToken) =>
        (await passkeys.CredentialsOf(user.Tenant, user.Person, cancellationToken)).ConvertAll(Info);

    public Task<PasskeyHolder?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        passkeys.HolderOfCredential(WebEncoders.Base64UrlEncode(credentialId), cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken) =>
        (await GetPasskeysAsync(user, cancellationToken)).FirstOrDefault(p => p.CredentialId.AsSpan().SequenceEqual(credentialId));

    public void Dispose()
    {
        // Nothing is held.
    }

    // What the framework could do beside checking belongs to Organisation's verbs; a call would be a mistake here.
    public Task AddOrUpdatePasskeyAsync(PasskeyHolder user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Elsewhere();

    public Task RemovePasskeyAsync(PasskeyHolder user, byte[] credentialId, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<string?> GetUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetUserNameAsync(PasskeyHolder user, string? userName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<string?> GetNormalizedUserNameAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetNormalizedUserNameAsync(PasskeyHolder user, string? normalizedName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> CreateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> UpdateAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> DeleteAsync(PasskeyHolder user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<PasskeyHolder?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Elsewhere();

    private static NotSupportedException Elsewhere() => new("Owners of passkeys are only read here; Organisation's verbs change them.");
}
