using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>What goes into a process and comes out of it, in one unit.</summary>
/// <param name="Unknown">Exchanges that nothing gives an amount in this unit for; they are in neither sum.</param>
public sealed record ProcessBalance(string ProcessId, string Process, double In, double Out, int Known, int Unknown)
{
    /// <summary>(out − in) ÷ the larger of both; 0 where both are 0.</summary>
    public double Gap => Math.Max(In, Out) is > 0 and var larger ? (Out - In) / larger : 0;
}

/// <summary>
/// Whether mass or energy that enters each process leaves it (ISO 14044:2006, 4.3.3.2): a check to look at, not a rule that data must meet, since air, water vapour and heat are often not written down.
/// </summary>
public static class BalanceCheck
{
    public const string Mass = "kg";

    public const string Energy = "MJ";

    /// <summary>The balance of every process of which anything is known, the widest gap first.</summary>
    /// <param name="unit"><see cref="Mass"/>, <see cref="Energy"/>, or another unit that flows or their properties are in.</param>
    public static IReadOnlyList<ProcessBalance> Of(ProductSystem system, string unit)
    {
        if (system.Model is not { } model)
        {
            return [];
        }

        var balances = new List<ProcessBalance>();
        foreach (var process in model.Processes)
        {
            var (taken, given, known, unknown) = (0.0, 0.0, 0, 0);
            for (var e = 0; e < process.Amounts.Length; e++)
            {
                var exchange = process.Dataset.Exchanges[e];
                if (exchange.Avoided || process.Amounts[e] == 0)
                {
                    continue;
                }

                if (process.In(e, unit, isProperty: false) is not { } amount)
                {
                    unknown++;
                    continue;
                }

                known++;

                // A negative output is something that comes in, as EcoSpold 2 writes the waste that a treatment takes.
                if (exchange.Input == process.Amounts[e] > 0)
                {
                    taken += amount.Value;
                }
                else
                {
                    given += amount.Value;
                }
            }

            if (known > 0)
            {
                balances.Add(new ProcessBalance(process.Dataset.Id, process.Dataset.Name, taken, given, known, unknown));
            }
        }

        return [.. balances.OrderByDescending(b => Math.Abs(b.Gap)).ThenBy(b => b.Process, StringComparer.Ordinal)];
    }
}
