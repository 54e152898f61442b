using Tanlu.Exchange;
using Tanlu.Products;

namespace Tanlu.Server.Web.LcaMethods;

/// <summary>The normalisation and weighting sets of a method, laid over its indicators.</summary>
internal sealed class MethodSets
{
    private readonly List<Dictionary<string, IndicatorWeight>> _weights = [];

    public MethodSets(MethodDataset method)
    {
        Sets = method.Sets;
        var none = new double[method.Indicators.Count];
        foreach (var set in Sets)
        {
            var of = new Dictionary<string, IndicatorWeight>(StringComparer.Ordinal);
            foreach (var weight in set.Indicators)
            {
                // A set names an indicator by id, code or name; the score knows which one it means.
                if (SingleScore.Of(set with { Indicators = [weight] }, method.Indicators, none) is { Ok: true } found)
                {
                    of[found.Value.Parts[0].IndicatorId] = weight;
                }
            }

            _weights.Add(of);
        }
    }

    public IReadOnlyList<NormalisationWeighting> Sets { get; }

    /// <summary>Normalisation and weight of an indicator in a set; null where the set leaves it out.</summary>
    public IndicatorWeight? Of(int set, string indicator) => _weights[set].GetValueOrDefault(indicator);

    /// <summary>The name in the reader's language where it is a set of the product.</summary>
    public static (string Name, bool Ours) Name(Ui ui, NormalisationWeighting set) => BuiltInSets.Find(set.Id) is null ? (set.Name, false) : (BuiltInSets.Name(set.Id, ui.Language), true);
}
