using Tanlu.Storage;

namespace Tanlu.Factors;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class FactorsModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("factors", typeof(FactorsModule).Assembly);
}
