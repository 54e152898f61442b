using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Access;

/// <summary>
/// Marks and numbers planted in every text and quantity of one part of an organisation stand in no answer to anybody outside it: no page, fragment, list, total, file,
/// search or error, whichever ids are asked for.
/// </summary>
public sealed partial class CanaryTests(World world) : IClassFixture<World>
{
    /// <summary>Addresses beside those of the table: the same routes with other questions.</summary>
    private static readonly string[] Further =
    [
        "/search?q=QZ", "/search?q={mark}", "/activities?q={mark}", "/activities?batch={batch}&source={source}", "/activities?f.source={source}", "/activities/export?format=csv&q={mark}",
        "/activities/export?format=xlsx", "/activities/export?format=csv&node={node}", "/sources?q={mark}", "/ledger?source={source}&batch={batch}&site={site}", "/ledger?batch={batch}", "/ledger",
        "/ledger/batches", "/statement?from=2024-01&to=2024-12", "/statement/file?from=2024-01&to=2024-12&format=csv&by=site", "/statement/file?from=2024-01&to=2024-12&format=xlsx&by=source",
        "/statement/file?from=2024-01&to=2024-12&format=json", "/?from=2024-01&to=2024-12", "/completeness?from=2024-01&to=2024-12", "/explain?from=2024-01&to=2024-12&site={site}",
        "/explain?from=2024-01&to=2024-12&source={source}", "/explain/file?from=2024-01&to=2024-12&source={source}", "/editions", "/editions/new?from=2024-01&to=2024-12&node={node}",
        "/factors?q=QZPACK", "/factors/packs", "/search?q=QZPACK", "/admin/people", "/admin/audit", "/admin/organisation", "/admin/tokens", "/admin/sign-ins",
        "/activities/preview?site={mark}-S&source={mark}&activity=electricity.grid&start=2024-01-01&end=2024-01-31&quantity=1&unit=kWh&region=CN-GD",
        "/api/v1/activities?text=QZ", "/api/v1/activities?text={mark}", "/api/v1/activities?batch={batch}", "/api/v1/activities?source={source}", "/api/v1/postings?batch={batch}",
        "/api/v1/postings?site={site}", "/api/v1/postings?source={source}", "/api/v1/statement?from=2024-01&to=2024-12", "/api/v1/statement/total?from=2024-01&to=2024-12",
        "/api/v1/statement/total?from=2024-01&to=2024-12&site={site}", "/api/v1/statement/total?from=2024-01&to=2024-12&source={source}",
        "/api/v1/statement/postings?from=2024-01&to=2024-12&site={site}", "/api/v1/statement/postings?from=2024-01&to=2024-12&source={source}", "/api/v1/statement/completeness?from=2024-01&to=2024-12",
        "/api/v1/factors?text=QZPACK", "/api/v1/corrections?take=500", "/api/v1/batches?take=500",
    ];

    private static readonly string[] Targets = ["search-results", "drawer-body", "main", "activities", "ledger"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("own_subtree")]
    [InlineData("other_subtree")]
    [InlineData("other_tenant")]
    public async Task Nothing_planted_elsewhere_stands_in_any_answer(string who)
    {
        var (own, others) = who switch
        {
            "own_subtree" => (world.Ours, new[] { world.Beside, world.Theirs }),
            "other_subtree" => (world.Beside, [world.Ours, world.Theirs]),
            _ => (world.Theirs, [world.Ours, world.Beside]),
        };
        var canaries = new List<string>();
        foreach (var other in others)
        {
            canaries.AddRange(await Canaries(other));
            if (other.Tenant != own.Tenant)
            {
                canaries.Add(Holding.PackMark(other.Tenant));
            }
        }

        // What the whole would be together would tell the one part that is not theirs.
        canaries.AddRange(await Totals(own.Tenant, null));
        canaries.RemoveAll((await Totals(own.Tenant, own.Node)).Contains);
        var leaks = new List<string>();
        var seen = 0;
        foreach (var (method, address, body, target) in await Requests(own, others))
        {
            using var visitor = Ending().IsMatch(address) ? await world.Visitor(who, fresh: true) : null;
            using var answer = await (visitor ?? await world.Visitor(who)).Send(method, address, body, target);
            var text = await Text(answer);
            seen += text.Contains(own.Mark, StringComparison.OrdinalIgnoreCase) ? 1 : 0;

            // What the visitor wrote themself is no secret to them, and an error may say it back.
            var asked = Plain(Uri.UnescapeDataString($"{address} {body}"));
            leaks.AddRange(canaries.Where(c => text.Contains(c, StringComparison.OrdinalIgnoreCase) && !asked.Contains(c, StringComparison.OrdinalIgnoreCase))
                .Select(c => $"{c} in {(int)answer.StatusCode} of {method} {address}{(target is null ? "" : $" (into {target})")} {body}: …{Around(text, c)}…"));
        }

        Assert.True(seen > 60, $"Only {seen} answers show the visitor's own mark: the search looks at too little.");
        Assert.True(leaks.Count == 0, $"{leaks.Count} leaks to {who}:\n{string.Join('\n', leaks.Take(60))}");
    }

