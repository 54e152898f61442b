using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Server.Hosting;

namespace Tanlu.Server.Web.Measuring;

/// <summary>The routes of the measuring pages that answer with a file: statements, explanations, editions.</summary>
internal static class FigureFiles
{
    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void MapFigureFiles(this WebApplication app)
    {
        app.MapGet("/statement/file", (Ui ui, Statements statements, string? by, string? format) => StatementFile.Answer(ui, statements, by, format)).WithName("statement-file").Exports("statement").WithMetadata(new HeavyRoute()).ExcludeFromDescription();
        app.MapGet("/explain/file", Figure).WithName("explain-file").Exports("explanation").WithMetadata(new HeavyRoute()).ExcludeFromDescription();
        app.MapGet("/explain/population", (Ui ui, Statements statements, Populations populations) => PopulationFile.Answer(ui, statements, populations)).WithName("explain-population").WithMetadata(new HeavyRoute()).ExcludeFromDescription();
        app.MapGet("/explain/{id}/file", ActivityTree).WithName("explain-activity-file").Exports("explanation").ExcludeFromDescription();
        app.MapGet("/editions/{number:long}/file", Edition).WithName("edition-file").Exports("edition").ExcludeFromDescription();
        app.MapGet("/editions/{number:long}/package", Package).WithName("edition-package-file").WithMetadata(new HeavyRoute()).ExcludeFromDescription();
    }

    private static async Task<IResult> Figure(Ui ui, Statements statements)
    {
        var built = await statements.Build(ui.Caller, ui.Scope.Statement(), ui.Gone);
        if (!built.Ok)
        {
            return Refusal(built.Problems);
        }

        var cut = FigureCut.Parse(ui.Query);
        var parts = await CutParts.Of(ui, built.Value, cut, statements);
        var names = new FigureNames(ui, built.Value.Header);
        return Json("explanation.json", new JsonObject
        {
            ["figure"] = string.Join(" · ", names.Steps(cut).Select(s => s.Words)),
            ["value"] = parts.Figure.Plain,
            ["unit"] = parts.Figure.Unit,
            ["entity"] = built.Value.Header.EntityName(ui.Language),
            ["from"] = ui.Scope.From.ToString(),
            ["to"] = ui.Scope.To.ToString(),
            ["gwp"] = Gwp.Code(ui.Scope.Gwp),
            ["route"] = ui.Scope.RouteCode,
            ["book"] = Convert.ToHexStringLower(built.Value.Header.Book.Chain),
            ["parts"] = new JsonArray([.. parts.Parts.Select(p => (JsonNode?)Part(p))]),
            ["rest"] = parts.Rest.Plain,
            ["gases"] = new JsonArray([.. parts.Gases.Select(p => (JsonNode?)Part(p))]),
            ["factors"] = new JsonArray([.. parts.Factors.Select(f => (JsonNode?)new JsonObject { ["factor"] = f.Factor, ["source"] = f.Source, ["value"] = f.Amount.Plain })]),
            ["caveats"] = new JsonArray([.. built.Value.Statement.Caveats.Select(c => (JsonNode?)c.Text(ui.Language))]),
        });
    }

    private static async Task<IResult> ActivityTree(Ui ui, Journal journal, string id)
    {
        if (ActivityNames.TryParse(id) is not { } activity)
        {
            return TypedResults.NotFound();
        }

        var explained = await journal.Explain(ui.Caller, activity, ui.Scope.Gwp, ScopeQuery.RouteOf(ui.Scope.Route), ui.Gone);
        return explained.Ok ? Json($"explanation-{id}.json", Node(explained.Value.Tree, ui.Language)) : Refusal(explained.Problems);
    }

    private static async Task<IResult> Edition(Ui ui, Editions editions, long number)
    {
        var edition = await editions.Get(ui.Caller, number, ui.Gone);
        return edition.Ok
            ? TypedResults.File(System.Text.Encoding.UTF8.GetBytes(edition.Value.Content), "application/json", $"edition-{edition.Value.Head.Number}.json")
            : Refusal(edition.Problems);
    }

    /// <param name="evidence">0 leaves the evidence files out.</param>
    private static async Task<IResult> Package(Ui ui, Packages packages, long number, string? evidence)
    {
        var made = await packages.Export(ui.Caller, number, evidence != "0", ui.Gone);
        return made.Ok ? TypedResults.Stream(made.Value.Content, "application/zip", made.Value.Name) : Refusal(made.Problems);
    }

    private static JsonObject Part(CutPart part) => new() { ["name"] = part.Words, ["note"] = part.Note, ["value"] = part.Amount.Plain, ["activity"] = part.Activity?.Id.ToString() };

    private static JsonObject Node(Explanation node, Language language) => new()
    {
        ["label"] = node.Label(language),
        ["key"] = node.Key,
        ["value"] = node.Value,
        ["unit"] = node.Unit,
        ["formula"] = node.Formula,
        ["clause"] = node.Clause,
        ["source"] = node.Source is { } source ? new JsonObject { ["kind"] = source.Kind, ["reference"] = source.Reference, ["text"] = source.Text } : null,
        ["notes"] = new JsonArray([.. node.Notes.Select(n => (JsonNode?)n.Text(language))]),
        ["children"] = new JsonArray([.. node.Children.Select(c => (JsonNode?)Node(c, language))]),
    };

    private static IResult Json(string name, JsonObject content) =>
        TypedResults.File(JsonSerializer.SerializeToUtf8Bytes(content, Written), "application/json", name);

    public static IResult Refusal(IReadOnlyList<Problem> problems) => TypedResults.StatusCode(problems[0].Code switch
    {
        "not_found" => StatusCodes.Status404NotFound,
        "not_permitted" => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status422UnprocessableEntity,
    });
}
