using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>Brings a package into the form in which it is kept: ids that mean the same everywhere, each dataset once, every flow known, every number finite.</summary>
internal static class PackageCheck
{
    private const int MostProblems = 200;

    /// <returns>The package, and the notes of its reader with what was set aside here; refused where a number is not finite or an exchange names a flow that is not there.</returns>
    public static Outcome<(DatasetPackage Package, IReadOnlyList<Problem> Notes)> Sound(DatasetPackage package, LibraryIds ids)
    {
        var whole = ids.In(package);
        var notes = new List<Problem>(package.Notes);
        var flows = Once(whole.Flows, f => f.Id, f => f.Name, "flow", notes);
        var processes = Once(whole.Processes, p => p.Id, p => p.Name, "process", notes);
        if (processes.Count == 0 && flows.Count == 0 && whole.Methods.Count == 0 && whole.Mappings.Count == 0)
        {
            return new Problem("library_empty", Found: package.Name);
        }

        var known = flows.Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        var problems = processes.SelectMany(p => Wrong(p, known)).Take(MostProblems).ToList();
        return problems.Count > 0
            ? Outcome<(DatasetPackage, IReadOnlyList<Problem>)>.Refused(problems)
            : (whole with { Flows = flows, Processes = processes, Notes = [] }, notes);
    }

    private static IEnumerable<Problem> Wrong(ProcessDataset process, HashSet<string> flows)
    {
        foreach (var exchange in process.Exchanges)
        {
            if (!flows.Contains(exchange.FlowId))
            {
                yield return new Problem("library_exchange_flow", exchange.Number, "flow", exchange.FlowId, process.Name);
            }

            if (!double.IsFinite(exchange.Amount) || exchange.Price is { } price && !double.IsFinite(price) || !Finite(exchange.Uncertainty))
            {
                yield return new Problem("library_exchange_amount", exchange.Number, "amount", exchange.Amount.ToString(CultureInfo.InvariantCulture), process.Name);
            }
        }

        foreach (var parameter in process.Parameters.Where(p => !double.IsFinite(p.Value) || !Finite(p.Uncertainty)))
        {
            yield return new Problem("library_parameter_value", Column: parameter.Name, Found: parameter.Value.ToString(CultureInfo.InvariantCulture), Args: [process.Name]);
        }

        foreach (var share in process.Allocation.Where(a => !double.IsFinite(a.Share)))
        {
            yield return new Problem("library_allocation_share", share.Exchange, "allocation", share.Share.ToString(CultureInfo.InvariantCulture), process.Name);
        }
    }

    private static bool Finite(Numerics.Distribution d) => double.IsFinite(d.First) && double.IsFinite(d.Second) && double.IsFinite(d.Third);

    // A dataset that comes again is kept once. Nothing is said where it is the same.
    private static List<T> Once<T>(IReadOnlyList<T> all, Func<T, string> id, Func<T, string> name, string what, List<Problem> notes)
        where T : class
    {
        var first = new Dictionary<string, T>(all.Count, StringComparer.Ordinal);
        var kept = new List<T>(all.Count);
        foreach (var one in all)
        {
            if (first.TryAdd(id(one), one))
            {
                kept.Add(one);
            }
            else if (!DatasetJson.Text(first[id(one)]).AsSpan().SequenceEqual(DatasetJson.Text(one)))
            {
                notes.Add(new Problem("library_dataset_twice", Column: what, Found: id(one), Args: [name(one), name(first[id(one)])]));
            }
        }

        return kept;
    }
}
