using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// Makes a product system of datasets: evaluates formulas, shares burdens among co-products, links every input to a provider and every waste to a treatment, converts units,
/// and lists what it decided and what stays open (ISO 14044:2006, 4.2.3.3 and 4.3.4).
/// </summary>
public static class SystemLinker
{
    private const int MostProblems = 100;

    /// <summary>
    /// Links the processes of all packages; where two hold a process under the same UUID the first package's counts. Refused with <c>system_empty</c>, the codes of formulas
    /// (<c>formula_…</c>), of allocation (<c>allocation_…</c>), <c>exchange_not_finite</c>, <c>process_reference_zero</c> or <c>provider_ambiguous</c>; the first argument of each
    /// is the process, the row the number of the exchange.
    /// </summary>
    public static Outcome<ProductSystem> Link(IReadOnlyList<DatasetPackage> packages, LinkRules rules)
    {
        var notes = new List<Problem>();
        packages = DeclaredFlows.AsInventories(packages, rules.Declarations, notes);
        var nomenclature = new Nomenclature(packages);
        var problems = new List<Problem>();
        var (datasets, repeated) = Processes(packages);
        var parameters = ParameterModel.Of(packages, datasets, [.. rules.System?.Parameters ?? [], .. rules.Parameters]);
        var processes = new List<ProcessValues>();
        for (var p = 0; p < datasets.Count; p++)
        {
            Take(ProcessValues.Of(p, datasets[p].Package, datasets[p].Process, nomenclature, parameters, rules.StoredAmounts, notes), processes.Add, problems);
        }

        if (problems.Count > 0)
        {
            return Refused(problems);
        }

        var split = new ProductSplit([.. processes], rules, notes, problems);
        if (problems.Count > 0)
        {
            return Refused(problems);
        }

        if (split.Columns.Count == 0)
        {
            return new Problem("system_empty", Args: [packages.Count.ToString(CultureInfo.InvariantCulture)]);
        }

        var links = new LinkPass(nomenclature, split, rules, notes, problems);
        if (problems.Count > 0)
        {
            return Refused(problems);
        }

        var report = links.Report with { ByProducts = split.ByProducts, WithoutProduct = split.WithoutProduct, Declarations = split.Declarations, Repeated = repeated, Notes = notes };
        var model = new SystemModel(
            nomenclature, parameters, links.Factors, split.Processes, split.Shares, split.Rules, split.Offers, split.Columns, links.Entries, links.Starts);
        return new ProductSystem(packages, model, links.Flows, report, rules);
    }

    private static (List<(int Package, ProcessDataset Process)> Processes, List<string> Repeated) Processes(IReadOnlyList<DatasetPackage> packages)
    {
        var seen = new HashSet<(int, string)>();
        var processes = new List<(int, ProcessDataset)>();
        var repeated = new List<string>();
        for (var p = 0; p < packages.Count; p++)
        {
            foreach (var process in packages[p].Processes)
            {
                if (seen.Add(Nomenclature.Key(p, process.Id)))
                {
                    processes.Add((p, process));
                }
                else
                {
                    repeated.Add(process.Name);
                }
            }
        }

        return (processes, repeated);
    }

    private static void Take<T>(Outcome<T> outcome, Action<T> take, List<Problem> problems)
    {
        if (outcome.Ok)
        {
            take(outcome.Value);
        }
        else
        {
            problems.AddRange(outcome.Problems);
        }
    }

    private static Outcome<ProductSystem> Refused(List<Problem> problems) => Outcome<ProductSystem>.Refused([.. problems.Take(MostProblems)]);
}
