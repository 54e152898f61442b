using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>
/// CO2e of book integers: Σ mass × GWP with scaled-integer GWPs, summed in 128 bits, so that it is exact, additive in any order and the same
/// on every engine. CO2e posted as such keeps its own set and is added unchanged.
/// </summary>
public static class Co2e
{
    /// <summary>mg CO2e × <see cref="Gwp.Scale"/> of what counts in the scopes: Kyoto gases and fixed CO2e, without biogenic CO2.</summary>
    public static Int128 InScopes(Amounts amounts, short otherGas, GwpSet set)
    {
        var rates = Rates.Of(set);
        var sum = ((Int128)amounts.Co2 * Gwp.Scale) + ((Int128)amounts.Ch4Fossil * rates.Ch4Fossil) + ((Int128)amounts.Ch4NonFossil * rates.Ch4NonFossil)
            + ((Int128)amounts.Ch4 * rates.Ch4) + ((Int128)amounts.N2O * rates.N2O) + ((Int128)amounts.Co2eFixed * Gwp.Scale);
        return otherGas != 0 && Gases.Get(otherGas).Regime == GasRegime.Kyoto ? sum + ((Int128)amounts.Other * Gwp.Scaled(set, otherGas)) : sum;
    }

    /// <summary>mg CO2e × <see cref="Gwp.Scale"/> of gases outside the Kyoto list (Montreal Protocol), reported apart from the scopes.</summary>
    public static Int128 Apart(Amounts amounts, short otherGas, GwpSet set) =>
        otherGas != 0 && Gases.Get(otherGas).Regime != GasRegime.Kyoto ? (Int128)amounts.Other * Gwp.Scaled(set, otherGas) : 0;

    /// <summary>Scaled mg CO2e to kg.</summary>
    public static double Kilograms(Int128 scaledMg) => (double)scaledMg / (1e6 * Gwp.Scale);

    private sealed record Rates(long Ch4Fossil, long Ch4NonFossil, long Ch4, long N2O)
    {
        private static readonly Rates[] BySet =
        [
            .. Enum.GetValues<GwpSet>().Order().Select(set => new Rates(
                Gwp.Scaled(set, Gases.Ch4Fossil.Id), Gwp.Scaled(set, Gases.Ch4NonFossil.Id), Gwp.Scaled(set, Gases.Ch4.Id), Gwp.Scaled(set, Gases.N2O.Id))),
        ];

        public static Rates Of(GwpSet set) => BySet[(int)set];
    }
}
