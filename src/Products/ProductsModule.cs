using Tanlu.Storage;

namespace Tanlu.Products;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class ProductsModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("products", typeof(ProductsModule).Assembly);
}
