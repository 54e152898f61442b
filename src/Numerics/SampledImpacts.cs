using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>A sample that has no result, with the reason.</summary>
public sealed record RefusedSample(long Sample, Problem Problem);

/// <summary>
/// The impacts of every sample, by demand and indicator. All demands were drawn with the same random numbers, so they may be compared sample by sample. Every sample is kept; one that has no
/// result stands as not a number and is named in <see cref="Refused"/>.
/// </summary>
public sealed class SampledImpacts
{
    private readonly double[][] _values;
    private readonly double[] _certain;
    private readonly double[] _shift;

    internal SampledImpacts(SamplingRules rules, int demands, int indicators, double[] certain, double[] shift, SampleBlock[] blocks)
    {
        (Rules, Demands, Indicators, _certain, _shift) = (rules, demands, indicators, certain, shift);
        _values = new double[demands * indicators][];
        for (var figure = 0; figure < _values.Length; figure++)
        {
            _values[figure] = new double[rules.Samples];
        }

        BackwardErrors = new double[rules.Samples];
        var (direct, refused) = (new List<long>(), new List<RefusedSample>());
        for (var block = 0; block < blocks.Length; block++)
        {
            var first = block * SampleLanes.Lanes;
            var lanes = Math.Min(SampleLanes.Lanes, rules.Samples - first);
            for (var figure = 0; figure < _values.Length; figure++)
            {
                blocks[block].Impacts.AsSpan(figure * SampleLanes.Lanes, lanes).CopyTo(_values[figure].AsSpan(first));
            }

            blocks[block].BackwardErrors.AsSpan(0, lanes).CopyTo(BackwardErrors.AsSpan(first));
            direct.AddRange(blocks[block].Direct.Where(l => l < lanes).Select(l => (long)first + l));
            refused.AddRange(blocks[block].Refused.Where(r => r.Lane < lanes).OrderBy(r => r.Lane).Select(r => new RefusedSample(first + r.Lane, r.Problem)));
        }

        (Direct, Refused) = ([.. direct.Order()], refused);
    }

    public SamplingRules Rules { get; }

    public int Demands { get; }

    public int Indicators { get; }

    /// <summary>Of each sample, with its own matrix: the largest of its demands. Not a number for a refused one.</summary>
    public double[] BackwardErrors { get; }

    /// <summary>The largest of all samples that have a result; 0 where none has.</summary>
    public double LargestBackwardError => BackwardErrors.Where(double.IsFinite).DefaultIfEmpty(0).Max();

    /// <summary>Samples that sweeping did not settle and the direct solver took; they count like the others.</summary>
    public IReadOnlyList<long> Direct { get; }

    /// <summary>Samples without a result (no real supply can meet the demand, no finite values); they are left out of every figure.</summary>
    public IReadOnlyList<RefusedSample> Refused { get; }

    /// <summary>By sample; not a number for a refused one.</summary>
    public ReadOnlySpan<double> Of(int demand, int indicator) => _values[(demand * Indicators) + indicator];

    /// <summary>The value without uncertainty.</summary>
    public double Certain(int demand, int indicator) => _certain[(demand * Indicators) + indicator];

    public SampleSummary Summary(int demand, int indicator)
    {
        var figure = (demand * Indicators) + indicator;
        return new SampleSummary(Refused.Count == 0 ? _values[figure] : [.. _values[figure].Where(double.IsFinite)], _certain[figure], _shift[figure]);
    }

    /// <summary>Demand A against demand B on the same random numbers.</summary>
    public PairComparison Compare(int demandA, int demandB, int indicator) =>
        new(Of(demandA, indicator), Of(demandB, indicator), Certain(demandA, indicator), Certain(demandB, indicator));
}
