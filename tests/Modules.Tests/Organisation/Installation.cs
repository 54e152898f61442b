using System.Runtime.CompilerServices;
using Tanlu.Kernel;
using Tanlu.Modules.Tests.Stores;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Organisation;

/// <summary>The module's verbs over a fresh database of one engine.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Password = "a long enough passphrase";

    /// <summary>Cheap, because the tests sign in hundreds of times; the real cost stands in its own test.</summary>
    public const int Iterations = 1000;

    private Installation(TestStore store)
    {
        Store = store;
        Audit = new Audit(store.Db, store.Clock);
        Sessions = new Sessions(store.Db, store.Clock, Audit, OrganisationSettings.Default with { PasswordIterations = Iterations });
        People = new People(store.Db, store.Clock, Audit, Sessions);
        Tokens = new ApiTokens(store.Db, store.Clock, Audit, Sessions);
        Passkeys = new Passkeys(store.Db, store.Clock, Audit, Sessions);
        Invitations = new Invitations(store.Db, store.Clock, Audit, Sessions);
        Tree = new OrganisationTree(store.Db, Audit, Sessions);
        Tenants = new Tenants(store.Db, store.Clock, Audit);
        Evidence = new EvidenceFiles(store.Db, store.Blobs, store.Clock, Audit);
    }

    public TestStore Store { get; }

    public Audit Audit { get; }

    public Sessions Sessions { get; }

    public People People { get; }

    public ApiTokens Tokens { get; }

    public Passkeys Passkeys { get; }

    public Invitations Invitations { get; }

    public OrganisationTree Tree { get; }

    public Tenants Tenants { get; }

    public EvidenceFiles Evidence { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Installation> Start(Dialect engine) => new(await TestStore.Open(engine, OrganisationModule.Migrations));

    /// <summary>Another process on the same database: nothing remembered is shared.</summary>
    public Installation AnotherProcess() => new(Store);

    /// <summary>A tenant with a group (G), a company (C) with the sites S1 (building B1, line L1) and S2, and a company D with the site S3.</summary>
    public async Task<Estate> Estate(string name)
    {
        var tenant = (await Tenants.Add(name, name, Ct)).Value;
        var system = Caller.System(tenant.Id);
        var group = await Node(system, null, NodeKind.Group, "G");
        var company = await Node(system, group, NodeKind.Company, "C");
        var other = await Node(system, group, NodeKind.Company, "D");
        var site = await Node(system, company, NodeKind.Site, "S1");
        var building = await Node(system, site, NodeKind.Building, "B1");
        var line = await Node(system, building, NodeKind.Line, "L1");
        var site2 = await Node(system, company, NodeKind.Site, "S2");
        var site3 = await Node(system, other, NodeKind.Site, "S3");
        return new Estate(tenant, system, group, company, other, site, building, line, site2, site3);
    }

    public async Task<Node> Node(Caller caller, Node? parent, NodeKind kind, string code) =>
        (await Tree.Add(caller, new NewNode(parent?.Id, kind, code, "Node " + code, "节点" + code, kind == NodeKind.Site ? "CN-GD" : ""), Ct)).Value;

    public async Task<Person> Person(Caller caller, string email, Role role, Node? node = null) =>
        (await People.Add(caller, new NewPerson(email, email.Split('@')[0], role, node?.Id ?? 0, Language.Chinese, Password), Ct)).Value;

    public ValueTask DisposeAsync() => Store.DisposeAsync();
}

/// <summary>One tenant's example tree.</summary>
internal sealed record Estate(Tenant Tenant, Caller System, Node G, Node C, Node D, Node S1, Node B1, Node L1, Node S2, Node S3)
{
    /// <summary>Someone of this tenant limited to the subtree of a node.</summary>
    public Caller At(Node node, Role role = Role.Administrator) => new(Tenant.Id, 9999, "someone", role, node.Path, Language.English);
}

/// <summary>Shorter checks of outcomes.</summary>
internal static class OutcomeChecks
{
    public static async Task Refused<T>(this Task<Outcome<T>> outcome, string code, [CallerArgumentExpression(nameof(outcome))] string verb = "")
    {
        var result = await outcome;
        Assert.True(!result.Ok && result.Problems[0].Code == code, $"{verb}: {(result.Ok ? "done" : result.Problems[0].Code)} instead of {code}.");
    }

    public static async Task<T> Done<T>(this Task<Outcome<T>> outcome)
    {
        var result = await outcome;
        Assert.True(result.Ok, result.Ok ? "" : result.Problems[0].Code);
        return result.Value;
    }
}
