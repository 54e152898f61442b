using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A flow or indicator of a stored result beside ours.</summary>
/// <param name="Ours">In <paramref name="Unit"/>; null where our result has none of it.</param>
public sealed record StoredDifference(string Id, string Name, bool Impact, double Stored, double? Ours, string Unit)
{
    /// <summary>(ours − stored) ÷ |stored|; null where either is missing or the stored value is 0.</summary>
    public double? Relative => Ours is { } ours && Stored != 0 ? (ours - Stored) / Math.Abs(Stored) : null;
}

/// <summary>What decides how two tools differ.</summary>
/// <param name="Providers">How many links each rule made, by <see cref="ChosenBy"/>.</param>
/// <param name="Allocation">Rules of the processes with several products, with their number.</param>
/// <param name="WasteInputs">Treatments whose reference is an input of waste.</param>
/// <param name="WasteNegative">Treatments whose reference is a negative output.</param>
/// <param name="Biogenic">Biogenic carbon flows of the inventory with their factors: which convention the method follows.</param>
public sealed record LinkConventions(
    IReadOnlyList<int> Providers, IReadOnlyDictionary<ByProductFate, int> Allocation, int WasteInputs, int WasteNegative, int CutOff, int Ambiguous, IReadOnlyList<BiogenicFactor> Biogenic);

/// <param name="Input">Taken up; otherwise given off.</param>
public sealed record BiogenicFactor(string Flow, bool Input, string Indicator, double Factor);

/// <summary>
/// What another tool stored as the result of a system of the same package, calculated again and set beside it: every flow and indicator with its difference, and the conventions that could
/// explain one.
/// </summary>
public sealed record StoredResultComparison(StoredResult Stored, ImpactResult? Impacts, InventoryResult Inventory, IReadOnlyList<StoredDifference> Differences, LinkConventions Conventions)
{
    /// <summary>The largest relative difference of a value that both have; null where there is none.</summary>
    public double? Largest => Differences.Max(d => d.Relative is { } r ? Math.Abs(r) : (double?)null);

    /// <summary>
    /// Links the package by the result's system (or with its process as the demand) and calculates it. Refused with <c>stored_result_subject</c> where the package holds neither system nor process
    /// of the result, and with the problems of linking and solving.
    /// </summary>
    public static Outcome<StoredResultComparison> Of(DatasetPackage package, StoredResult stored, LinkRules? rules = null)
    {
        var dataset = package.Systems.FirstOrDefault(s => s.Id == stored.SystemId);
        if ((dataset?.ReferenceProcessId ?? stored.ProcessId) is not { } processId)
        {
            return new Problem("stored_result_subject", Found: stored.Name, Args: [stored.Id]);
        }

        return SystemLinker.Link([package], (rules ?? new LinkRules()) with { System = dataset }).Then(system =>
        {
            var flow = dataset?.ReferenceFlowId is { Length: > 0 } named ? named : stored.ReferenceFlowId;
            if ((system.Find(processId, flow) ?? system.Find(processId)) is not { } column)
            {
                return new Problem("stored_result_subject", Found: stored.Name, Args: [processId]);
            }

            var (amount, unit) = dataset is null ? (stored.Amount, stored.Unit) : (dataset.Amount, dataset.Unit);
            return system.Demand(column, Math.Abs(amount), unit.Length == 0 ? null : unit).Then(demand => system.Prepare().Then(p => p.Inventory(demand))).Then(inventory => Compared(package, stored, inventory));
        });
    }

    private static Outcome<StoredResultComparison> Compared(DatasetPackage package, StoredResult stored, InventoryResult inventory)
    {
        var system = inventory.System;
        ImpactResult? impacts = null;
        if (package.Methods.FirstOrDefault(m => m.Id == stored.MethodId) is { } method)
        {
            var made = inventory.Impacts(MethodMatcher.Match(method, [.. system.Flows.Select(f => f.Flow)], samePackage: true));
            if (!made.Ok)
            {
                return Outcome<StoredResultComparison>.Refused(made.Problems);
            }

            impacts = made.Value;
        }

        var differences = stored.Impacts.Select(i => OfImpact(i, impacts)).Concat(stored.Flows.Where(f => f.FlowId != stored.ReferenceFlowId).Select(f => OfFlow(f, inventory)));
        return new StoredResultComparison(
            stored, impacts, inventory, [.. differences.OrderByDescending(d => d.Relative is { } r ? Math.Abs(r) : d.Ours is null ? double.MaxValue : 0)], ConventionsOf(system, impacts));
    }

    private static StoredDifference OfImpact(StoredImpact stored, ImpactResult? impacts)
    {
        for (var k = 0; k < (impacts?.Indicators.Count ?? 0); k++)
        {
            if (impacts!.Indicators[k].Id == stored.IndicatorId)
            {
                return new StoredDifference(stored.IndicatorId, stored.Indicator, true, stored.Amount, impacts.Values[k], impacts.Indicators[k].Unit);
            }
        }

        return new StoredDifference(stored.IndicatorId, stored.Indicator, true, stored.Amount, null, stored.Unit);
    }

    private static StoredDifference OfFlow(StoredFlow stored, InventoryResult inventory)
    {
        double? ours = null;
        var name = stored.FlowId;
        foreach (var row in inventory.System.Flows)
        {
            if (row.Flow.Id == stored.FlowId && Nomenclature.UnitRatio(row.Flow.Unit, stored.Unit) is { } ratio)
            {
                name = row.Flow.Name;
                ours = (ours ?? 0) + (inventory.Flows[row.Index] * ratio * (row.Input == stored.Input ? 1 : -1));
            }
        }

        return new StoredDifference(stored.FlowId, name, false, stored.Amount, ours, stored.Unit);
    }

    private static LinkConventions ConventionsOf(ProductSystem system, ImpactResult? impacts)
    {
        var treatments = system.Processes.Where(p => p.Treats && p.Dataset is not null).Select(p => p.Dataset!.Exchanges.First(e => e.FlowId == p.FlowId)).ToArray();
        return new LinkConventions(
            system.Report.LinkedBy, system.Report.ByProducts.CountBy(b => b.Fate).ToDictionary(), treatments.Count(e => e.Input), treatments.Count(e => !e.Input), system.Report.CutOff.Count(),
            system.Report.Ambiguous.Count, Biogenic(system, impacts));
    }

    private static List<BiogenicFactor> Biogenic(ProductSystem system, ImpactResult? impacts)
    {
        var factors = new List<BiogenicFactor>();
        foreach (var row in system.Flows.Where(f => IsBiogenic(f.Flow)))
        {
            for (var k = 0; k < (impacts?.Indicators.Count ?? 0); k++)
            {
                factors.Add(new BiogenicFactor(row.Flow.Name, row.Input, impacts!.Indicators[k].Name, impacts.Characterised.FactorOf(k, row.Index)));
            }
        }

        return factors;
    }

    private static bool IsBiogenic(FlowDataset flow) =>
        flow.Name.Contains("biogenic", StringComparison.OrdinalIgnoreCase) || flow.Name.Contains("非化石", StringComparison.Ordinal) || flow.Name.Contains("生物源", StringComparison.Ordinal)
        || flow.Name.Contains("non-fossil", StringComparison.OrdinalIgnoreCase) || flow.Name.Equals("Carbon dioxide, in air", StringComparison.OrdinalIgnoreCase);
}
