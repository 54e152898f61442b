using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary><c>tanlu activities</c>: the codes an activity file may use, with names, accepted units and default method.</summary>
internal static class ActivitiesCommand
{
    public static Command Make(Terminal terminal)
    {
        var text = new Argument<string?>("text") { Description = terminal.T("cli.activities.text"), Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = terminal.T("cli.json") };
        var command = new Command("activities", terminal.T("cli.activities")) { text, json };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetValue(text);
            var types = ActivityTypes.All.Where(t => wanted is null || Matches(t, wanted)).ToList();
            if (parsed.GetValue(json))
            {
                WriteJson(terminal, types);
            }
            else
            {
                foreach (var type in types)
                {
                    terminal.Out.WriteLine($"{type.Code,-40} {ScopeOf(type),-5} {type.Method.ToString().ToLowerInvariant(),-12} {type.Zh} | {type.En} | {string.Join(", ", type.Units.Select(u => u.Code))}");
                }
            }

            return Terminal.Done;
        });
        return command;
    }

    private static bool Matches(ActivityType type, string text) =>
        new[] { type.Code, type.En, type.Zh }.Concat(type.Aliases).Any(t => t.Contains(text, StringComparison.OrdinalIgnoreCase));

    private static string ScopeOf(ActivityType type) =>
        type.Scope == 3 ? $"3.{type.Category3.ToString(CultureInfo.InvariantCulture)}" : type.Scope.ToString(CultureInfo.InvariantCulture);

    private static void WriteJson(Terminal terminal, IReadOnlyList<ActivityType> types)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = true }))
        {
            json.WriteStartArray();
            foreach (var type in types)
            {
                json.WriteStartObject();
                json.WriteString("code", type.Code);
                json.WriteString("name_en", type.En);
                json.WriteString("name_zh", type.Zh);
                json.WriteNumber("scope", type.Scope);
                if (type.Category3 > 0)
                {
                    json.WriteNumber("scope3_category", type.Category3);
                }

                json.WriteString("method", type.Method.ToString().ToLowerInvariant());
                json.WriteStartArray("units");
                foreach (var unit in type.Units)
                {
                    json.WriteStringValue(unit.Code);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        terminal.Out.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
