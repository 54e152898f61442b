using System.Net;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;
using Microsoft.AspNetCore.Components.Endpoints;

namespace Tanlu.Server.Tests.Access;

/// <summary>Every route of the running host against the hand-written table of what each may.</summary>
public sealed partial class RouteTableTests(World world) : IClassFixture<World>
{
    private static readonly string[] Words = ["allowed", "refused", "not_found", "sign_in"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_route_stands_in_the_table_and_nothing_else_does()
    {
        _ = world.Server.Services;
        var served = RouteTable.Of(world.Endpoints).ToList();
        var rows = RouteTable.Read();
        var missing = served.Where(s => !rows.Any(r => (r.Method, r.Route) == (s.Method, s.Route))).Select(s => RouteTable.Suggest(s.Method, s.Endpoint)).Distinct().ToList();
        Assert.True(missing.Count == 0, $"{missing.Count} routes are not in {RouteTable.File}. Think about every cell, then add:\n\n{string.Join('\n', missing)}\n");
        var gone = rows.Where(r => !world.Endpoints.Any(e => RouteTable.Written(e) == r.Route)).ToList();
        Assert.True(gone.Count == 0, $"{RouteTable.File} names routes that nothing serves: {string.Join("; ", gone)}.");
        Assert.All(rows, r => Assert.All(r.Cells, c => Assert.True(Words.Contains(c.Value), $"{RouteTable.File} {r}, column {c.Key}: '{c.Value}' is none of {string.Join(", ", Words)}.")));
    }

    [Fact]
    public async Task Every_form_of_every_page_stands_in_the_table()
    {
        var administrator = await world.Visitor("Administrator");
        var rows = RouteTable.Read();
        var missing = new List<string>();
        foreach (var page in world.Endpoints.Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null))
        {
            var route = RouteTable.Written(page);
            var row = rows.FirstOrDefault(r => r.Method == "GET" && r.Route == route);
            if (row is null)
            {
                continue;
            }

            using var answer = await administrator.Send("GET", await Address(row), "");
            var forms = new HtmlParser().ParseDocument(await answer.Content.ReadAsStringAsync(Stop)).QuerySelectorAll("form[method=post] input[name=_handler]").Select(i => i.GetAttribute("value")!);
            missing.AddRange(
                forms.Select(RouteTable.FormName).Distinct().Where(f => !rows.Any(r => r.Method == "POST" && r.Route == route && r.Form == f)).Select(f => RouteTable.Suggest("POST", page, $"_handler={f}")));
        }

        Assert.True(missing.Count == 0, $"{missing.Count} forms are not in {RouteTable.File}. Think about every cell, then add:\n\n{string.Join('\n', missing)}\n");
    }

    [Fact]
    public async Task Every_visitor_gets_the_answer_that_the_table_says()
    {
        var wrong = new List<string>();
        foreach (var row in RouteTable.Read())
        {
            // Those who are refused come first: whoever is allowed may use the thing up.
            foreach (var who in RouteTable.Visitors.OrderBy(v => row.Cells[v] == "allowed"))
            {
                // A session that the request ends is not the one that the next row needs.
                var ends = row.Method != "GET" && Ending().IsMatch(row.Route);
                var visitor = await world.Visitor(who, fresh: ends);
                using var answer = await visitor.Send(row.Method, await Address(row), await world.Filled(row.Body, world.Ours));
                var got = Answer(answer, row);
                if (got != row.Cells[who])
                {
                    wrong.Add($"{row}: {who} is {row.Cells[who]}, but got {got} ({(int)answer.StatusCode})");
                }

                if (ends)
                {
                    visitor.Dispose();
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers differ from {RouteTable.File}:\n{string.Join('\n', wrong)}\n");
    }

    /// <summary>Whatever the map and the pages' own head offer a reader, they may open.</summary>
    [Theory]
    [InlineData("Administrator")]
    [InlineData("CarbonManager")]
    [InlineData("DataSteward")]
    [InlineData("Verifier")]
    [InlineData("Viewer")]
    [InlineData("Operator")]
    [InlineData("Approver")]
    [InlineData("own_subtree")]
    public async Task The_map_leads_nowhere_that_refuses(string who)
    {
        var visitor = await world.Visitor(who);
        using var home = await visitor.Send("GET", "/", "");
        var places = new HtmlParser().ParseDocument(await home.Content.ReadAsStringAsync(Stop)).QuerySelectorAll(".side nav a").Select(a => a.GetAttribute("href")!).ToList();
        Assert.True(places.Count >= 6);
        Assert.Equal(who is "Administrator" or "own_subtree", places.Contains("/admin/people"));
        foreach (var place in places)
        {
            using var answer = await visitor.Send("GET", place, "");
            Assert.True(answer.IsSuccessStatusCode, $"{who} is offered {place}, which answers {(int)answer.StatusCode}.");
        }
    }

    private Task<string> Address(RouteRow row) => world.Filled(row.Address.Length > 0 ? row.Address : row.Route, world.Ours);

    /// <summary>What an answer says of access. A form that the page does not offer to the reader is refused with 400.</summary>
    private static string Answer(HttpResponseMessage answer, RouteRow row) => answer.StatusCode switch
    {
        HttpStatusCode.Unauthorized when (row.Method, row.Route) != ("POST", "/api/v1/session") => "sign_in",
        HttpStatusCode.Redirect when answer.Headers.Location?.ToString().Contains("/sign-in?return=", StringComparison.Ordinal) == true => "sign_in",
        HttpStatusCode.Forbidden => "refused",
        HttpStatusCode.BadRequest when row.Form.Length > 0 => "refused",
        HttpStatusCode.NotFound or HttpStatusCode.Gone => "not_found",
        >= HttpStatusCode.InternalServerError => "broken",
        _ => "allowed",
    };

    [GeneratedRegex("/session|/sign-out|/profile")]
    private static partial Regex Ending();
}
