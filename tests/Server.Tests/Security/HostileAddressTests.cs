using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tanlu.Server.Tests.Access;

namespace Tanlu.Server.Tests.Security;

/// <summary>Whatever stands in an address or a body: an answer in words, never a failure of ours, never a word of what lies behind.</summary>
public sealed partial class HostileAddressTests(OpenPort port) : IClassFixture<OpenPort>
{
    private const int Seed = 20_250_309;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_parameter_of_the_interface_takes_anything_and_breaks_nothing()
    {
        var random = new Random(Seed);
        var wrong = new List<string>();
        using var document = await Document();
        foreach (var (path, method, operation) in Operations(document).Where(o => o.Method is "GET"))
        {
            var parameters = operation.TryGetProperty("parameters", out var given) ? given.EnumerateArray().Select(p => (Name: p.GetProperty("name").GetString()!, In: p.GetProperty("in").GetString()!)).ToList() : [];
            var query = parameters.Where(p => p.In == "query").ToList();
            var known = await Known(method, path);

            // Each parameter alone with each value, the others as they should be; then several at once by chance.
            foreach (var hole in parameters.Where(p => p.In == "path"))
            {
                foreach (var value in Hostile.Wire.Where(v => v.Length > 0))
                {
                    await Try(path.Replace("{" + hole.Name + "}", value, StringComparison.Ordinal));
                }
            }

            foreach (var (name, _) in query)
            {
                foreach (var value in Hostile.Wire)
                {
                    await Try($"{known}?{name}={value}");
                }
            }

            for (var round = 0; query.Count > 1 && round < 25; round++)
            {
                await Try($"{known}?{string.Join('&', query.Where(_ => random.Next(2) == 0).Select(p => $"{p.Name}={Hostile.Any(random)}"))}");
            }

            async Task Try(string written)
            {
                written = Holes().Replace(written, _ => Hostile.Any(random) is { Length: > 0 } value ? value : "1");
                var (status, text, answer) = await port.Send(HttpMethod.Get, written, null, ("Accept-Language", "zh-CN"));
                using (answer)
                {
                    Judge(wrong, $"GET {written}", status, text, answer);
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers:\n{string.Join('\n', wrong.Take(60))}");
    }

    [Fact]
    public async Task Every_page_takes_anything_in_its_address_and_breaks_nothing()
    {
        var random = new Random(Seed);
        var wrong = new List<string>();
        foreach (var row in RouteTable.Read().Where(r => r.Method == "GET" && !r.Route.StartsWith("/api", StringComparison.Ordinal) && r.Route is not ("/sign-out" or "/openapi/{documentName}.json" or "/_framework/opaque-redirect" or "/metrics")).DistinctBy(r => r.Route))
        {
            var known = (await port.Address(row)).Split('?')[0];
            foreach (var hole in Holes().Matches(row.Route).Select(m => m.Value))
            {
                foreach (var value in Hostile.Wire.Where(v => v.Length > 0))
                {
                    await Try(row.Route.Replace(hole, value, StringComparison.Ordinal));
                }
            }

            foreach (var name in PageParameters.Names)
            {
                // Some values for each name: the whole product would take minutes, and every value meets most names on some page.
                for (var some = 0; some < 3; some++)
                {
                    await Try($"{known}?{name}={Hostile.Any(random)}");
                }
            }

            for (var round = 0; round < 15; round++)
            {
                await Try($"{known}?{string.Join('&', PageParameters.Names.Where(_ => random.Next(4) == 0).Select(n => $"{n}={Hostile.Any(random)}"))}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers:\n{string.Join('\n', wrong.Take(60))}");

        async Task Try(string written)
        {
            written = Holes().Replace(written, "1");
            var fragment = random.Next(3) == 0;
            var (status, text, answer) = await port.Send(HttpMethod.Get, written, null, fragment ? [("Accept-Language", "zh-CN"), ("HX-Request", "true")] : [("Accept-Language", "zh-CN")]);
            using (answer)
            {
                Judge(wrong, $"GET {written}{(fragment ? " (fragment)" : "")}", status, text, answer);
            }
        }
    }

    [Fact]
    public async Task Bodies_of_any_shape_break_nothing()
    {
        var random = new Random(Seed);
        var wrong = new List<string>();
        using var document = await Document();
        foreach (var row in RouteTable.Read().Where(r => r.Method is "POST" or "PUT" or "PATCH" && r.Route.StartsWith("/api", StringComparison.Ordinal) && r.Route != "/api/v1/session").DistinctBy(r => (r.Method, r.Route)))
        {
            var template = Typed().Replace(row.Route, "{$1}");
            var operation = document.RootElement.GetProperty("paths").GetProperty(template).GetProperty(row.Method.ToLowerInvariant());
            var fields = Fields(document, operation);
            for (var round = 0; round < 25; round++)
            {
                var address = await port.Address(row);
                var body = round switch { 0 => "", 1 => "[]", 2 => "null", 3 => "{", 4 => "\"\\ud800\"", 5 => new string('[', 5000), _ => Body(random, fields) };
                using var content = new StringContent(body, Encoding.UTF8, round == 6 ? "text/plain" : "application/json");
                var (status, text, answer) = await port.Send(new HttpMethod(row.Method), address, content, ("Accept-Language", "zh-CN"), ("Idempotency-Key", Hostile.Text(random) is var key && key.All(c => c is > ' ' and < '\u007f') ? key : "k"));
                using (answer)
                {
                    Judge(wrong, $"{row.Method} {address} {body[..Math.Min(body.Length, 300)]}", status, text, answer);
                }

                if (status == HttpStatusCode.Unauthorized)
                {
                    await port.SignIn();
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers:\n{string.Join('\n', wrong.Take(60))}");
    }

    [Fact]
    public async Task Forms_of_pages_filled_with_anything_break_nothing()
    {
        var random = new Random(Seed);
        var wrong = new List<string>();
        foreach (var row in RouteTable.Read().Where(r => r.Method == "POST" && r.Form.Length > 0 && r.Form is not ("sign-in" or "passkey" or "join")))
        {
            for (var round = 0; round < 8; round++)
            {
                var address = await port.Address(row);
                var fields = (await port.Filled(row.Body)).Split('&').Select(f => f.Split('=', 2)).Select(f => KeyValuePair.Create(f[0], f[0] == "_handler" ? f[1] : Hostile.Text(random)))
                    .Concat(PageParameters.Fields.Where(_ => random.Next(2) == 0).Select(n => KeyValuePair.Create(n, Hostile.Text(random)))).DistinctBy(f => f.Key)
                    .Append(KeyValuePair.Create("__RequestVerificationToken", port.FormToken)).ToList();
                using var content = new FormUrlEncodedContent(fields);
                var (status, text, answer) = await port.Send(HttpMethod.Post, address, content, ("Accept-Language", "zh-CN"));
                using (answer)
                {
                    Judge(wrong, $"POST {address} {string.Join(" | ", fields.Select(f => $"{f.Key}={f.Value[..Math.Min(f.Value.Length, 60)]}"))}", status, text, answer);
                }

                if (status == HttpStatusCode.Redirect && answer.Headers.Location?.ToString().Contains("/sign-in", StringComparison.Ordinal) == true)
                {
                    await port.SignIn();
                }
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} answers:\n{string.Join('\n', wrong.Take(40))}");
    }

    [Theory]
    [InlineData("GET /..%2f..%2f..%2fetc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /../../../../etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /css/..%5c..%5cappsettings.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /css/%2e%2e/%2e%2e/appsettings.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /css/tanlu.css%00.html HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /appsettings.json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /keys/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /sign-in HTTP/1.1\r\nHost: a\r\nCookie: lang=%0d%0aSet-Cookie:x; tanlu.session=%00%ff; tanlu.browser=\u0001\r\nConnection: close\r\n\r\n")]
    [InlineData("GET /sign-in HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n")]
    [InlineData("TRACE /sign-in HTTP/1.1\r\nHost: a\r\nCookie: a=secret\r\nConnection: close\r\n\r\n")]
    [InlineData("POST /sign-in HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n")]
    public async Task Requests_that_no_client_writes_are_refused_or_harmless(string request)
    {
        var answer = await port.Raw(request);
        Assert.DoesNotMatch("^HTTP/1.1 5", answer);
        Assert.DoesNotContain("root:x:0", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("ConnectionStrings", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("a=secret", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\nSet-Cookie:x", answer, StringComparison.Ordinal);
        Assert.Null(OpenPort.Leak(answer));
    }

    private static void Judge(List<string> wrong, string what, HttpStatusCode status, string text, HttpResponseMessage answer)
    {
        if ((int)status >= 500 || OpenPort.Leak(text) is not null)
        {
            wrong.Add($"{(int)status} {OpenPort.Leak(text)} {what}");
        }
        else if (text.Length == 0 && (status == HttpStatusCode.RequestUriTooLong || (status == HttpStatusCode.BadRequest && what.Split('?')[0].Contains("%00", StringComparison.Ordinal))))
        {
            // The server itself refuses these before any of our code runs.
        }
        else if ((int)status >= 400 && !Said(answer.Content.Headers.ContentType?.MediaType, text).Any(c => c is >= '\u4e00' and <= '\u9fff'))
        {
            wrong.Add($"{(int)status} is not said in Chinese ({text[..Math.Min(text.Length, 80)]}): {what}");
        }
    }

    /// <summary>What of an answer a person reads.</summary>
    private static string Said(string? type, string text)
    {
        if (type != "application/problem+json")
        {
            return text;
        }

        using var problem = JsonDocument.Parse(text);
        return problem.RootElement.GetProperty("detail").GetString()!;
    }

    /// <summary>The address of an operation with ids that are there.</summary>
    private async Task<string> Known(string method, string path) =>
        RouteTable.Read().FirstOrDefault(r => r.Method == method && Typed().Replace(r.Route, "{$1}") == path) is { } row ? (await port.Address(row)).Split('?')[0] : path;

    private async Task<JsonDocument> Document()
    {
        var (_, text, answer) = await port.Send(HttpMethod.Get, "/openapi/v1.json");
        answer.Dispose();
        return JsonDocument.Parse(text);
    }

    private static IEnumerable<(string Path, string Method, JsonElement Operation)> Operations(JsonDocument document) =>
        from path in document.RootElement.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (path.Name, operation.Name.ToUpperInvariant(), operation.Value);

    private static IReadOnlyList<string> Fields(JsonDocument document, JsonElement operation)
    {
        if (!operation.TryGetProperty("requestBody", out var body) || !body.GetProperty("content").TryGetProperty("application/json", out var json))
        {
            return ["reason"];
        }

        var schema = json.GetProperty("schema");
        if (schema.TryGetProperty("$ref", out var reference))
        {
            schema = document.RootElement.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]);
        }

        return schema.TryGetProperty("properties", out var properties) ? [.. properties.EnumerateObject().Select(p => p.Name)] : ["reason"];
    }

    private static string Body(Random random, IReadOnlyList<string> fields) => "{" + string.Join(',', fields.Where(_ => random.Next(5) > 0).Select(f => $"{JsonSerializer.Serialize(f)}:{Value(random, 0)}")) + "}";

    private static string Value(Random random, int depth) => random.Next(depth > 2 ? 7 : 9) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => new[] { "-1", "0", "1e400", "99999999999999999999", "9223372036854775807", "1.5", "-0", "1e-400", "79228162514264337593543950335" }[random.Next(9)],
        3 => new[] { "\"9999-12-31\"", "\"0001-01-01\"", "\"2024-02-30\"", "\"2024-01\"", "\"9999-12\"", "\"AR6\"", "\"site\"", "\"fuel.diesel\"", "\"kWh\"" }[random.Next(9)],
        7 => "[" + string.Join(',', Enumerable.Range(0, random.Next(3)).Select(_ => Value(random, depth + 1))) + "]",
        8 => $"{{\"site\":{Value(random, depth + 1)},\"activity\":{Value(random, depth + 1)},\"what\":{Value(random, depth + 1)}}}",
        _ => JsonSerializer.Serialize(Hostile.Text(random)),
    };

    [GeneratedRegex(@"\{([^}:]+)(:[^}]*)?\}")]
    private static partial Regex Typed();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Holes();
}
