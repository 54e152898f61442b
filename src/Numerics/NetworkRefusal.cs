using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Numerics;

/// <summary>The refusals of networks. They name processes by column; whoever knows names puts them in with <see cref="Named"/>.</summary>
public static class NetworkRefusal
{
    private const int MostNamed = 12;

    /// <summary>The processes that a refusal names, by column.</summary>
    public static IReadOnlyList<int> Processes(Problem problem) =>
        problem.Args.Count < 2 ? [] : [.. problem.Args[1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture))];

    /// <summary>The same refusal with the processes' names in place of their columns.</summary>
    public static Problem Named(Problem problem, Func<int, string> name)
    {
        var processes = Processes(problem);
        return processes.Count == 0 ? problem : problem with { Args = [Listed(processes, name), .. problem.Args.Skip(1)] };
    }

    /// <summary>The same refusal with other numbers of its processes.</summary>
    internal static Problem Renumbered(Problem problem, IReadOnlyList<int> processes) =>
        problem with { Args = [Listed(processes, Text), string.Join(' ', processes.Select(Text)), .. problem.Args.Skip(2)] };

    internal static Problem NotSquare(SparseMatrix technology) =>
        new("network_not_square", Found: $"{technology.Rows} × {technology.Columns}");

    internal static Problem NotFinite(int product, int process, double value) =>
        new("network_not_finite", Found: value.ToString("R", CultureInfo.InvariantCulture), Args: [Text(process), Text(process), Text(product)]);

    internal static Problem DemandNotFinite(int product, double value) =>
        new("network_demand_not_finite", Found: value.ToString("R", CultureInfo.InvariantCulture), Args: [Text(product)]);

    internal static Problem Structural(IReadOnlyList<int> processes) => Of("network_no_reference", processes);

    internal static Problem Singular(IReadOnlyList<int> processes) => Of("network_singular", processes);

    /// <summary>For processes that take in more of their own products than they make.</summary>
    public static Problem NotProductive(IReadOnlyList<int> processes) => Of("network_not_productive", processes);

    internal static Problem ChangeSingular(IReadOnlyList<int> processes) => Of("network_change_singular", processes);

    internal static Problem Unproven(double backwardError, double primalDual, IReadOnlyList<int> processes)
    {
        var problem = Of("network_unproven", processes);
        return problem with { Args = [.. problem.Args, backwardError.ToString("0.0E0", CultureInfo.InvariantCulture), primalDual.ToString("0.0E0", CultureInfo.InvariantCulture)] };
    }

    private static Problem Of(string code, IReadOnlyList<int> processes) =>
        new(code, Args: [Listed(processes, Text), string.Join(' ', processes.Select(Text)), Text(processes.Count)]);

    private static string Listed(IReadOnlyList<int> processes, Func<int, string> name) =>
        string.Join(", ", processes.Take(MostNamed).Select(name)) + (processes.Count > MostNamed ? ", …" : "");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
