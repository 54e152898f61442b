using Tanlu.Exchange;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>A method matched to the flows of an inventory: h = C g.</summary>
public sealed class CharacterisedMethod
{
    private readonly Lazy<string> _hash;

    internal CharacterisedMethod(MethodDataset method, IReadOnlyList<FlowDataset> flows, SparseMatrix c, MethodCoverage coverage, FlowMappingSet? mapping)
    {
        Method = method;
        Flows = flows;
        C = c;
        Coverage = coverage;
        Mapping = mapping;
        _hash = new Lazy<string>(() => MethodHash.Of(method, mapping));
    }

    public MethodDataset Method { get; }

    /// <summary>Columns of <see cref="C"/>.</summary>
    public IReadOnlyList<FlowDataset> Flows { get; }

    /// <summary>Rows of <see cref="C"/>.</summary>
    public IReadOnlyList<IndicatorDataset> Indicators => Method.Indicators;

    /// <summary>Indicators × flows, in the indicator's unit for one unit of the flow. A factor of zero is stored: the method has decided that the flow does nothing.</summary>
    public SparseMatrix C { get; }

    public MethodCoverage Coverage { get; }

    public FlowMappingSet? Mapping { get; }

    /// <summary>Sets that normalise and weight this method's indicators.</summary>
    public IReadOnlyList<NormalisationWeighting> Sets => Method.Sets;

    /// <summary>SHA-256 of the method with its sets, and of the mapping where there is one, in lower-case hex.</summary>
    public string Hash => _hash.Value;
}
