using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary>The matrices of a folder: A (products × processes, square), B (flows × processes) and C (indicators × flows), the last two without rows where there is no file.</summary>
internal sealed record LcaMatrices(Triplets A, Triplets B, Triplets C)
{
    public bool HasInterventions => B.Rows > 0;

    public bool HasCharacterisation => C.Rows > 0;

    public static Outcome<LcaMatrices> Read(string folder)
    {
        var technology = TripletReader.Read(Path.Combine(folder, "A.csv"));
        var interventions = Optional(folder, "B.csv");
        var characterisation = Optional(folder, "C.csv");
        Problem[] problems = [.. technology.Problems, .. interventions.Problems, .. characterisation.Problems];
        if (problems.Length > 0)
        {
            return Outcome<LcaMatrices>.Refused(problems);
        }

        var size = Math.Max(technology.Value.Rows, technology.Value.Columns);
        if (interventions.Value.Columns > size)
        {
            return new Problem("lca_process_unknown", Column: "B.csv", Found: Text(interventions.Value.Columns - 1), Args: [Text(size)]);
        }

        var flows = Math.Max(interventions.Value.Rows, characterisation.Value.Columns);
        return new LcaMatrices(
            technology.Value with { Rows = size, Columns = size },
            interventions.Value with { Rows = flows, Columns = size },
            characterisation.Value with { Columns = flows });
    }

    private static Outcome<Triplets> Optional(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? TripletReader.Read(path) : new Triplets(0, 0, [], [], [], []);
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
