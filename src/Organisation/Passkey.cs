namespace Tanlu.Organisation;

/// <summary>A passkey as its owner sees it.</summary>
/// <param name="BackedUp">The authenticator keeps copies of it elsewhere, so that it survives the loss of the device.</param>
public sealed record Passkey(long Id, long Tenant, long Person, string PersonName, string Name, bool BackedUp, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt)
{
    public const int LongestName = 100;

    /// <summary>Passkeys of one person.</summary>
    public const int Most = 20;
}

/// <summary>What of a passkey serves to check its signatures. It opens nothing by itself: the private key never leaves the authenticator.</summary>
/// <param name="Id">The credential's id in Base64url.</param>
/// <param name="PublicKey">In the form of COSE.</param>
/// <param name="SignCount">Signatures counted by the authenticator; 0 where it does not count.</param>
public sealed record PasskeyCredential(
    string Id, byte[] PublicKey, long SignCount, string Transports, bool UserVerified, bool BackupEligible, bool BackedUp, DateTimeOffset CreatedAt);

/// <summary>The person behind an authenticator's handle, for the check of a signature; who may sign in is decided afterwards.</summary>
public sealed record PasskeyHolder(long Tenant, long Person, string Handle);
