using Tanlu.Exchange;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>
/// Finds the factors of a method for the flows of an inventory (ISO 14044:2006, 4.4.2.4). For each flow the first step that knows it decides: its id, a mapping table, its CAS number
/// in its compartment, its name or a synonym in its compartment. A method that knows a flow by id or mapping has decided about every indicator: what it gives no factor is zero there and is not
/// sought under another name. By CAS number and name a sub-compartment without a factor takes the one of the unspecified sub-compartment.
/// </summary>
public static class MethodMatcher
{
    /// <param name="flows">Columns of the matrix. A flow with a location takes the factor of that place, of the country before its <c>-</c>, or of everywhere, in this order.</param>
    /// <param name="mapping">Mapping table between the two nomenclatures; null for none.</param>
    /// <param name="samePackage">Method and flows come from one package, so that ids which are no UUIDs name the same flows.</param>
    public static CharacterisedMethod Match(MethodDataset method, IReadOnlyList<FlowDataset> flows, FlowMappingSet? mapping = null, bool samePackage = false)
    {
        var index = new MethodIndex(method, samePackage);
        var findings = new FlowFinding[flows.Count];
        var rows = new List<int>();
        var columns = new List<int>();
        var values = new List<double>();
        var unmapped = new HashSet<(int Indicator, int Flow)>();
        for (var j = 0; j < flows.Count; j++)
        {
            var search = new FlowSearch(index, flows[j], method.Indicators.Count);
            var found = DeclaredFlows.Is(flows[j]) ? DeclaredFlows.Find(method, flows[j]) : search.Find(mapping);
            var before = found.Step == FlowMatch.Mapping ? search.Find(null) : found;
            findings[j] = new FlowFinding(found.Step, before.Step, found.MethodFlow?.Dataset.Name ?? "", found.Gap);
            foreach (var (indicator, value) in found.Values)
            {
                rows.Add(indicator);
                columns.Add(j);
                values.Add(value);
                if (found.Step != FlowMatch.Mapping || before.Values.ContainsKey(indicator))
                {
                    unmapped.Add((indicator, j));
                }
            }
        }

        var c = SparseMatrix.FromTriplets(
            method.Indicators.Count, flows.Count, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows),
            System.Runtime.InteropServices.CollectionsMarshal.AsSpan(columns), System.Runtime.InteropServices.CollectionsMarshal.AsSpan(values));
        return new CharacterisedMethod(method, flows, c, new MethodCoverage(method, flows, c, findings, unmapped, index.Repeated), mapping);
    }
}
