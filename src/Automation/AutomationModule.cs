using Tanlu.Storage;

namespace Tanlu.Automation;

/// <summary>What the host needs to know of this module before it can use its verbs.</summary>
public static class AutomationModule
{
    public static MigrationSource Migrations { get; } = MigrationSource.Embedded("automation", typeof(AutomationModule).Assembly);
}
