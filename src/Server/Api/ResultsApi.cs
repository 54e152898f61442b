using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Kernel;
using Tanlu.Organisation;
using Tanlu.Products;

namespace Tanlu.Server.Api;

/// <summary>Impacts of processes for programs. What a program is told leaves: a result that rests on sealed data is refused with the hashes of what is sealed.</summary>
internal static class ResultsApi
{
    private const int SealedShown = 20;
    private const int MostTop = 100;

    public static void Map(RouteGroupBuilder routes) =>
        routes.MapGet("/processes/{id:long}/result", Result).Says("process-result", "Impacts of an amount of a process under a method, with contributions and certificate", Right.ReadFigures).Heavy();

    /// <param name="amount">Of the process's product; 1 where it is left out.</param>
    /// <param name="unit">Of the amount; the process's own where it is left out.</param>
    /// <param name="method">Key of an impact method; climate change by AR6 where it is left out.</param>
    /// <param name="mapping">Number of a mapping table's version.</param>
    /// <param name="top">So many contributions of each kind, 0 to 100.</param>
    private static async Task<Results<Ok<ResultBody>, Refused>> Result(
        long id, HttpContext http, Calculations calculations, Processes processes, string? unit, string? method, long? mapping, CancellationToken ct, double amount = 1, int top = 10)
    {
        if (top is < 0 or > MostTop)
        {
            return Refused.Of(new Problem("result_top", Column: "top", Found: Words.Of((long)top), Args: [Words.Of((long)MostTop)!]));
        }

        var calculated = await calculations.Of(http.Caller(), new ResultRequest(id, amount, unit is { Length: > 0 } ? unit : null, method is { Length: > 0 } ? method : null, Mapping: mapping), ct);
        if (!calculated.Ok)
        {
            return Refused.Of(calculated.Problems);
        }

        return DataRights.Allows(calculated.Value.Rights, DataPart.Result, DataWay.Leave)
            ? TypedResults.Ok(ResultBody.Of(calculated.Value, top))
            : Refused.Of(await Sealed(http.Caller(), calculated.Value, processes, ct));
    }

    /// <summary>What is sealed: the count of its processes, and hashes by which whoever holds the data too finds them.</summary>
    private static async Task<Problem> Sealed(Caller caller, CalculatedResult result, Processes processes, CancellationToken ct)
    {
        var ids = result.SealedProcesses();
        var hashes = new List<string>();
        foreach (var id in ids.Take(SealedShown))
        {
            if (result.NumberOf(id) is { } number && await processes.Get(caller, number, null, ct) is { Ok: true } found)
            {
                hashes.Add(found.Value.Version.Sha256);
            }
        }

        if (result.Method.Row.Rights == DataRight.Sealed)
        {
            hashes.Add(result.Certificate.MethodHash);
        }

        return new Problem("result_sealed", Found: result.Process.Row.Name, Args: [Words.Of((long)ids.Count)!, string.Join(' ', hashes) + (ids.Count > SealedShown ? " …" : "")]);
    }
}