    /// <summary>The search finds what is there: whoever sees everything of our tenant meets every mark and number of both companies.</summary>
    [Fact]
    public async Task The_canaries_are_found_by_who_may_see_them()
    {
        var administrator = await world.Visitor("Administrator");
        var texts = new StringBuilder();
        foreach (var (method, address, body, target) in (await Requests(world.Ours, [world.Beside])).Where(r => r.Method == "GET" && r.Target is null && !Ending().IsMatch(r.Address)))
        {
            using var answer = await administrator.Send(method, address, body, target);
            texts.Append(await Text(answer));
        }

        var all = texts.ToString();
        List<string> wanted = [.. await Canaries(world.Ours), .. await Canaries(world.Beside), .. await Totals(world.Ours.Tenant, null), Holding.PackMark(world.Ours.Tenant)];
        Assert.True(wanted.Count >= 10);
        Assert.All(wanted, c => Assert.True(all.Contains(c, StringComparison.OrdinalIgnoreCase), c));

        // Of the other tenant nothing; but for its mark, for which our own people may have searched by now, and our log says what they exported.
        Assert.All((await Canaries(world.Theirs)).Where(c => c != world.Theirs.Mark), c => Assert.DoesNotContain(c, all, StringComparison.OrdinalIgnoreCase));
    }

    private async Task<List<(string Method, string Address, string Body, string? Target)>> Requests(Holding own, IEnumerable<Holding> others)
    {
        var requests = new List<(string, string, string, string?)>();
        foreach (var holding in (Holding[])[own, .. others])
        {
            // A link tells its holder what it offers; that is what it is for.
            foreach (var row in RouteTable.Read().Where(r => !r.Body.Contains("{beside.", StringComparison.Ordinal) && !r.Route.StartsWith("/join/", StringComparison.Ordinal)))
            {
                var address = await world.Filled(row.Address.Length > 0 ? row.Address : row.Route, holding);

                // Changing one's own things is for the table of routes; here others try to change what is not theirs.
                if (row.Method == "GET" || holding != own)
                {
                    requests.Add((row.Method, address, await world.Filled(row.Body, holding), null));
                }
            }

            foreach (var written in Further)
            {
                var address = await world.Filled(written.Replace("{mark}", holding.Mark, StringComparison.Ordinal), holding);
                requests.Add(("GET", address, "", null));
                if (!address.StartsWith("/api", StringComparison.Ordinal))
                {
                    requests.AddRange(Targets.Select(t => ("GET", address, "", (string?)t)));
                }
            }
        }

        return [.. requests.Distinct()];
    }

    /// <summary>The mark, the quantity, what the quantities add up to, and the first digits of every total.</summary>
    private async Task<List<string>> Canaries(Holding holding) =>
    [
        holding.Mark, Digits((Int128)holding.Number), Digits((Int128)holding.Number * 6), holding.Ids["evidence"], .. await Totals(holding.Tenant, holding.Node),
    ];

    /// <summary>The first seven digits of the total mass, and of every part of it, of a node; null is the whole tenant.</summary>
    private async Task<List<string>> Totals(long tenant, long? node)
    {
        var statements = world.Server.Services.GetRequiredService<Statements>();
        var query = new StatementQuery(node, Month.Of(2024, 1), Month.Of(2025, 1), GwpSet.Ar6, Route.GhgProtocol);
        var total = (await statements.Total(Caller.System(tenant), query, new StatementCut(), Stop)).Value;
        return [Digits(total.AllScopes.Scaled), Digits((await statements.Total(Caller.System(tenant), query, new StatementCut(Scope: 2), Stop)).Value.AllScopes.Scaled)];
    }

    /// <summary>Cut, not rounded: a longer form of the number begins with them.</summary>
    private static string Digits(Int128 value) => value.ToString(CultureInfo.InvariantCulture)[..7];

    /// <summary>The text of an answer with its numbers free of separators; of a workbook or package, the text of all that it holds.</summary>
    private static async Task<string> Text(HttpResponseMessage answer)
    {
        var bytes = await answer.Content.ReadAsByteArrayAsync(Stop);
        var text = new StringBuilder(answer.Headers.ToString()).Append(answer.Content.Headers);
        if (bytes is [(byte)'P', (byte)'K', 3, 4, ..])
        {
            using var zip = new ZipArchive(new MemoryStream(bytes));
            foreach (var entry in zip.Entries)
            {
                using var reader = new StreamReader(entry.Open());
                text.Append(entry.FullName).Append('\n').Append(await reader.ReadToEndAsync(Stop));
            }
        }
        else
        {
            text.Append(Encoding.UTF8.GetString(bytes));
        }

        return Plain(text.ToString());
    }

    private static string Plain(string text) => Separators().Replace(text, "");

    private static string Around(string text, string canary)
    {
        var at = text.IndexOf(canary, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 60)..Math.Min(text.Length, at + canary.Length + 30)].ReplaceLineEndings(" ");
    }

    [GeneratedRegex(@"(?<=\d)[,.\u00a0\u202f ](?=\d)")]
    private static partial Regex Separators();

    [GeneratedRegex("/session|/sign-out|/profile|/sign-in")]
    private static partial Regex Ending();
}
