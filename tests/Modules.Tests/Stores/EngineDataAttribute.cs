using System.Reflection;
using Tanlu.Storage;
using Xunit.Sdk;
using Xunit.v3;

namespace Tanlu.Modules.Tests.Stores;

/// <summary>
/// Runs a theory once per engine: its first parameter is the <see cref="Dialect"/>, any further ones take the values given here. An engine that is not there
/// is a skip with its reason, and a failure where TANLU_REQUIRE_ENGINES=1.
/// </summary>
public sealed class EngineDataAttribute(params object?[]? values) : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([.. Enum.GetValues<Dialect>().Select(Row)]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private ITheoryDataRow Row(Dialect engine) => new TheoryDataRow([engine, .. values ?? [null]])
    {
        Skip = engine == Dialect.Postgres && !TestStore.HasPostgres && !TestStore.EnginesRequired
            ? "PostgreSQL is not there: TANLU_TEST_POSTGRES is not set (tests/engines start sets it)."
            : null,
    };
}
