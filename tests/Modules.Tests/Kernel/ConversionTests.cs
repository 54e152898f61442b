using FsCheck;
using FsCheck.Fluent;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class ConversionTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(20_240_611, 17);

    public static TheoryData<double, string, string, double, string> Known()
    {
        var data = new TheoryData<double, string, string, double, string>();
        foreach (var row in Vectors.Read("kernel/conversions.csv"))
        {
            data.Add(double.Parse(row["value"]), row["from"], row["to"], double.Parse(row["expected"]), row["tolerance"]);
        }

        return data;
    }

    public static TheoryData<string, string, string> Refusals()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var row in Vectors.Read("kernel/conversion-refusals.csv"))
        {
            data.Add(row["from"], row["to"], row["problem"]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Known))]
    public void Agrees_with_the_published_factor(double value, string from, string to, double expected, string tolerance)
    {
        var found = Units.Convert(value, Units.Get(from), Units.Get(to)).Value;
        var allowed = tolerance == "exact" ? Math.BitIncrement(expected) - expected : Math.Abs(expected) * double.Parse(tolerance);
        Assert.InRange(found.Result.Value, expected - allowed, expected + allowed);
        Assert.Equal(found.Result.Value, found.Explanation.Value);
        Assert.Equal(to, found.Result.Unit.Code == Units.Get(to).Code ? to : found.Result.Unit.Code);
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Refuses_and_names_what_is_missing(string from, string to, string problem)
    {
        var refused = Units.Convert(1, Units.Get(from), Units.Get(to));
        Assert.Equal(problem, Assert.Single(refused.Problems).Code);
        foreach (var language in Enum.GetValues<Language>())
        {
            Assert.DoesNotContain('{', refused.Problems[0].Message(language));
            Assert.DoesNotContain('[', refused.Problems[0].Expected(language));
        }
    }

    [Fact]
    public void Every_pair_of_one_dimension_and_condition_goes_there_and_back()
    {
        var pairs = (from a in Units.Table from b in Units.Table where Units.Ratio(a, b) is not null select (a, b)).ToArray();
        Assert.True(pairs.Length > 1500);
        Assert.All(pairs, p => Assert.Equal(Rational.One, p.a.Factor / p.b.Factor * (p.b.Factor / p.a.Factor)));
        Check.One(Seeded, Prop.ForAll(Gen.Elements(pairs).ToArbitrary(), ArbMap.Default.ArbFor<NormalFloat>(), (pair, number) =>
        {
            var value = number.Get;
            if (Math.Abs(value) is < 1e-200 or > 1e200)
            {
                return true;
            }

            var there = Units.Convert(value, pair.a, pair.b).Value.Result.Value;
            var back = Units.Convert(there, pair.b, pair.a).Value.Result.Value;
            return Math.Abs(back - value) <= Math.Abs(value) * 4e-16;
        }));
    }

    [Fact]
    public void Every_pair_of_the_table_converts_or_is_refused_with_a_text()
    {
        foreach (var from in Units.Table)
        {
            foreach (var to in Units.Table)
            {
                var outcome = Units.Convert(1, from, to);
                Assert.True(outcome.Ok ? double.IsFinite(outcome.Value.Result.Value) : Texts.Has("problem." + outcome.Problems[0].Code));
                if (outcome.Ok)
                {
                    Assert.Equal(from.Dimension, to.Dimension);
                }
            }
        }
    }

    [Fact]
    public void A_property_leads_across_and_back()
    {
        var diesel = new ConversionProperties { Density = new Quantity(0.84, Units.Get("kg/L")), CalorificValue = new Quantity(42.652, Units.Get("GJ/t")) };
        Assert.Equal(0.84, Units.Convert(1000, Units.Get("L"), Units.Get("t"), diesel).Value.Result.Value, 12);
        Assert.Equal(0.84 * 42.652, Units.Convert(1000, Units.Get("L"), Units.Get("GJ"), diesel).Value.Result.Value, 12);
        Assert.Equal(1000, Units.Convert(0.84 * 42.652, Units.Get("GJ"), Units.Get("L"), diesel).Value.Result.Value, 9);
        Check.One(Seeded, Prop.ForAll(Gen.Elements("kg", "t", "L", "m3", "GJ", "kWh", "tce", "lb", "gal").Two().ToArbitrary(), Gen.Choose(1, 1_000_000).ToArbitrary(), (units, value) =>
        {
            var there = Units.Convert(value, Units.Get(units.Item1), Units.Get(units.Item2), diesel).Value.Result.Value;
            var back = Units.Convert(there, Units.Get(units.Item2), Units.Get(units.Item1), diesel).Value.Result.Value;
            return Math.Abs(back - value) <= value * 1e-14;
        }));
    }

    [Fact]
    public void A_gas_is_brought_to_the_state_of_its_calorific_value_and_says_so()
    {
        var gas = new ConversionProperties { CalorificValue = new Quantity(389.31, Units.Get("GJ/10^4 Nm3")) };
        var energy = Units.Convert(10_000, Units.Get("m3 (20 °C)"), Units.Get("GJ"), gas).Value;
        Assert.Equal(389.31 * 273.15 / 293.15, energy.Result.Value, 10);
        Assert.Contains(energy.Explanation.All(), e => e.Key == "gas_state_change" && e.Clause is not null);
        Assert.Equal("gas_state_needed", Units.Convert(1, Units.Get("m3"), Units.Get("GJ"), gas).Problems[0].Code);

        var stated = Units.Convert(10_000, Units.Get("m3"), Units.Get("GJ"), gas with { GasState = UnitCondition.Gas20C }).Value;
        Assert.Equal(energy.Result.Value, stated.Result.Value, 10);
        Assert.Contains(stated.Explanation.All().SelectMany(e => e.Notes), n => n.Key == "gas_state_read");
    }

    [Fact]
    public void Gross_becomes_net_by_a_given_ratio_only()
    {
        var ratio = new ConversionProperties { NetPerGross = 0.9 };
        Assert.Equal(90, Units.Convert(100, Units.Get("kWh (Gross CV)"), Units.Get("kWh (Net CV)"), ratio).Value.Result.Value, 12);
        Assert.Equal(0.36, Units.Convert(90, Units.Get("kWh (Net CV)"), Units.Get("GJ (Gross CV)"), ratio).Value.Result.Value, 12);
        Assert.Equal(100, Units.Convert(100, Units.Get("kWh"), Units.Get("kWh (Net CV)"), new ConversionProperties { CalorificBasis = UnitCondition.NetCalorific }).Value.Result.Value);
        Assert.Equal("net_gross_ratio_range", Units.Convert(1, Units.Get("kWh{gross}"), Units.Get("kWh{net}"), new ConversionProperties { NetPerGross = 1.1 }).Problems[0].Code);
    }

    [Theory]
    [InlineData(0, "kg/L", "density_range")]
    [InlineData(-1, "kg/L", "density_range")]
    [InlineData(double.NaN, "kg/L", "density_range")]
    [InlineData(1, "GJ/t", "density_unit")]
    public void Impossible_properties_are_refused(double value, string unit, string problem)
    {
        var refused = Units.Convert(1, Units.Get("L"), Units.Get("kg"), new ConversionProperties { Density = new Quantity(value, Units.Get(unit)) });
        Assert.Equal(problem, refused.Problems[0].Code);
    }

    [Fact]
    public void Every_node_has_a_label_in_both_languages_and_the_leaf_is_the_input()
    {
        var all = new ConversionProperties
        {
            Density = new Quantity(0.7174, Units.Get("kg/Nm3")),
            CalorificValue = new Quantity(50, Units.Get("MJ/kg")),
            NetPerGross = 0.9,
            GasState = UnitCondition.Gas15C,
            CalorificBasis = UnitCondition.NetCalorific,
        };
        foreach (var (from, to) in new[] { ("m3", "kWh (Gross CV)"), ("kWh (Gross CV)", "scf"), ("scf", "t"), ("t", "m3 (20 °C)") })
        {
            var root = Units.Convert(5, Units.Get(from), Units.Get(to), all).Value.Explanation;
            Assert.Contains(root.All(), e => e.Source is { Kind: "input" } && e.Value == 5 && e.Unit == Units.Get(from).Code);
            foreach (var language in Enum.GetValues<Language>())
            {
                Assert.All(root.All(), e => Assert.DoesNotContain("[", e.Label(language), StringComparison.Ordinal));
                Assert.All(root.All().SelectMany(e => e.Notes), n => Assert.DoesNotContain("{", n.Text(language), StringComparison.Ordinal));
            }
        }
    }
}
