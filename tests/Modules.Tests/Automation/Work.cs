using Tanlu.Automation;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Organisation;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Automation;

/// <summary>The module's verbs over a fresh database of one engine, with the example tree of one tenant.</summary>
internal sealed class Work : IAsyncDisposable
{
    private Work(Installation installation, Estate estate)
    {
        Installation = installation;
        Estate = estate;
        Board = new JobBoard(Store.Db, installation.Audit, Clock);
    }

    public Installation Installation { get; }

    public Estate Estate { get; }

    public JobBoard Board { get; }

    public TestStore Store => Installation.Store;

    public TestClock Clock => Store.Clock;

    public static async Task<Work> Start(Dialect engine)
    {
        var installation = await Installation.Start(engine);
        await Migrator.Run(installation.Store.Db, [OrganisationModule.Migrations, AutomationModule.Migrations]);
        return new Work(installation, await installation.Estate("Tenant"));
    }

    /// <summary>Somebody who is in the book, as the caller of a request.</summary>
    public async Task<Caller> Person(string email, Role role, Node? node = null)
    {
        var person = await Installation.Person(Estate.System, email, role, node);
        return new Caller(Estate.Tenant.Id, person.Id, person.Name, role, node?.Path ?? Caller.WholeTenant, Language.English);
    }

    public ValueTask DisposeAsync() => Installation.DisposeAsync();
}
