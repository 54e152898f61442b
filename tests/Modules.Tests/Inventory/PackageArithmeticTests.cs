using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>The arithmetic of the package's form beside the methods that the program calculates with: to the last bit the same, for every factor that ships.</summary>
public sealed class PackageArithmeticTests
{
    private static readonly Measured[] Properties =
    [
        Measured.Nothing,
        new Measured { NetCalorificValue = new MeasuredValue(41.3, Units.Get("GJ/t")), Oxidation = 0.97 },
        new Measured { CarbonContent = new MeasuredValue(0.861, Units.Get("t/t")), Oxidation = 0.985 },
        new Measured { CarbonContent = new MeasuredValue(20.3, Units.Get("kg/GJ")), Oxidation = 1, Density = new MeasuredValue(0.83, Units.Get("kg/L")) },
        new Measured { Density = new MeasuredValue(0.7174, Units.Get("kg/Nm3")) },
    ];

    [Fact]
    public void Every_factor_gives_the_same_rates_by_the_form_as_by_the_method()
    {
        var quantities = Units.Table.Append(Units.Get("10^4 Nm3")).Append(Units.Get("t 钢")).ToList();
        var compared = 0;
        foreach (var version in FactorLibrary.BuiltIn.All)
        {
            var factor = Of(version);
            foreach (var quantity in quantities.Where(q => q.Dimension.Money == 0 || version.Components.Any(c => c.Unit.Dimension.IsMoney)))
            {
                foreach (var measured in Properties)
                {
                    var plan = FactorPlan.Of(version, quantity, measured, "");
                    if (!plan.Ok)
                    {
                        continue;
                    }

                    var rates = PackageArithmetic.Of(factor, quantity, measured);
                    Assert.Equal(plan.Value.Gases.Select(g => (g.Gas.Id, g.KgPerUnit)), rates.Gases);
                    Assert.Equal((plan.Value.Co2eKgPerUnit, plan.Value.Co2ePerUnit is not null, plan.Value.Energy?.WhPerUnit), (rates.Co2eKg, rates.HasCo2e, rates.Wh));
                    compared++;
                }
            }
        }

        Assert.True(compared > 20_000, $"{compared}");
    }

    [Fact]
    public void Years_and_months_are_those_of_the_book()
    {
        Assert.Equal(1, PackageArithmetic.Years(DateInterval.OfYear(2024).Middle, 366));
        Assert.Equal((31.0 / 365) + (31.0 / 366), PackageArithmetic.Years(new DateOnly(2023, 12, 31), 62));
        Assert.Equal([(Month.Of(2023, 1), 31 / 59.0), (Month.Of(2023, 2), 1)], PackageArithmetic.Months(new DateOnly(2023, 1, 1), new DateOnly(2023, 2, 28)));
        Assert.Equal([(Month.Of(2023, 12), 1.0)], PackageArithmetic.Months(new DateOnly(2023, 12, 31), new DateOnly(2023, 12, 31)));
    }

    private static PackageFactor Of(FactorVersion v) => new(
        v.Id, v.Pack.Hash, false, v.Activity, [.. v.Components.Select(c => new PackageComponent(Kind(c.Kind), c.Gas?.Id ?? 0, c.Value, c.Unit))], v.Basis, v.Gwp, v.Source, v.Mark);

    private static string Kind(ComponentKind kind) => kind switch
    {
        ComponentKind.GasMass => "gas",
        ComponentKind.GasAsCo2e => "gas_as_co2e",
        ComponentKind.Co2e => "co2e",
        ComponentKind.NetCalorificValue => "ncv",
        ComponentKind.GrossCalorificValue => "gcv",
        ComponentKind.CarbonContent => "carbon",
        ComponentKind.Oxidation => "oxidation",
        ComponentKind.Density => "density",
        _ => "leak_rate",
    };
}
