using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary><c>tanlu lca solve DIR --demand COL[:AMOUNT]</c>: supply, inventory and impacts of a demand, with their certificate, from plain matrices.</summary>
internal static class LcaSolveCommand
{
    public static Command Make(Terminal terminal)
    {
        var folder = new Argument<string>("dir") { Description = terminal.T("cli.lca.solve.dir") };
        var demand = new Option<IReadOnlyList<Demand>>("--demand")
        {
            Description = terminal.T("cli.lca.solve.demand"), Required = true, AllowMultipleArgumentsPerToken = true, Arity = ArgumentArity.OneOrMore, CustomParser = result => Demands(terminal, result),
        };
        var json = new Option<bool>("--json") { Description = terminal.T("cli.json") };
        var samples = new Option<int?>("--samples") { Description = terminal.T("cli.lca.solve.samples") };
        var seed = new Option<ulong>("--seed") { Description = terminal.T("cli.lca.solve.seed"), DefaultValueFactory = _ => 1 };
        var command = new Command("solve", terminal.T("cli.lca.solve")) { folder, demand, json, samples, seed };
        command.SetAction((parsed, ct) => Task.Run(
            () => Run(
                terminal, parsed.GetRequiredValue(folder), parsed.GetRequiredValue(demand), parsed.GetValue(json),
                parsed.GetValue(samples) is { } count ? new SamplingRules(count, parsed.GetValue(seed)) : null, ct),
            ct));
        return command;
    }

    private static int Run(Terminal terminal, string folder, IReadOnlyList<Demand> demands, bool json, SamplingRules? sampling, CancellationToken ct)
    {
        var read = LcaMatrices.Read(folder);
        if (!read.Ok)
        {
            return terminal.Refuse(read.Problems);
        }

        var solved = Solve(read.Value, demands).Then(solution => Sampled(read.Value, solution, sampling, ct));
        if (!solved.Ok)
        {
            return terminal.Refuse(solved.Problems);
        }

        if (json)
        {
            LcaSolutionText.Json(terminal, solved.Value);
        }
        else
        {
            LcaSolutionText.Write(terminal, read.Value, solved.Value);
        }

        return Terminal.Done;
    }

    private static Outcome<LcaSolution> Solve(LcaMatrices matrices, IReadOnlyList<Demand> demands)
    {
        var size = matrices.A.Columns;
        if (demands.FirstOrDefault(d => d.Process >= size) is { } unknown)
        {
            return new Problem("lca_process_unknown", Column: "--demand", Found: unknown.Process.ToString(CultureInfo.InvariantCulture), Args: [size.ToString(CultureInfo.InvariantCulture)]);
        }

        var prepared = PreparedNetwork.Prepare(matrices.A.ToMatrix());
        if (!prepared.Ok)
        {
            return Outcome<LcaSolution>.Refused(prepared.Problems);
        }

        var network = prepared.Value;
        var wanted = new double[size];
        foreach (var demand in demands)
        {
            wanted[network.ReferenceOf(demand.Process)] += demand.Amount;
        }

        var interventions = matrices.B.ToMatrix();
        var characterisation = matrices.C.ToMatrix();
        Intensities? intensities = null;
        if (matrices.HasInterventions && matrices.HasCharacterisation)
        {
            var found = network.Intensities(DirectImpacts.Of(interventions, characterisation), characterisation.Rows);
            if (!found.Ok)
            {
                return Outcome<LcaSolution>.Refused(found.Problems);
            }

            intensities = found.Value;
        }

        var solved = network.Solve(wanted, intensities);
        if (!solved.Ok)
        {
            return Outcome<LcaSolution>.Refused(solved.Problems);
        }

        if (Overdrawn(matrices.A, network, solved.Value.Values) is { Count: > 0 } overdrawn)
        {
            return NetworkRefusal.NotProductive(overdrawn);
        }

        var inventory = interventions.Times(solved.Value.Values);
        return new LcaSolution(network, demands, wanted, solved.Value, inventory, characterisation.Times(inventory), null);
    }

    private static Outcome<LcaSolution> Sampled(LcaMatrices matrices, LcaSolution solution, SamplingRules? sampling, CancellationToken ct)
    {
        if (sampling is null)
        {
            return solution;
        }

        var network = UncertainNetwork.Of(solution.Network, matrices.A, matrices.B, matrices.C.ToMatrix());
        return NetworkSampling.Run(network, [solution.Wanted], sampling, ct).Then(
            impacts => Outcome<LcaSolution>.Done(solution with { Samples = new LcaSamples(impacts, network.Inputs.Length) }));
    }

    // The entries of a file still tell what their sum does not: a process that puts its product out and takes in more of it is none that treats a waste.
    private static List<int> Overdrawn(Triplets technology, PreparedNetwork network, double[] supply)
    {
        var puts = new bool[supply.Length];
        for (var entry = 0; entry < technology.Count; entry++)
        {
            var process = technology.Column[entry];
            puts[process] |= technology.Value[entry] > 0 && technology.Row[entry] == network.ReferenceOf(process);
        }

        return [.. Enumerable.Range(0, supply.Length).Where(p => puts[p] && supply[p] != 0 && network.Technology.At(network.ReferenceOf(p), p) < 0)];
    }

    private static List<Demand>? Demands(Terminal terminal, ArgumentResult result)
    {
        var demands = new List<Demand>();
        foreach (var token in result.Tokens)
        {
            var parts = token.Value.Split(':');
            var amount = 1.0;
            if (parts.Length > 2
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                || (parts.Length == 2 && !(double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out amount) && double.IsFinite(amount))))
            {
                result.AddError(terminal.T("cli.lca.solve.no_demand", token.Value));
                return null;
            }

            demands.Add(new Demand(process, amount));
        }

        return demands;
    }
}

/// <summary>An amount of the product of a process.</summary>
internal sealed record Demand(int Process, double Amount);

/// <summary>Supply by process, inventory by flow, impacts by indicator.</summary>
/// <param name="Wanted">The demands added up, by product.</param>
internal sealed record LcaSolution(
    PreparedNetwork Network, IReadOnlyList<Demand> Demands, double[] Wanted, Supply Supply, double[] Inventory, double[] Impacts, LcaSamples? Samples);

/// <summary>The impacts of samples, and how many entries of the matrices were uncertain.</summary>
internal sealed record LcaSamples(SampledImpacts Impacts, int Uncertain);
