using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class InventoryModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("inventory", typeof(InventoryModule).Assembly);
}
