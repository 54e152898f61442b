using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Cli;

/// <summary><c>tanlu statement</c>: the inventory of the book for a boundary and a period.</summary>
internal static class StatementCommand
{
    public static Command Make(Terminal terminal)
    {
        var options = new BookOptions(terminal);
        var node = new Option<string?>("--node") { Description = terminal.T("cli.statement.node") };
        var from = new Option<string>("--from") { Description = terminal.T("cli.statement.from"), Required = true };
        var to = new Option<string>("--to") { Description = terminal.T("cli.statement.to"), Required = true };
        foreach (var month in (ReadOnlySpan<Option<string>>)[from, to])
        {
            month.Validators.Add(result =>
            {
                if (result.Tokens is [var token] && MonthOf(token.Value, last: false) is null)
                {
                    result.AddError(terminal.T("cli.statement.month", token.Value));
                }
            });
        }

        var gwp = new Option<string>("--gwp") { Description = terminal.T("cli.calc.gwp"), DefaultValueFactory = _ => "AR6" };
        gwp.AcceptOnlyFromAmong("SAR", "AR4", "AR5", "AR6");
        var route = new Option<string>("--route") { Description = terminal.T("cli.statement.route"), DefaultValueFactory = _ => "ghgp" };
        route.AcceptOnlyFromAmong("ghgp", "guideline", "ghg", "cn");
        var json = new Option<bool>("--json") { Description = terminal.T("cli.json") };
        var command = new Command("statement", terminal.T("cli.statement")) { node, from, to, gwp, route, json };
        options.AddTo(command);
        command.SetAction((parsed, ct) =>
        {
            var (first, last) = (MonthOf(parsed.GetRequiredValue(from), last: false)!.Value, MonthOf(parsed.GetRequiredValue(to), last: true)!.Value);
            var query = new StatementQuery(null, first, new Month(last.Number + 1), Gwp.Parse(parsed.GetValue(gwp))!.Value, RouteCodes.Parse(parsed.GetValue(route))!.Value);
            return options.With(terminal, parsed, (book, caller) => Run(terminal, book, caller, query, parsed.GetValue(node), parsed.GetValue(json), ct), ct);
        });
        return command;
    }

    private static async Task<int> Run(Terminal terminal, LocalBook book, Caller caller, StatementQuery query, string? code, bool json, CancellationToken ct)
    {
        if (code is not null)
        {
            var node = await book.Tree.FindByCode(caller, code, ct);
            if (!node.Ok)
            {
                return terminal.Refuse(node.Problems);
            }

            query = query with { Node = node.Value.Id };
        }

        var built = await book.Statements.Build(caller, query, ct);
        if (!built.Ok)
        {
            return terminal.Refuse(built.Problems);
        }

        if (json)
        {
            WriteJson(terminal, built.Value);
            return Terminal.Done;
        }

        terminal.Out.WriteLine(terminal.T(
            "cli.statement.head", built.Value.Header.EntityName(terminal.Language), query.From.ToString(), new Month(query.To.Number - 1).ToString(), terminal.T("route." + RouteCodes.Code(query.Route))));
        StatementText.Write(terminal, built.Value.Statement);
        var packs = await book.Statements.Packs(caller, built.Value.Statement, ct);
        foreach (var use in packs.Ok ? packs.Value : [])
        {
            terminal.Out.WriteLine(terminal.T(
                use.Pack.ShareAlike ? "cli.statement.pack.share_alike" : "cli.statement.pack", use.Line(terminal.Language), (use.Share * 100).ToString("0.#", System.Globalization.CultureInfo.InvariantCulture)));
        }

        return Terminal.Done;
    }

    /// <summary><c>2024-03</c>, or <c>2024</c> for its first or last month.</summary>
    private static Month? MonthOf(string text, bool last)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
        {
            return Month.Of(day);
        }

        return text.Length == 4 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var year) && year > 0 ? Month.Of(year, last ? 12 : 1) : null;
    }

    private static void WriteJson(Terminal terminal, BoundaryStatement built)
    {
        var (header, statement) = (built.Header, built.Statement);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("entity", header.EntityName(terminal.Language));
            json.WriteString("from", header.Query.From.ToString());
            json.WriteString("to", new Month(header.Query.To.Number - 1).ToString());
            json.WriteString("gwp", Gwp.Code(statement.Gwp));
            json.WriteString("route", RouteCodes.Code(statement.Route));
            json.WriteNumber("book_seq", header.Book.Seq);
            json.WriteStartObject("totals");
            json.WriteNumber("scope1_kg", statement.Scope1.Kilograms);
            json.WriteNumber("scope2_location_kg", statement.Scope2Location.Kilograms);
            json.WriteNull("scope2_market_kg");
            json.WriteNumber("scope3_kg", statement.Scope3.Kilograms);
            json.WriteNumber("biogenic_co2_kg", (double)statement.BiogenicCo2Mg / 1e6);
            json.WriteNumber("apart_kg", statement.Apart.Kilograms);
            json.WriteNumber("energy_mwh", statement.EnergyMWh);
            json.WriteEndObject();
            Cut("accounts", statement.By(e => (long)e.Key.Account.Number), n => n.ToString(CultureInfo.InvariantCulture));
            Cut("sites", statement.By(e => e.Site), n => header.NodeOf(n)?.Code ?? "");
            Cut("months", statement.By(e => (long)e.Month.Number), n => new Month((int)n).ToString());
            json.WriteStartArray("caveats");
            foreach (var caveat in statement.Caveats)
            {
                json.WriteStartObject();
                json.WriteString("code", caveat.Code);
                if (caveat.Share is { } share)
                {
                    json.WriteNumber("share", share);
                }

                json.WriteString("message", caveat.Text(terminal.Language));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();

            void Cut(string name, IReadOnlyDictionary<long, Co2eSum> parts, Func<long, string> key)
            {
                json.WriteStartObject(name);
                foreach (var (part, sum) in parts.OrderBy(p => p.Key))
                {
                    json.WriteNumber(key(part), sum.Kilograms);
                }

                json.WriteEndObject();
            }
        }

        terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
