using FsCheck;
using FsCheck.Fluent;
using Tanlu.Kernel;
using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

public sealed class CircularFootprintTests
{
    private static readonly Gen<double> Share = Gen.Choose(0, 1000).Select(i => i / 1000.0);
    private static readonly Gen<double> Impact = Gen.Choose(-1000, 100000).Select(i => i / 100.0);

    private static readonly Arbitrary<CircularFootprintParameters> Any = Arb.From(
        from shares in Share.ArrayOf(6)
        from impacts in Impact.ArrayOf(9)
        select new CircularFootprintParameters
        {
            A = shares[0], B = shares[1], R1 = shares[2], R2 = shares[3] / 2, R3 = shares[4] / 2, QualityIn = shares[5], QualityOut = shares[0], Virgin = impacts[0], Replaced = impacts[1],
            Recycled = impacts[2], RecyclingAtEnd = impacts[3], Disposal = impacts[4], EnergyRecovery = impacts[5], HeatReplaced = impacts[6], ElectricityReplaced = impacts[7],
            HeatingValue = Math.Abs(impacts[8]), HeatEfficiency = shares[1], ElectricityEfficiency = shares[2],
        });

    /// <summary>Ecobalyse, method pages on textile materials (MTES-MCT/ecobalyse @ 1ec8acad): wool from recycled textiles, 1.75 kg CO2e for 0.207 kg.</summary>
    [Fact]
    public void Recycled_wool_of_the_french_method_is_met()
    {
        var wool = Of(new CircularFootprintParameters { A = 0.8, R1 = 1, QualityIn = 0.5, Recycled = 0.5, Virgin = 80.3 });

        Assert.Equal(1.75, 0.207 * wool.Value, 2);
    }

    /// <summary>The same at @ 562ce487: cotton wipers from garments, −0.001 mPt.</summary>
    [Fact]
    public void Wipers_from_garments_of_the_french_method_are_met()
    {
        var material = Of(new CircularFootprintParameters { A = 0.8, R2 = 0.05, RecyclingAtEnd = 0.44, Virgin = 1.82, QualityOut = 0.3 }).Children[0];

        Assert.Equal(-0.001, material.Children[2].Value, 3);
        Assert.Equal(-0.00106, material.Children[2].Value, 12);
    }

    /// <summary>Tutorial of kleis-technology/lcaac @ 0b3d7987: glass without recycling, between 1.38 and 1.4 kg CO2e.</summary>
    [Fact]
    public void Glass_without_recycling_is_primary_material_and_disposal()
    {
        var glass = Of(new CircularFootprintParameters
        {
            A = 0.2, Virgin = 1.3, RecyclingAtEnd = 1.07, EnergyRecovery = 2.03, HeatReplaced = 5.5e-6, ElectricityReplaced = 2.9e-4, HeatEfficiency = 0.31, ElectricityEfficiency = 0.101, Disposal = 0.08,
        });

        Assert.InRange(glass.Value, 1.38 - 1e-12, 1.4);
    }

    [Fact]
    public void The_whole_formula_by_hand()
    {
        var result = Of(new CircularFootprintParameters
        {
            A = 0.5, B = 0, R1 = 0.3, R2 = 0.4, R3 = 0.25, QualityIn = 0.9, QualityOut = 0.8, Virgin = 2, Replaced = 1.8, Recycled = 0.7, RecyclingAtEnd = 0.6, Disposal = 0.1,
            EnergyRecovery = 2.4, HeatingValue = 20, HeatEfficiency = 0.3, HeatReplaced = 0.06, ElectricityEfficiency = 0.1, ElectricityReplaced = 0.12,
        });

        // 1.4; 0.3 × (0.35 + 0.9) = 0.375; 0.5 × 0.4 × (0.6 − 1.44) = −0.168; 0.25 × (2.4 − 0.36 − 0.24) = 0.45; 0.35 × 0.1 = 0.035.
        Assert.Equal([1.4, 0.375, -0.168], result.Children[0].Children.Select(c => Math.Round(c.Value, 12)));
        Assert.Equal([0.45, 0.035], result.Children.Skip(1).Select(c => Math.Round(c.Value, 12)));
        Assert.Equal(2.092, result.Value, 12);
        Assert.All(result.All().Where(n => n.Formula is not null), n => Assert.Contains("2021/2279", n.Clause, StringComparison.Ordinal));
    }

    [Fact]
    public void With_a_of_one_it_is_the_cut_off_and_recycling_afterwards_neither_burdens_nor_credits() => Prop.ForAll(Any, p =>
    {
        var cutOff = p with { A = 1 };
        var material = Of(cutOff).Children[0].Value;
        return Near(material, ((1 - p.R1) * p.Virgin) + (p.R1 * p.Recycled)) && Near(material, Of(cutOff with { RecyclingAtEnd = 0, Replaced = 0 }).Children[0].Value);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void With_a_of_zero_recycled_content_counts_as_primary_and_the_end_of_life_takes_all() => Prop.ForAll(Any, p =>
    {
        var end = p with { A = 0, QualityIn = 1 };
        return Near(Of(end).Children[0].Value, p.Virgin + (p.R2 * (p.RecyclingAtEnd - (p.Replaced!.Value * p.QualityOut))));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Without_recycling_and_recovery_it_is_primary_material_and_disposal() => Prop.ForAll(
        Any, p => Near(Of(p with { R1 = 0, R2 = 0, R3 = 0 }).Value, p.Virgin + p.Disposal)).QuickCheckThrowOnFailure();

    [Fact]
    public void Parts_add_up() => Prop.ForAll(Any, p => Of(p).All().Where(n => n.Key is "cff" or "cff_material").All(n => Near(n.Value, n.Children.Sum(c => c.Value)))).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(1.2, 0, 0, "cff_share")]
    [InlineData(0.5, 0.7, 0.4, "cff_share")]
    [InlineData(double.NaN, 0, 0, "cff_share")]
    public void Shares_beyond_one_are_refused(double a, double r2, double r3, string code) =>
        Assert.Contains(CircularFootprint.Of(new CircularFootprintParameters { A = a, R2 = r2, R3 = r3, Virgin = 1 }, "kg").Problems, p => p.Code == code);

    [Fact]
    public void Values_that_are_none_are_refused_and_unusual_ones_noted()
    {
        Assert.Equal("cff_value", Assert.Single(CircularFootprint.Of(new CircularFootprintParameters { A = 0.5, Virgin = double.PositiveInfinity }, "kg").Problems).Code);
        Assert.Equal(["cff_a_range", "cff_b_not_zero"], Of(new CircularFootprintParameters { A = 1, B = 0.5, Virgin = 1 }).Notes.Select(n => n.Key));
    }

    private static Explanation Of(CircularFootprintParameters parameters) => CircularFootprint.Of(parameters, "kg CO2 eq").Value;

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-9 * (1 + Math.Abs(a) + Math.Abs(b));
}
