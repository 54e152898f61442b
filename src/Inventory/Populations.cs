using System.Globalization;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;
using Tanlu.Storage;

namespace Tanlu.Inventory;

/// <summary>One posting behind a figure, with what its masses are computed from.</summary>
/// <param name="Of">The activity that it counts for, or takes back.</param>
/// <param name="Sign">1 for the activity's own posting, −1 for one that takes it back.</param>
/// <param name="Effective">The quantity as it is multiplied, after stocks or leak rate, in the activity's unit; null where this program cannot make the calculation again.</param>
/// <param name="UpToBefore">Share of the period before the posting's month.</param>
/// <param name="UpTo">Share of the period up to the end of the posting's month.</param>
/// <param name="Line">The calculation's line, with its factor; null as for <paramref name="Effective"/>.</param>
/// <param name="EnergyWh">Wh per unit of effective quantity where this posting carries the energy.</param>
public sealed record PopulationLine(
    Posting Posting, Activity Of, int Sign, double? Effective, double UpToBefore, double UpTo, CalculationLine? Line, double? EnergyWh);

/// <summary>A page of a population; <see cref="Next"/> is the <c>after</c> of the following page, or null.</summary>
public sealed record PopulationPage(IReadOnlyList<PopulationLine> Lines, (ActivityId Id, int Line)? Next);

/// <summary>
/// The population of a figure: every posting behind it with quantity, unit, factor and evidence, for somebody who takes a sample. Reading needs <see cref="Right.ReadFigures"/>
/// and reaches what the caller sees; the first page of a population stands in the audit log.
/// </summary>
public sealed class Populations(Db db, Statements statements, PinnedCalculations calculations, Audit audit)
{
    public const int LinesAtOnce = 500;

    /// <param name="after">The <c>Next</c> of the page before; null begins.</param>
    public async Task<Outcome<PopulationPage>> Page(Caller caller, StatementQuery query, StatementCut cut, (ActivityId Id, int Line)? after, CancellationToken ct)
    {
        var page = await statements.DrillDown(caller, query, cut, after, LinesAtOnce, ct);
        if (!page.Ok)
        {
            return Outcome<PopulationPage>.Refused(page.Problems);
        }

        var postings = page.Value.Postings;
        var behind = after is null
            ? await db.Write(
                tx =>
                {
                    audit.Write(
                        tx, caller, "population.export", $"node/{cut.Site ?? query.Node ?? caller.Node}", ("from", query.From.ToString()), ("to", new Month(query.To.Number - 1).ToString()),
                        ("scope", Text(cut.Scope)), ("account", Text(cut.Account)), ("month", cut.Month?.ToString()), ("source", Text(cut.Source)), ("gas", Text(cut.Gas)));
                    return BookRecords.Behind(tx, caller, postings);
                },
                ct)
            : await db.Read(tx => BookRecords.Behind(tx, caller, postings), ct);
        var made = await calculations.Of(caller.Tenant, [.. postings.Select(p => p.Calculation).Distinct()], ct);

        // A posting whose activity lies elsewhere (a row that takes another part's activity back) is itself at a site of the caller: the target is too.
        return new PopulationPage([.. postings.Select(p => Line(p, behind[(p.Id, p.Line)], made[p.Calculation]))], page.Value.Next);
    }

    private static PopulationLine Line(Posting p, Activity of, PinnedCalculation calculation)
    {
        var sign = of.Id == p.Id && p.Line < of.OwnPostings ? 1 : -1;
        var months = PackageArithmetic.Months(of.Period.Start, of.Period.LastDay);
        var at = months.ToList().FindIndex(m => m.Month == p.Month);
        var part = calculation.Made is not null && calculation.Parts is { } parts && p.Part < parts.Count ? parts[p.Part] : null;
        return new PopulationLine(
            p, of, sign, part is null ? null : calculation.Made!.Effective.Of(of.Quantity), at > 0 ? months[at - 1].UpTo : 0, at < 0 ? 1 : months[at].UpTo, part?.Line,
            part is not null && p.Part == 0 ? calculation.Made!.Energy?.WhPerUnit : null);
    }

    private static string? Text<T>(T? value)
        where T : struct => value is null ? null : Convert.ToString(value, CultureInfo.InvariantCulture);
}
