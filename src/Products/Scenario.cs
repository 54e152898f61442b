using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>A named set of changes.</summary>
public sealed record Scenario(string Name, IReadOnlyList<SystemChange> Changes);

/// <summary>The impacts under one scenario.</summary>
/// <param name="Values">By indicator.</param>
/// <param name="Difference">To the unchanged system, by indicator.</param>
public sealed record ScenarioResult(Scenario Scenario, double[] Values, double[] Difference, Certificate Certificate)
{
    /// <summary>The difference as a share of the unchanged value; null where that is zero.</summary>
    public double? Relative(int indicator)
    {
        var before = Values[indicator] - Difference[indicator];
        return before == 0 ? null : Difference[indicator] / Math.Abs(before);
    }
}

/// <summary>
/// What a demand would cause if amounts, providers or parameters were otherwise. Only the changed processes are evaluated again, and the network is updated by as many ranks as columns
/// change; beyond <see cref="MostColumns"/> it is prepared anew. Every answer is exact and has its own certificate.
/// </summary>
public sealed class ScenarioSet
{
    /// <summary>Beyond so many changed columns a fresh network is cheaper than an update.</summary>
    public const int MostColumns = 24;

    private readonly ImpactResult _baseline;

    public ScenarioSet(ImpactResult baseline) => _baseline = baseline;

    /// <summary>All scenarios, in their order; refused with the first one's problems that is.</summary>
    public Outcome<IReadOnlyList<ScenarioResult>> Of(IReadOnlyList<Scenario> scenarios)
    {
        var results = new List<ScenarioResult>(scenarios.Count);
        foreach (var scenario in scenarios)
        {
            var result = Of(scenario);
            if (!result.Ok)
            {
                return Outcome<IReadOnlyList<ScenarioResult>>.Refused(result.Problems);
            }

            results.Add(result.Value);
        }

        return results;
    }

    /// <summary>Refused as <see cref="ProductSystem.With"/>, and with the problems of the changed network, whose columns are named.</summary>
    public Outcome<ScenarioResult> Of(Scenario scenario) => ChangedModel.Of(_baseline.System, scenario.Changes).Then(changed => Of(scenario, changed));

    private Outcome<ScenarioResult> Of(Scenario scenario, ChangedModel changed)
    {
        var system = _baseline.System;
        var model = system.Model!;
        var columns = new List<ColumnChange>();
        var direct = new Dictionary<int, double[]>();
        foreach (var (p, process) in changed.Processes)
        {
            for (var c = 0; c < model.ColumnsOf(p); c++)
            {
                var column = model.FirstColumn(p) + c;
                var (products, flows) = (Entries(model, process, column, elementary: false), Entries(model, process, column, elementary: true));
                var change = ColumnChange.To(system.A, column, products.Rows, products.Values);
                if (change.Products.Count > 0)
                {
                    columns.Add(change);
                }

                var sums = new double[_baseline.Values.Length];
                CharacterisedSystem.Direct(system, _baseline.Method.C, flows.Rows, flows.Values, sums);
                direct.Add(column, sums);
            }
        }

        var supply = Supply(columns);
        if (!supply.Ok)
        {
            return Outcome<ScenarioResult>.Refused(NetworkNames.Named(supply.Problems, system));
        }

        var values = new double[_baseline.Values.Length];
        for (var column = 0; column < supply.Value.Values.Length; column++)
        {
            var times = supply.Value.Values[column];
            if (times != 0)
            {
                var own = direct.TryGetValue(column, out var changedDirect) ? changedDirect : _baseline.Characterised.DirectOf(column);
                for (var k = 0; k < values.Length; k++)
                {
                    values[k] += own[k] * times;
                }
            }
        }

        if (Array.FindIndex(values, v => !double.IsFinite(v)) is >= 0 and var overflown)
        {
            return ImpactResult.NotFinite(_baseline.Method, overflown, values[overflown]);
        }

        return new ScenarioResult(scenario, values, [.. values.Zip(_baseline.Values, (after, before) => after - before)], supply.Value.Certificate);
    }

    private static (int[] Rows, double[] Values) Entries(SystemModel model, ChangedProcess process, int column, bool elementary)
    {
        var entries = process.Entries.Where(e => e.Column == column && e.Elementary == elementary).ToArray();
        return ([.. entries.Select(e => e.Row)], [.. entries.Select(e => model.Value(e, process.Values, process.Shares))]);
    }

    private Outcome<Supply> Supply(List<ColumnChange> columns)
    {
        var f = new double[_baseline.System.Processes.Count];
        foreach (var demand in _baseline.Inventory.Demands)
        {
            f[demand.Process] += demand.Amount;
        }

        var network = _baseline.Inventory.Prepared.Network;
        return columns.Count switch
        {
            0 => network.Solve(f),
            <= MostColumns => network.With(columns).Then(changed => changed.Solve(f)),
            _ => Rebuilt(columns).Then(rebuilt => rebuilt.Solve(f)),
        };
    }

    private Outcome<PreparedNetwork> Rebuilt(List<ColumnChange> columns)
    {
        var a = _baseline.System.A;
        var (rows, places, values) = (new List<int>(a.Count), new List<int>(a.Count), new List<double>(a.Count));
        for (var column = 0; column < a.Columns; column++)
        {
            rows.AddRange(a.RowsOf(column));
            values.AddRange(a.ValuesOf(column));
            places.AddRange(Enumerable.Repeat(column, a.RowsOf(column).Length));
        }

        foreach (var change in columns)
        {
            rows.AddRange(change.Products);
            values.AddRange(change.Differences);
            places.AddRange(Enumerable.Repeat(change.Process, change.Products.Count));
        }

        return PreparedNetwork.Prepare(SparseMatrix.FromTriplets(a.Rows, a.Columns, [.. rows], [.. places], [.. values]));
    }
}
