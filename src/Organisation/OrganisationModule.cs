using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class OrganisationModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("organisation", typeof(OrganisationModule).Assembly);
}

/// <summary>Settings of the module.</summary>
/// <param name="SessionLifetime">How long a sign-in lasts at most.</param>
/// <param name="SessionIdle">How long it lasts without a request.</param>
public sealed record OrganisationSettings(TimeSpan SessionLifetime, TimeSpan SessionIdle)
{
    /// <summary>Cost of a password hash; only tests, which make hundreds, go below it.</summary>
    internal int PasswordIterations { get; init; } = PasswordHash.Iterations;

    public static OrganisationSettings Default { get; } = new(TimeSpan.FromHours(12), TimeSpan.FromHours(2));
}
