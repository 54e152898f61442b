using System.Text.RegularExpressions;
using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>Parameters of a package that a process leans on: a process that leaves its package takes them along.</summary>
internal static partial class PackageParameters
{
    /// <summary>Those that the formulas of the process name, also by way of each other, and that the process has none of its own for.</summary>
    public static IReadOnlyList<ParameterDataset> NeededBy(ProcessDataset process, IReadOnlyList<ParameterDataset> package)
    {
        var known = process.Parameters.Select(p => p.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var needed = new List<ParameterDataset>();
        var open = new Queue<string>(process.Exchanges.Select(e => e.Formula).Concat(process.Parameters.Select(p => p.Formula)).Concat(process.Allocation.Select(a => a.Formula)).OfType<string>());
        while (open.TryDequeue(out var formula))
        {
            foreach (var name in Name().Matches(formula).Select(m => m.Value))
            {
                if (package.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } found && known.Add(found.Name))
                {
                    needed.Add(found);
                    if (found.Formula is { } further)
                    {
                        open.Enqueue(further);
                    }
                }
            }
        }

        return needed;
    }

    /// <summary>Those that any of the processes leans on.</summary>
    public static IEnumerable<ParameterDataset> NeededBy(IEnumerable<ProcessDataset> processes, IReadOnlyList<ParameterDataset> package) =>
        package.Count == 0 ? [] : processes.SelectMany(p => NeededBy(p, package)).DistinctBy(p => p.Name);

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{N}_.]*")]
    private static partial Regex Name();
}
