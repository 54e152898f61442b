using Tanlu.Kernel;

namespace Tanlu.Tables;

/// <summary>Carries a problem out of a reader's depth to the boundary, where it becomes an <see cref="Outcome{T}"/>; never leaves the module.</summary>
internal sealed class Refusal(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}

/// <summary>The problems of one file, each once, in the order of rows. Safe for the read-ahead thread.</summary>
internal sealed class ProblemList(int most)
{
    private readonly Lock _lock = new();
    private readonly HashSet<(string Code, int? Row, string? Column)> _seen = [];
    private readonly List<Problem> _problems = [];

    public void Add(Problem problem)
    {
        lock (_lock)
        {
            if (_problems.Count < most && _seen.Add((problem.Code, problem.Row, problem.Column)))
            {
                _problems.Add(problem);
            }
        }
    }

    public IReadOnlyList<Problem> InOrder()
    {
        lock (_lock)
        {
            return [.. _problems.OrderBy(p => p.Row ?? 0)];
        }
    }
}
