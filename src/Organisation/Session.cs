namespace Tanlu.Organisation;

/// <summary>A live session.</summary>
/// <param name="Method"><c>password</c> or <c>passkey</c>.</param>
/// <param name="Address">Network address from which it was opened; empty where it is not known.</param>
/// <param name="Agent">Browser and platform in words.</param>
/// <param name="SeenAt">Last request, to the minute.</param>
/// <param name="ExpiresAt">When it ends at the latest, however much it is used.</param>
public sealed record Session(
    long Id, long Tenant, long Person, string PersonName, string Method, string Address, string Agent, DateTimeOffset OpenedAt, DateTimeOffset SeenAt, DateTimeOffset ExpiresAt)
{
    public const string ByPassword = "password";
    public const string ByPasskey = "passkey";
}
