using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors.Methods;

/// <summary>A factor that the user names takes the place of the matched one and of nothing else.</summary>
public sealed class NamedFactorTests
{
    /// <summary>GHG Protocol: CH4 and N2O of combustion are added, whoever chose the CO2 factor. 1 t × 43.07 GJ/t × 10 and 0.6 kg/TJ (IPCC 2006).</summary>
    [Fact]
    public void A_named_fuel_factor_keeps_the_other_gases_of_combustion()
    {
        var calculation = Prepare("fuel.kerosene", "t", "cn-fuel-n:fuel.kerosene").Value;

        var other = Assert.Single(calculation.Lines, l => l.Role == FactorRole.CombustionOther);
        Assert.Equal(Route.GhgProtocol, other.Route);
        Assert.Equal(0.4307, other.Gases.Single(g => g.Gas == Gases.Ch4).KgPerUnit, 1e-9);
        Assert.Equal(0.025842, other.Gases.Single(g => g.Gas == Gases.N2O).KgPerUnit, 1e-9);
    }

    [Fact]
    public void A_factor_of_another_kind_of_activity_is_refused()
    {
        var refused = Prepare("electricity.grid", "t", "cn-fuel-s:fuel.diesel");

        Assert.Equal("factor_of_other_kind", Assert.Single(refused.Problems).Code);
    }

    private static Outcome<Calculation> Prepare(string activity, string unit, string factor) => Calculator.Prepare(
        FactorLibrary.BuiltIn, new CalculationRequest(activity, Units.Get(unit), Regions.Get("CN-SD"), new DateOnly(2024, 6, 30), factor));
}
