using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>One source in one open month: what the book says, and what it would say if its activities were calculated with the other factors.</summary>
/// <param name="FactorBefore">The main factor now.</param>
/// <param name="FactorAfter">The main factor then; null where the activity could not be calculated any more.</param>
/// <param name="PostedKg">kg CO2e in the scopes, as posted.</param>
/// <param name="AfterKg">kg CO2e in the scopes, calculated again.</param>
public sealed record EffectRow(long Site, long Source, string Activity, Month Month, string FactorBefore, string? FactorAfter, double PostedKg, double AfterKg, long Activities)
{
    public double ChangeKg => AfterKg - PostedKg;

    public double? Percent => PostedKg == 0 ? null : ChangeKg / PostedKg * 100;
}

/// <summary>Activities that could not be calculated with the other factors, with the reason.</summary>
public sealed record EffectRefusal(string Activity, string FactorBefore, long Activities, Problem Problem);

/// <summary>What an edition would move in the months that no edition of a statement has frozen.</summary>
/// <param name="Rows">Largest change first.</param>
/// <param name="Frozen">Months of sources that would move but are frozen: they stay.</param>
/// <param name="Unknown">Activities whose pinned calculation this program cannot make again.</param>
public sealed record LibraryEffect(
    GwpSet Gwp, Route Route, IReadOnlyList<EffectRow> Rows, int Frozen, long Unknown, IReadOnlyList<EffectRefusal> Refused, IReadOnlyDictionary<long, EditionName> Sites,
    IReadOnlyDictionary<long, EditionName> Sources)
{
    public double PostedKg => Rows.Sum(r => r.PostedKg);

    public double AfterKg => Rows.Sum(r => r.AfterKg);

    public double ChangeKg => AfterKg - PostedKg;

    public long Activities => Rows.Select(r => (r.Site, r.Source, r.Activity, r.FactorBefore)).Distinct().Count();
}

/// <summary>Compares calculations of two libraries, each distinct request once. Pure.</summary>
internal sealed class EffectRates(FactorLibrary before, FactorLibrary after, GwpSet gwp, Route route)
{
    private readonly Dictionary<CalculationRequest, Outcome<Rate>> _before = [];
    private readonly Dictionary<CalculationRequest, Outcome<Rate>> _after = [];

    /// <param name="Factors">Ids and pack hashes of all lines: equal exactly where nothing changes.</param>
    internal sealed record Rate(double KgPerUnit, string Main, string Factors);

    /// <summary>The result after the change; null where the two libraries give the same.</summary>
    public Outcome<Rate>? Changed(CalculationRequest pinned, DateInterval period)
    {
        var request = pinned with { On = period.Middle };
        var (now, then) = (Of(_before, before, request), Of(_after, after, request));
        var alike = now.Ok ? then.Ok && now.Value.Factors == then.Value.Factors : !then.Ok;
        return alike ? default(Outcome<Rate>?) : then;
    }

    /// <summary>kg CO2e per unit in the scopes of the lines that count under the route.</summary>
    public double KgPerUnit(IEnumerable<CalculationLine> lines) => lines.Where(l => route == Route.Both || l.Route == Route.Both || l.Route == route)
        .Sum(l => l.Co2eKgPerUnit + l.Gases.Where(g => g.Gas.Regime == GasRegime.Kyoto).Sum(g => g.KgPerUnit * Kernel.Gwp.Scaled(gwp, g.Gas.Id) / Kernel.Gwp.Scale));

    private Outcome<Rate> Of(Dictionary<CalculationRequest, Outcome<Rate>> known, FactorLibrary library, CalculationRequest request)
    {
        var shared = request with { On = library.EraOf(request.On) };
        if (!known.TryGetValue(shared, out var rate))
        {
            var made = Calculator.Prepare(library, shared);
            known.Add(shared, rate = made.Ok
                ? new Rate(
                    KgPerUnit(made.Value.Lines), made.Value.FactorIds.FirstOrDefault(""), string.Join('|', made.Value.Lines.Select(l => l.Factor is { } f ? $"{l.Role} {f.Id} {f.Pack.Hash}" : "")))
                : Outcome<Rate>.Refused(made.Problems));
        }

        return rate;
    }
}
