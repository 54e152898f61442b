using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>Where a command writes, and in which language it speaks. Exit codes: 0 done, 1 input refused with row-level errors, 2 usage, 130 stopped.</summary>
public sealed record Terminal(TextWriter Out, TextWriter Error, Language Language)
{
    public const int Done = 0;
    public const int Refused = 1;
    public const int Usage = 2;

    /// <summary>Told to stop by a signal, as a shell says it.</summary>
    public const int Stopped = 130;

    private const int MostShown = 50;

    public string T(string key, params IReadOnlyList<string> args) => Texts.Fill(Language, key, args);

    /// <summary>Prints problems, one a line: place, what was found, what happened, what would be right.</summary>
    /// <param name="more">Problems counted but not kept.</param>
    public int Refuse(IReadOnlyList<Problem> problems, int more = 0)
    {
        foreach (var problem in problems.Take(MostShown))
        {
            Error.WriteLine(Describe(problem));
        }

        var hidden = problems.Count - Math.Min(problems.Count, MostShown) + more;
        if (hidden > 0)
        {
            Error.WriteLine(T("cli.more_problems", hidden.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        return Refused;
    }

    private string Describe(Problem problem)
    {
        var place = (problem.Row, problem.Column) switch
        {
            ({ } row, { } column) => T("cli.at_row_column", row.ToString(System.Globalization.CultureInfo.InvariantCulture), column) + " ",
            ({ } row, null) => T("cli.at_row", row.ToString(System.Globalization.CultureInfo.InvariantCulture)) + " ",
            (null, { } column) => T("cli.at_column", column) + " ",
            _ => "",
        };
        return $"{place}{problem.Message(Language)} {T("cli.expected", problem.Expected(Language))}";
    }
}
