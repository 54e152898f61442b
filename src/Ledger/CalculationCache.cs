using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>Calculations made once per run and stretch of days in which no factor version changes. Not for several threads.</summary>
public sealed class CalculationCache(FactorLibrary library)
{
    private readonly Dictionary<CalculationRequest, PostingRates> _known = [];

    /// <summary>The calculation's rates, or the problems that refuse it, with the row's own day in their texts.</summary>
    public Outcome<PostingRates> Prepare(CalculationRequest request)
    {
        var shared = request with { On = library.EraOf(request.On) };
        if (_known.TryGetValue(shared, out var rates))
        {
            return rates;
        }

        var calculation = Calculator.Prepare(library, shared);
        if (!calculation.Ok)
        {
            return Calculator.Prepare(library, request).Then(c => (Outcome<PostingRates>)new PostingRates(c));
        }

        rates = new PostingRates(calculation.Value);
        _known.Add(shared, rates);
        return rates;
    }
}
