using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>What one block of eight samples came to.</summary>
/// <param name="Impacts">By demand, indicator and lane; not a number where a sample was refused.</param>
/// <param name="BackwardErrors">By lane, the largest of the demands.</param>
/// <param name="Direct">Lanes that the direct solver took.</param>
internal sealed record SampleBlock(double[] Impacts, double[] BackwardErrors, IReadOnlyList<int> Direct, IReadOnlyList<(int Lane, Problem Problem)> Refused);

/// <summary>Draws and solves eight samples at a time; one for each thread, its memory is used again and again.</summary>
internal sealed unsafe class SampleLanes : IDisposable
{
    public const int Lanes = 8;

    private readonly SamplingPlan _plan;
    private readonly ulong _seed;
    private readonly bool _sweeps;
    private readonly LaneBuffer _uses;
    private readonly LaneBuffer _references;
    private readonly LaneBuffer _inverse;
    private readonly LaneBuffer _right;
    private readonly LaneBuffer _supplies;
    private readonly LaneBuffer _slots;
    private readonly LaneBuffer _direct;
    private readonly LaneBuffer _impacts;
    private readonly SampleSweeps _solver;
    private readonly double[] _supplied;
    private readonly double[] _certainDirect;
    private readonly bool[] _isCertain;
    private readonly int[] _factorStarts;

    /// <param name="sweeps">False where the certain solution was only to be had by factorising: sweeping is then not tried.</param>
    public SampleLanes(SamplingPlan plan, ulong seed, bool sweeps)
    {
        (_plan, _seed, _sweeps) = (plan, seed, sweeps);
        var count = (long)plan.Count * Lanes;
        _uses = new LaneBuffer((long)plan.Technology.Count * Lanes);
        _references = new LaneBuffer(count);
        _inverse = new LaneBuffer(count);
        _right = new LaneBuffer(count);
        _supplies = new LaneBuffer(count * plan.Demands.Length);
        _slots = new LaneBuffer((long)plan.SlotCount * Lanes);
        _direct = new LaneBuffer((long)plan.Indicators * Lanes);
        _impacts = new LaneBuffer((long)plan.Indicators * plan.Demands.Length * Lanes);
        _solver = new SampleSweeps(plan, _uses.At, _inverse.At, _right.At);
        _supplied = new double[plan.SuppliedCertain.Length];
        for (var entry = 0; entry < plan.Technology.Count; entry++)
        {
            Vector512.Create(plan.Technology.Certain(entry)).Store(_uses.At + ((long)entry * Lanes));
        }

        for (var p = 0; p < plan.Count; p++)
        {
            Reference(p, Vector512.Create(plan.References.Certain(p)));
        }

        for (var slot = 0; slot < plan.SlotCount; slot++)
        {
            Vector512.Create(plan.SlotDraws.Certain(slot)).Store(_slots.At + ((long)slot * Lanes));
        }

        _factorStarts = plan.Characterisation.Starts.ToArray();
        _certainDirect = new double[plan.Count * plan.Indicators];
        _isCertain = new bool[plan.Count];
        for (var p = 0; p < plan.Count; p++)
        {
            _isCertain[p] = true;
            for (var entry = plan.BStarts[p]; entry < plan.BStarts[p + 1]; entry++)
            {
                _isCertain[p] &= plan.Interventions.IsConstant(entry);
                var factors = plan.Characterisation.ValuesOf(plan.Flows[entry]);
                var rows = plan.Characterisation.RowsOf(plan.Flows[entry]);
                for (var i = 0; i < rows.Length; i++)
                {
                    _certainDirect[(p * plan.Indicators) + rows[i]] += factors[i] * plan.Interventions.Certain(entry);
                }
            }
        }
    }

    public void Dispose()
    {
        foreach (var buffer in (LaneBuffer[])[_uses, _references, _inverse, _right, _supplies, _slots, _direct, _impacts])
        {
            buffer.Dispose();
        }
    }

    /// <summary>The eight samples from <paramref name="first"/> on.</summary>
    public SampleBlock Run(long first)
    {
        Span<ulong> words = stackalloc ulong[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            words[lane] = SampleStreams.SampleWord(_seed, first + lane);
        }

        var samples = Vector512.Create((ReadOnlySpan<ulong>)words);
        var refused = new List<(int Lane, Problem Problem)>();
        DrawSlots(first, samples, refused);
        _plan.Technology.Draw(samples, _slots.At, _uses.At);

        foreach (var p in _plan.References.Uncertain)
        {
            Reference(p, _plan.References.Draw(p, samples, _slots.At));
        }

        var errors = new double[Lanes];
        var direct = Solve(errors, refused);
        Impacts(samples);
        var impacts = new Span<double>(_impacts.At, _plan.Indicators * _plan.Demands.Length * Lanes).ToArray();
        foreach (var (lane, _) in refused)
        {
            errors[lane] = double.NaN;
            for (var i = lane; i < impacts.Length; i += Lanes)
            {
                impacts[i] = double.NaN;
            }
        }

        return new SampleBlock(impacts, errors, direct, refused);
    }

    private void Reference(int p, Vector512<double> value)
    {
        value.Store(_references.At + ((long)p * Lanes));
        (Vector512<double>.One / value).Store(_inverse.At + ((long)p * Lanes));
    }

