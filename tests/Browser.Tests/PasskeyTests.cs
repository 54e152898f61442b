namespace Tanlu.Browser.Tests;

/// <summary>A passkey in a real browser, whose own virtual authenticator signs: added on the account page, used on the sign-in page, renamed, copied, removed.</summary>
public sealed class PasskeyTests(Chromium chromium, EmptyServer server) : IClassFixture<EmptyServer>
{
    [Fact]
    public async Task Added_used_renamed_and_removed()
    {
        await using var visit = await chromium.Open(new() { Locale = "en", ViewportSize = new() { Width = 1280, Height = 900 } });
        var tanlu = await server.Process();

        // A passkey belongs to a name; an address of numbers has none.
        var address = tanlu.Address.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        var page = visit.Page;
        var (authenticator, id) = await Authenticator(page);
        await SignIn(page, address, tanlu);
        await page.GotoAsync(address + "/profile/passkeys");
        await Assertions.Expect(page.Locator("#field-name")).ToHaveValueAsync("Chrome, Linux");
        await page.FillAsync("#field-name", "work laptop");
        await page.ClickAsync("form[data-passkey] button[type=submit]");
        await Assertions.Expect(page.Locator("table.data td.heading")).ToHaveTextAsync("work laptop");
        visit.ExpectNothing();

        // The same authenticator knows that it is here already.
        await page.FillAsync("#field-name", "again");
        await page.ClickAsync("form[data-passkey] button[type=submit]");
        await Assertions.Expect(page.Locator("[data-passkey-failed]")).ToBeVisibleAsync();
        visit.ExpectNothing();

        await SignOut(page, address);
        await page.ClickAsync("form[data-passkey] button[type=submit]");
        await Assertions.Expect(page.Locator("details.user")).ToBeVisibleAsync();
        await page.GotoAsync(address + "/profile/sessions");
        await Assertions.Expect(page.Locator("table.data tbody")).ToContainTextAsync("passkey");
        visit.ExpectNothing();

        // A copy of the key with the counter of before: the original has moved on, so one of the two is a thief.
        var credentials = await authenticator.SendAsync("WebAuthn.getCredentials", new() { ["authenticatorId"] = id });
        var credential = credentials!.Value.GetProperty("credentials")[0];
        await SignOut(page, address);
        await authenticator.SendAsync("WebAuthn.clearCredentials", new() { ["authenticatorId"] = id });
        await authenticator.SendAsync("WebAuthn.addCredential", new() { ["authenticatorId"] = id, ["credential"] = Older(credential) });
        await page.ClickAsync("form[data-passkey] button[type=submit]");
        await Assertions.Expect(page.Locator(".notice.bad")).ToBeVisibleAsync();
        visit.Expect(422);

        await SignIn(page, address, tanlu);
        await page.GotoAsync(address + "/profile/passkeys");
        await page.ClickAsync("details.menu summary[aria-label*='work laptop']");
        await page.FillAsync("input[name=new_name]", "old laptop");
        await page.ClickAsync("form:has(input[name=new_name]) button");
        await Assertions.Expect(page.Locator("table.data td.heading")).ToHaveTextAsync("old laptop");
        await page.ClickAsync("details.menu summary[aria-label*='old laptop']");
        await page.ClickAsync("details[open] button.danger");
        await Assertions.Expect(page.Locator("table.data")).ToHaveCountAsync(0);
        visit.ExpectNothing();
    }

    [Fact]
    public async Task Without_script_the_password_alone_is_offered()
    {
        await using var visit = await chromium.Open(new() { Locale = "en", JavaScriptEnabled = false });
        var tanlu = await server.Process();
        await visit.Page.GotoAsync(tanlu.Address + "/sign-in");
        await Assertions.Expect(visit.Page.Locator("form[data-passkey]")).ToBeHiddenAsync();
        await visit.SignIn(tanlu);
        visit.ExpectNothing();
    }

    /// <summary>A platform authenticator that keeps passkeys and verifies its owner, in this window.</summary>
    private static async Task<(ICDPSession Session, string Id)> Authenticator(IPage page)
    {
        var session = await page.Context.NewCDPSessionAsync(page);
        await session.SendAsync("WebAuthn.enable");
        var made = await session.SendAsync("WebAuthn.addVirtualAuthenticator", new()
        {
            ["options"] = new Dictionary<string, object>
            {
                ["protocol"] = "ctap2", ["transport"] = "internal", ["hasResidentKey"] = true, ["hasUserVerification"] = true, ["isUserVerified"] = true, ["automaticPresenceSimulation"] = true,
            },
        });
        return (session, made!.Value.GetProperty("authenticatorId").GetString()!);
    }

    private static Dictionary<string, object> Older(System.Text.Json.JsonElement credential)
    {
        var copy = new Dictionary<string, object>();
        foreach (var name in new[] { "credentialId", "rpId", "privateKey", "userHandle" })
        {
            copy[name] = credential.GetProperty(name).GetString()!;
        }

        copy["isResidentCredential"] = true;
        copy["signCount"] = 0;
        return copy;
    }

    private static async Task SignIn(IPage page, string address, TanluProcess tanlu)
    {
        await page.GotoAsync(address + "/sign-in");
        await page.FillAsync("input[name=name]", tanlu.Email);
        await page.FillAsync("input[name=password]", tanlu.Password);
        await page.ClickAsync("form button[type=submit]");
        await Assertions.Expect(page.Locator("details.user")).ToBeVisibleAsync();
    }

    private static async Task SignOut(IPage page, string address)
    {
        await page.GotoAsync(address + "/profile");
        await page.ClickAsync("details.user summary");
        await page.ClickAsync("form[action='/sign-out'] button");
        await Assertions.Expect(page.Locator("form[data-passkey]")).ToBeVisibleAsync();
    }
}
