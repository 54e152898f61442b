using System.Globalization;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Modules.Tests.Kernel;

namespace Tanlu.Modules.Tests.Factors.Methods;

/// <summary>Every method against figures worked out by hand (<c>tests/vectors/factors/calculations.csv</c>), from the quantity to CO2e under AR6.</summary>
public sealed class CalculationVectorTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        foreach (var row in Rows())
        {
            names.Add(row["name"]);
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Agrees_with_the_hand(string name)
    {
        var row = Rows().Single(r => r["name"] == name);
        var route = row["route"] == "ghg" ? Route.GhgProtocol : Route.Guideline;
        var expected = Number(row["expected_kg_co2e"]);
        var scaled = Post(row).Where(p => p.Key.Account.Scope < 3 && (p.Key.Route == Route.Both || p.Key.Route == route))
            .Aggregate(Int128.Zero, (sum, p) => sum + Co2e.InScopes(p.Amounts, p.Key.OtherGas, GwpSet.Ar6));
        var found = Co2e.Kilograms(scaled);
        Assert.InRange(found, expected - 0.001 - (1e-9 * expected), expected + 0.001 + (1e-9 * expected));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Months_add_up_to_the_whole_and_none_is_outside_the_period(string name)
    {
        var row = Rows().Single(r => r["name"] == name);
        var plan = Plan(row);
        var quantity = Number(row["quantity"]);
        var lines = new PostingLine[plan.Count];
        Assert.True(plan.TryPost(quantity, lines));
        for (var key = 0; key < plan.Rates.Count; key++)
        {
            Assert.True(plan.TryWhole(key, quantity, out var whole));
            var months = plan.Count / plan.Rates.Count;
            Assert.Equal(whole, lines.Skip(key * months).Take(months).Aggregate(default(Amounts), (sum, l) => sum + l.Amounts));
        }

        Assert.All(lines, l => Assert.True(l.Month.Interval.Start < plan.Period.End && l.Month.Interval.End > plan.Period.Start));
    }

    [Fact]
    public void A_period_across_the_turn_of_the_year_is_split_by_days()
    {
        // 17 days of December and 14 of January; 31 000 kWh at 0.5306 kg.
        var period = DateInterval.Inclusive(new DateOnly(2023, 12, 15), new DateOnly(2024, 1, 14));
        var plan = new PostingPlan(new PostingRates(Prepared("electricity.grid", "kWh", "CN", period)), period);
        var lines = new PostingLine[plan.Count];
        Assert.True(plan.TryPost(31_000, lines));
        Assert.Equal([new Month(2023 * 12 + 11), new Month(2024 * 12)], lines[..2].Select(l => l.Month));
        Assert.Equal([17 * 530_600_000L, 14 * 530_600_000L], lines[..2].Select(l => l.Amounts.Co2));
        Assert.Equal([17_000_000L, 14_000_000L], lines[..2].Select(l => l.Amounts.EnergyWh));
    }

    [Fact]
    public void A_Chinese_fuel_has_CH4_and_N2O_on_the_GHG_Protocol_route_only()
    {
        var calculation = Prepared("fuel.diesel", "t", "CN", DateInterval.OfYear(2023));
        Assert.Equal([Gases.Co2], calculation.Lines[0].Gases.Select(g => g.Gas));
        Assert.Equal(Route.Both, calculation.Lines[0].Route);
        var others = Assert.Single(calculation.Lines, l => l.Role == FactorRole.CombustionOther);
        Assert.Equal(Route.GhgProtocol, others.Route);
        Assert.Equal([Gases.Ch4, Gases.N2O], others.Gases.Select(g => g.Gas));
        Assert.Equal(42.652 * 0.010, others.Gases[0].KgPerUnit, 1e-9);
        Assert.Equal(42.652 * 0.0006, others.Gases[1].KgPerUnit, 1e-9);
    }

    [Fact]
    public void A_blend_with_Montreal_gases_counts_its_Kyoto_part_and_reports_the_rest_apart()
    {
        // R-401A: HCFC-22 53 %, HFC-152a 13 %, HCFC-124 34 %; under AR5 1760, 138 and 527.
        var period = DateInterval.OfYear(2023);
        var plan = new PostingPlan(new PostingRates(Prepared("refrigerant.R-401A", "kg", "CN", period)), period);
        var amounts = Enumerable.Range(0, plan.Rates.Count).Select(key => (plan.Rates.KeyAt(key).OtherGas, Whole: plan.TryWhole(key, 100, out var whole) ? whole : default)).ToList();
        Assert.Equal(100 * 0.13 * 138, Co2e.Kilograms(amounts.Aggregate(Int128.Zero, (s, a) => s + Co2e.InScopes(a.Whole, a.OtherGas, GwpSet.Ar5))), 1e-6);
        Assert.Equal(100 * ((0.53 * 1760) + (0.34 * 527)), Co2e.Kilograms(amounts.Aggregate(Int128.Zero, (s, a) => s + Co2e.Apart(a.Whole, a.OtherGas, GwpSet.Ar5))), 1e-6);
    }

    [Fact]
    public void Stocks_and_leak_rates_belong_to_refrigerants()
    {
        var request = new CalculationRequest("electricity.grid", Units.Get("kWh"), Regions.Find("CN")!, new DateOnly(2023, 7, 1), Measured: new Measured { LeakRate = 0.1 });
        var problem = Assert.Single(Calculator.Prepare(FactorLibrary.BuiltIn, request).Problems);
        Assert.Equal(("refrigerant_only", "leak_rate"), (problem.Code, problem.Column));
    }

    [Theory]
    [InlineData("R410A", "refrigerant.R-410A")]
    [InlineData("refrigerant.r410a", "refrigerant.R-410A")]
    [InlineData("R 410A", "refrigerant.R-410A")]
    [InlineData("R134a", "refrigerant.HFC-134a")]
    [InlineData("R22", "refrigerant.HCFC-22")]
    [InlineData("refrigerant.R32", "refrigerant.HFC-32")]
    public void Nameplate_spellings_find_their_refrigerant(string spelling, string code) => Assert.Equal(code, ActivityTypes.Get(spelling).Code);

    private static IEnumerable<DataRow> Rows() => Vectors.Read("factors/calculations.csv");

    private static IEnumerable<(PostingKey Key, Amounts Amounts)> Post(DataRow row)
    {
        var plan = Plan(row);
        for (var key = 0; key < plan.Rates.Count; key++)
        {
            Assert.True(plan.TryWhole(key, Number(row["quantity"]), out var whole));
            yield return (plan.Rates.KeyAt(key), whole);
        }
    }

    private static PostingPlan Plan(DataRow row)
    {
        var period = DateInterval.Inclusive(Day(row["start"]), Day(row["end"]));
        return new PostingPlan(new PostingRates(Prepared(row["activity"], row["unit"], row["region"], period, Properties(row["properties"]))), period);
    }

    private static Calculation Prepared(string activity, string unit, string region, DateInterval period, Measured? measured = null)
    {
        var request = new CalculationRequest(activity, Units.Get(unit), Regions.Find(region)!, period.Middle, Measured: measured, Days: measured?.LeakRate is null ? 0 : period.Days);
        var prepared = Calculator.Prepare(FactorLibrary.BuiltIn, request);
        Assert.Empty(prepared.Problems);
        return prepared.Value;
    }

    private static Measured Properties(string text)
    {
        var measured = Measured.Nothing;
        foreach (var property in text.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = (property[..property.IndexOf('=')], property[(property.IndexOf('=') + 1)..].Split(' '));
            var number = Number(value[0]);
            measured = name switch
            {
                "ncv" => measured with { NetCalorificValue = new MeasuredValue(number, Units.Get(value[1])) },
                "carbon" => measured with { CarbonContent = new MeasuredValue(number, Units.Get(value[1])) },
                "density" => measured with { Density = new MeasuredValue(number, Units.Get(value[1])) },
                "oxidation" => measured with { Oxidation = number },
                "leak_rate" => measured with { LeakRate = number },
                "stock_start" => measured with { StockStart = number },
                "stock_end" => measured with { StockEnd = number },
                _ => throw new InvalidDataException(name),
            };
        }

        return measured;
    }

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
