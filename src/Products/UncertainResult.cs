using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>What of a result was drawn.</summary>
public enum UncertainScope
{
    /// <summary>Every uncertain exchange and parameter that the demand reaches, in one's own processes and behind them.</summary>
    Whole,

    /// <summary>One's own processes only: what they buy from the background is taken as certain, so the intervals are too narrow by what is uncertain there.</summary>
    Own,
}

/// <summary>One indicator of a sampled result.</summary>
/// <param name="Summary">Static value, mean, median, standard deviation, quantiles and histogram, in the indicator's unit.</param>
public sealed record UncertainFigure(IndicatorDataset Indicator, SampleSummary Summary);

/// <summary>A result with its uncertainty.</summary>
/// <param name="Result">Without uncertainty, as it is calculated otherwise.</param>
/// <param name="Sampled">What was sampled; its system is the whole one even where <paramref name="Result"/> stands on a prepared background.</param>
/// <param name="Sources">Uncertain exchanges and parameters in the processes that the demand reaches.</param>
/// <param name="Pedigree">Set of factors by which scores became distributions; null where they did not.</param>
public sealed record UncertainResult(CalculatedResult Result, ImpactResult Sampled, SampledImpacts Samples, UncertainScope Scope, int Sources, string? Pedigree)
{
    public IReadOnlyList<UncertainFigure> Figures { get; } = [.. Sampled.Indicators.Select((indicator, k) => new UncertainFigure(indicator, Samples.Summary(0, k)))];

    /// <summary>Samples that have no result and count in no figure.</summary>
    public int NotConverged => Samples.Refused.Count;

    /// <summary>The sources with the largest shares in the variance of an indicator, to first order.</summary>
    public Outcome<IReadOnlyList<SourceVariance>> Largest(int indicator, int most = 10) => SystemVariance.Of(Sampled, indicator, most, Pedigree);
}

/// <summary>
/// Monte Carlo of a calculated result. One's own processes on a prepared background are linked anew with the background's packages, so that its exchanges are drawn from the same streams; only where
/// that whole system gives another static value (something of the background would take from one's own processes) the own part alone is sampled, and the result says so.
/// </summary>
internal static class ResultSampling
{
    // Of the static values of both ways; far above what rounding leaves, far below what another provider changes.
    private const double Same = 1e-9;

    public static Outcome<UncertainResult> Of(CalculatedResult result, FlowMappingSet? mapping, SamplingRules rules, string? pedigree, CancellationToken ct)
    {
        var whole = result.Foreground is null ? result.Impacts : Joined(result, mapping);
        var sampled = whole ?? result.Impacts;
        return SystemUncertainty.Of(sampled.System, pedigree).Then(uncertainty =>
        {
            var reached = Reached(sampled);
            var sources = uncertainty.Sources.Count(s => reached.Contains(s.Key[..s.Key.LastIndexOf('|')]) && s.Distribution.Variance > 0);
            if (sources == 0)
            {
                return Missing(result, sampled);
            }

            return SystemSampling.Run(sampled.Characterised, [sampled.Inventory.Demands], rules, pedigree, ct).Then(samples => Outcome<UncertainResult>.Done(
                new UncertainResult(result, sampled, samples, whole is null ? UncertainScope.Own : UncertainScope.Whole, sources, pedigree)));
        });
    }

    /// <summary>Own processes and background as one system; null where that is not the same system.</summary>
    private static ImpactResult? Joined(CalculatedResult result, FlowMappingSet? mapping)
    {
        var foreground = result.Foreground!;
        var used = result.System.Processes.Where(p => foreground.BackgroundOf(p.Index) is null && result.Impacts.Inventory.Supply[p.Index] != 0).Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
        var own = result.Linked.Where(l => l.Library.Own).Select(l => l.Package with { Processes = [.. l.Package.Processes.Where(p => used.Contains(p.Id))] }).ToArray();
        var demand = result.Impacts.Inventory.Demands[0];
        var product = result.System.Processes[demand.Process];
        var joined = SystemLinker.Link([.. own, .. result.Background.Libraries.Select(l => l.Package)], result.Request.Rules).Then(system => system.Prepare()).Then(
            prepared => prepared.System.Find(product.Id, product.FlowId) is { } column
                ? prepared.Inventory(new ProductDemand(column, demand.Amount)).Then(
                    inventory => inventory.Impacts(MethodMatcher.Match(result.Method.Method, [.. prepared.System.Flows.Select(f => f.Flow)], mapping)))
                : new Problem("process_without_product", Found: product.Name));
        return joined.Ok && joined.Value.Values.Zip(result.Impacts.Values).All(v => Math.Abs(v.First - v.Second) <= Same * Math.Max(Math.Abs(v.First), Math.Abs(v.Second))) ? joined.Value : null;
    }

    /// <summary>Ids of the processes that run for the demand, and the empty one of parameters that belong to none.</summary>
    private static HashSet<string> Reached(ImpactResult impacts)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { "" };
        foreach (var process in impacts.System.Processes)
        {
            if (impacts.Inventory.Supply[process.Index] != 0)
            {
                reached.Add(process.Id);
            }
        }

        return reached;
    }

    private static Problem Missing(CalculatedResult result, ImpactResult sampled)
    {
        var datasets = sampled.System.Processes.Where(p => sampled.Inventory.Supply[p.Index] != 0).Select(p => p.Dataset).OfType<ProcessDataset>().DistinctBy(d => d.Id).ToArray();
        return new Problem(
            "nothing_uncertain", Found: result.Process.Row.Name,
            Args: [Count(datasets.Length), Count(datasets.Sum(d => d.Exchanges.Count)), Count(datasets.Sum(d => d.Exchanges.Count(e => Pedigree.Parse(e.Pedigree) is not null)))]);

        static string Count(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
