using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Web.Activities;

/// <summary>An activity as a form or the address of its preview holds it.</summary>
internal static class ActivityPosted
{
    public static NewActivity Form(Ui ui) => Of(ui.Posted);

    public static NewActivity Address(Ui ui) => Of(name => ui.Query[name].ToString().Trim());

    /// <summary>Keeps the document that came with the form and names it in the activity.</summary>
    public static async Task<Outcome<NewActivity>> WithDocument(Ui ui, NewActivity values, OrganisationTree tree, EvidenceFiles evidence)
    {
        if (ui.PostedFile("document") is not { Length: > 0 } file)
        {
            return values;
        }

        var site = await tree.FindByCode(ui.Caller, values[ActivityField.Site], ui.Gone);
        if (!site.Ok)
        {
            return new Problem("site_unknown", Column: "site", Found: values[ActivityField.Site]);
        }

        await using var content = file.OpenReadStream();
        var kept = await evidence.Add(ui.Caller, content, file.FileName, site.Value.Id, ui.Gone);
        return kept.Ok
            ? new NewActivity(new Dictionary<ActivityField, string>(values.Values) { [ActivityField.Evidence] = kept.Value.Hash.ToString() })
            : Outcome<NewActivity>.Refused([.. kept.Problems.Select(p => p with { Column = "document" })]);
    }

    private static NewActivity Of(Func<string, string> text)
    {
        var values = new Dictionary<ActivityField, string>();
        foreach (var field in Enum.GetValues<ActivityField>())
        {
            if (field != ActivityField.Corrects && text(ActivityFields.Name(field)) is { Length: > 0 } value)
            {
                values[field] = value;
            }
        }

        return new NewActivity(values);
    }
}
