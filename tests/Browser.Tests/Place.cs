namespace Tanlu.Browser.Tests;

/// <summary>A page of the map and the way to it.</summary>
/// <param name="Name">Also the name of its picture.</param>
/// <param name="Address">Path and query.</param>
/// <param name="Follow">A link of that page to follow, where the address holds an id that only the page knows.</param>
/// <param name="Then">What comes after the path of that link.</param>
internal sealed record Place(string Name, string Address, string? Follow = null, string Then = "")
{
    public static readonly IReadOnlyList<Place> All =
    [
        new("overview", "/"),
        new("completeness", "/completeness"),
        new("statement", "/statement"),
        new("statement-by-gas", "/statement?by=gas"),
        new("explanation", "/explain"),
        new("explanation-of-an-activity", "/ledger", "tbody td.number a"),
        new("ledger", "/ledger"),
        new("batches", "/ledger/batches"),
        new("activities", "/activities"),
        new("activity", "/ledger", ".posting-id"),
        new("new-activity", "/activities/new"),
        new("correct-activity", "/activities", "td.heading a", "/correct"),
        new("import", "/import"),
        new("sources", "/sources"),
        new("factors", "/factors"),
        new("factor", "/factors", "td.heading a"),
        new("packs", "/factors/packs"),
        new("editions", "/editions"),
        new("new-edition", "/editions/new"),
        new("organisation", "/admin/organisation"),
        new("people", "/admin/people"),
        new("person", "/admin/people", "td.heading a"),
        new("rights", "/admin/rights"),
        new("audit", "/admin/audit"),
        new("sign-ins", "/admin/sign-ins"),
        new("tokens", "/admin/tokens"),
        new("profile", "/profile"),
        new("passkeys", "/profile/passkeys"),
        new("sessions", "/profile/sessions"),
        new("own-tokens", "/profile/tokens"),
        new("health", "/admin/health"),
        new("webhooks", "/admin/webhooks"),
        new("pack", "/factors/packs", "td.heading a"),
        new("api", "/api"),
        new("lca-methods", "/lca/methods"),
        new("lca-method", "/lca/methods/ipcc_ar6_zero"),
        new("lca-mappings", "/lca/methods/mappings"),
        new("lca-coverage", "/lca/methods/ipcc_ar6_zero/coverage"),
        new("search", "/search?q=柴油"),
    ];

    public static Place Named(string name) => All.Single(p => p.Name == name);

    /// <summary>Opens the page and waits until its charts are drawn and its parts have come.</summary>
    public async Task Go(IPage page)
    {
        var answer = await page.GotoAsync(Address);
        if (Follow is not null)
        {
            var link = await page.Locator(Follow).First.GetAttributeAsync("href");
            answer = await page.GotoAsync(link!.Split('?')[0] + Then);
        }

        Assert.True(answer!.Ok, $"{answer.Status} {answer.Url}");
        await Settle(page);
    }

    public static async Task Settle(IPage page)
    {
        await page.WaitForFunctionAsync(Script.Settled);
    }
}
