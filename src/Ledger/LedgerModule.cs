using Tanlu.Storage;

namespace Tanlu.Ledger;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class LedgerModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("ledger", typeof(LedgerModule).Assembly);
}