    private void DrawSlots(long first, Vector512<ulong> samples, List<(int Lane, Problem Problem)> refused)
    {
        _plan.SlotDraws.Draw(samples, _slots.At, _slots.At);
        foreach (var slot in _plan.Even)
        {
            var shift = SampleStreams.Shift(_seed, slot.Input.Key);
            for (var lane = 0; lane < Lanes; lane++)
            {
                _slots.At[(slot.Slot * Lanes) + lane] = slot.Input.Distribution.Quantile(SobolPoints.Shifted(slot.Dimension, (uint)(first + lane), shift));
            }
        }

        for (var lane = 0; lane < Lanes && _plan.Supplied.Count > 0; lane++)
        {
            if (!_plan.Supply!(first + lane, _supplied) || Array.Exists(_supplied, v => !double.IsFinite(v)))
            {
                refused.Add((lane, new Problem("sample_without_values")));
                _plan.SuppliedCertain.CopyTo(_supplied, 0);
            }

            foreach (var (slot, supplied) in _plan.Supplied)
            {
                _slots.At[(slot * Lanes) + lane] = _supplied[supplied];
            }
        }
    }

    private List<int> Solve(double[] errors, List<(int Lane, Problem Problem)> refused)
    {
        var direct = new List<int>();
        var networks = new PreparedNetwork?[Lanes];
        for (var d = 0; d < _plan.Demands.Length; d++)
        {
            var s = _supplies.At + ((long)d * _plan.Count * Lanes);
            for (var p = 0; p < _plan.Count; p++)
            {
                Vector512.Create(_plan.Supplies[d][p]).Store(s + ((long)p * Lanes));
            }

            var failed = _sweeps ? _solver.Solve(_plan.Demands[d], s) : 0xFF;
            var error = _sweeps ? _solver.BackwardError(_plan.Demands[d], s) : Vector512<double>.Zero;
            for (var lane = 0; lane < Lanes; lane++)
            {
                if (refused.Exists(r => r.Lane == lane))
                {
                    continue;
                }

                if ((failed & (1 << lane)) == 0 && error[lane] <= SampleSweeps.Tolerance)
                {
                    errors[lane] = Math.Max(errors[lane], error[lane]);
                    continue;
                }

                var solved = Directly(lane, d, ref networks[lane]);
                if (solved.Ok)
                {
                    direct.Add(lane);
                    errors[lane] = Math.Max(errors[lane], solved.Value.Certificate.BackwardError);
                    for (var p = 0; p < _plan.Count; p++)
                    {
                        s[((long)p * Lanes) + lane] = solved.Value.Values[p];
                    }
                }
                else
                {
                    refused.Add((lane, Named(solved.Problems[0])));
                }
            }
        }

        return [.. direct.Distinct()];
    }

    private Outcome<Supply> Directly(int lane, int demand, ref PreparedNetwork? network)
    {
        if (network is null)
        {
            var count = _plan.Count + _plan.Users.Length;
            var (rows, columns, values) = (new int[count], new int[count], new double[count]);
            var at = 0;
            for (var p = 0; p < _plan.Count; p++)
            {
                (rows[at], columns[at], values[at++]) = (p, p, _references.At[((long)p * Lanes) + lane]);
                for (var entry = _plan.UseStarts[p]; entry < _plan.UseStarts[p + 1]; entry++)
                {
                    (rows[at], columns[at], values[at++]) = (p, _plan.Users[entry], -_uses.At[((long)entry * Lanes) + lane]);
                }
            }

            var prepared = PreparedNetwork.Prepare(SparseMatrix.FromTriplets(_plan.Count, _plan.Count, rows, columns, values));
            if (!prepared.Ok)
            {
                return Outcome<Supply>.Refused(prepared.Problems);
            }

            network = prepared.Value;
        }

        return network.Solve(_plan.Demands[demand]);
    }

    // The sample's network has the reached processes only, numbered anew.
    private Problem Named(Problem problem)
    {
        var processes = NetworkRefusal.Processes(problem).Select(_plan.ProcessOf).Order().ToList();
        return processes.Count == 0 ? problem : NetworkRefusal.Renumbered(problem, processes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Impacts(Vector512<ulong> samples)
    {
        var (k, demands, count) = (_plan.Indicators, _plan.Demands.Length, _plan.Count);
        new Span<double>(_impacts.At, k * demands * Lanes).Clear();
        var draws = _plan.Interventions;
        fixed (int* starts = _factorStarts, rows = _plan.Characterisation.AllRows, flows = _plan.Flows)
        fixed (double* factors = _plan.Characterisation.AllValues)
        {
            for (var p = 0; p < count; p++)
            {
                if (_isCertain[p])
                {
                    for (var i = 0; i < k; i++)
                    {
                        Vector512.Create(_certainDirect[(p * k) + i]).Store(_direct.At + (i * Lanes));
                    }
                }
                else
                {
                    new Span<double>(_direct.At, k * Lanes).Clear();
                    for (var entry = _plan.BStarts[p]; entry < _plan.BStarts[p + 1]; entry++)
                    {
                        var amount = draws.Draw(entry, samples, _slots.At);
                        for (var i = starts[flows[entry]]; i < starts[flows[entry] + 1]; i++)
                        {
                            var sum = _direct.At + (rows[i] * Lanes);
                            Vector512.FusedMultiplyAdd(Vector512.Create(factors[i]), amount, Vector512.Load(sum)).Store(sum);
                        }
                    }
                }

                for (var d = 0; d < demands; d++)
                {
                    var s = Vector512.Load(_supplies.At + ((((long)d * count) + p) * Lanes));
                    var total = _impacts.At + ((long)d * k * Lanes);
                    for (var i = 0; i < k; i++, total += Lanes)
                    {
                        Vector512.FusedMultiplyAdd(s, Vector512.Load(_direct.At + (i * Lanes)), Vector512.Load(total)).Store(total);
                    }
                }
            }
        }
    }
}
