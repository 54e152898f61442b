using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>Puts the names of processes where a network's refusal gives columns.</summary>
internal static class NetworkNames
{
    public static IReadOnlyList<Problem> Named(IReadOnlyList<Problem> problems, ProductSystem system) =>
        [.. problems.Select(p => NetworkRefusal.Named(p, column => $"“{system.Processes[column].Title}”"))];
}
