using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Tables;
using Route = Tanlu.Factors.Methods.Route;

namespace Tanlu.Server.Flows;

/// <summary>What an activity would become.</summary>
public sealed record TrialResult(Calculation Calculation, Explanation Tree);

/// <summary>Calculates a form's values without writing them, through the same reader as files and the journal.</summary>
internal sealed class ActivityTrial(FactorPacks packs)
{
    public async Task<Outcome<TrialResult>> Run(Caller caller, NewActivity values, GwpSet gwp, Route route, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return new Problem("not_permitted");
        }

        var library = await packs.LibraryFor(caller.Tenant, ct);
        using var content = new MemoryStream(Row(values), writable: false);
        return ActivityFile.Open(content, "form").Then<TrialResult>(file =>
        {
            using (file)
            {
                TrialResult? result = null;
                var reader = file.Read(library, siteExists: null, _ => (in record) =>
                {
                    var calculation = record.Plan.Calculation;
                    result = new TrialResult(calculation, ActivityTree.Of(calculation, record.Quantity, new ExplanationSource("input", "quantity"), gwp, route));
                    return true;
                }, readAhead: false, ct);
                return result is null ? Outcome<TrialResult>.Refused(reader.Problems) : result;
            }
        });
    }

    private static byte[] Row(NewActivity values)
    {
        using var stream = new MemoryStream();
        using (var table = new CsvTableWriter(stream))
        {
            table.Row([.. ActivityFields.All]);
            table.Row([.. Enum.GetValues<ActivityField>().Select(f => values[f])]);
        }

        return stream.ToArray();
    }
}
