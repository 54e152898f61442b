using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Tanlu.Numerics;

/// <summary>How each value of a list is drawn, for eight samples side by side. Most values have one input of their own, whose draw stands here; the others add up inputs that are drawn before.</summary>
internal sealed unsafe class DrawList(int capacity)
{
    private enum Form : byte
    {
        Constant,
        Lognormal,
        Normal,
        Uniform,
        Triangular,
        Sum,
    }

    private readonly Form[] _forms = new Form[capacity];
    private readonly ulong[] _keys = new ulong[capacity];
    private readonly double[] _a = new double[capacity];
    private readonly double[] _b = new double[capacity];
    private readonly List<int> _uncertain = [];
    private readonly Dictionary<int, double> _modes = [];
    private readonly List<(int Slot, double Factor)> _sums = [];

    /// <summary>Places in the list that are not the same in every sample.</summary>
    public IReadOnlyList<int> Uncertain => _uncertain;

    public int Count { get; private set; }

    public double Certain(int at) => _a[at];

    public bool IsConstant(int at) => _forms[at] == Form.Constant;

    public void AddConstant(double value) => Add(Form.Constant, 0, value, 0);

    /// <summary>remainder + factor × a draw of its own; false where the form has no place for the remainder.</summary>
    public bool TryAdd(in SampledInput input, double factor, double remainder)
    {
        var distribution = input.Distribution;
        if (distribution.IsCertain)
        {
            AddConstant(remainder + (factor * (distribution.Kind == DistributionKind.None ? input.Value : distribution.First)));
            return true;
        }

        var key = SampleStreams.KeyWord(input.Key);
        switch (distribution.Kind)
        {
            case DistributionKind.Lognormal when remainder == 0:
                Add(Form.Lognormal, key, factor * distribution.First, distribution.First < 0 ? -distribution.Second : distribution.Second);
                return true;
            case DistributionKind.Normal:
                Add(Form.Normal, key, remainder + (factor * distribution.First), factor * distribution.Second);
                return true;
            case DistributionKind.Uniform:
                Add(Form.Uniform, key, remainder + (factor * distribution.First), factor * (distribution.Second - distribution.First));
                return true;
            case DistributionKind.Triangular:
                _modes.Add(Count, (distribution.Second - distribution.First) / (distribution.Third - distribution.First));
                Add(Form.Triangular, key, remainder + (factor * distribution.First), factor * (distribution.Third - distribution.First));
                return true;
            default:
                return false;
        }
    }

    /// <summary>constant + Σ factor × the value in a slot.</summary>
    public void AddSum(double constant, ReadOnlySpan<(int Slot, double Factor)> parts)
    {
        Add(Form.Sum, ((ulong)(uint)_sums.Count << 32) | (uint)parts.Length, constant, 0);
        _sums.AddRange(parts);
    }

    /// <summary>Draws what is uncertain; <paramref name="values"/> holds eight lanes a place, those of constants stay.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Draw(Vector512<ulong> samples, double* slots, double* values)
    {
        foreach (var at in CollectionsMarshal.AsSpan(_uncertain))
        {
            Draw(at, samples, slots).Store(values + ((long)at * 8));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<double> Draw(int at, Vector512<ulong> samples, double* slots)
    {
        var form = _forms[at];
        if (form == Form.Lognormal)
        {
            var z = LaneMath.NormalQuantile(SampleStreams.Units(samples, _keys[at]));
            return Vector512.Create(_a[at]) * LaneMath.Exp(Vector512.Create(_b[at]) * z);
        }

        return Other(form, at, samples, slots);
    }

    private Vector512<double> Other(Form form, int at, Vector512<ulong> samples, double* slots)
    {
        var a = Vector512.Create(_a[at]);
        switch (form)
        {
            case Form.Constant:
                return a;
            case Form.Sum:
                var (from, count) = ((int)(_keys[at] >> 32), (int)(uint)_keys[at]);
                for (var part = from; part < from + count; part++)
                {
                    var (slot, factor) = _sums[part];
                    a = Vector512.FusedMultiplyAdd(Vector512.Create(factor), Vector512.Load(slots + ((long)slot * 8)), a);
                }

                return a;
            default:
                var u = SampleStreams.Units(samples, _keys[at]);
                var standard = form switch
                {
                    Form.Normal => LaneMath.NormalQuantile(u),
                    Form.Uniform => u,
                    _ => Triangular(u, _modes[at]),
                };
                return Vector512.FusedMultiplyAdd(Vector512.Create(_b[at]), standard, a);
        }
    }

    /// <summary>On [0, 1].</summary>
    private static Vector512<double> Triangular(Vector512<double> u, double mode)
    {
        var rising = Vector512.Sqrt(u * Vector512.Create(mode));
        var falling = Vector512<double>.One - Vector512.Sqrt((Vector512<double>.One - u) * Vector512.Create(1 - mode));
        return Vector512.ConditionalSelect(Vector512.LessThan(u, Vector512.Create(mode)), rising, falling);
    }

    private void Add(Form form, ulong key, double a, double b)
    {
        if (form != Form.Constant)
        {
            _uncertain.Add(Count);
        }

        (_forms[Count], _keys[Count], _a[Count], _b[Count]) = (form, key, a, b);
        Count++;
    }
}
