using FsCheck;
using FsCheck.Fluent;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class NumberTextTests
{
    public static TheoryData<double, string, string, string> Written()
    {
        var data = new TheoryData<double, string, string, string>();
        foreach (var row in Vectors.Read("kernel/figures.csv"))
        {
            data.Add(double.Parse(row["value"]), row["unit"], row["en"], row["zh"]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Boards_show_three_significant_figures(double value, string unit, string en, string zh)
    {
        Assert.Equal(en, Figures.Short(value, unit, Language.English).ToString());
        Assert.Equal(zh, Figures.Short(value, unit, Language.Chinese).ToString());
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0000001, "0")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(1234567.891, "1,234,567.891")]
    [InlineData(-1234.5, "-1,234.5")]
    [InlineData(1e21, "1,000,000,000,000,000,000,000")]
    [InlineData(double.NaN, "–")]
    [InlineData(double.NegativeInfinity, "–")]
    public void In_full_without_digits_that_are_not_there(double value, string expected) => Assert.Equal(expected, NumberText.Full(value));

    [Theory]
    [InlineData(1234.5678, "1,230")]
    [InlineData(0.012345, "0.0123")]
    [InlineData(99.95, "100")]
    [InlineData(9.995, "9.99")]
    [InlineData(1, "1.00")]
    [InlineData(-12.34, "-12.3")]
    [InlineData(double.Epsilon, "4.94E-324")]
    public void Significant_figures(double value, string expected) => Assert.Equal(expected, NumberText.Significant(value));

    [Fact]
    public void Integers_of_the_book_are_shown_exactly()
    {
        Assert.Equal("1.234567", NumberText.OfScaled(1_234_567, 6));
        Assert.Equal("-0.000001", NumberText.OfScaled(-1, 6));
        Assert.Equal("12,345", NumberText.OfScaled(12_345_000_000, 6));
        Assert.Equal("12,345.000000", NumberText.OfScaled(12_345_000_000, 6, shortest: false));
        Assert.Equal("0", NumberText.OfScaled(0, 6));
        Assert.Equal("9,223,372,036,854.775807", NumberText.OfScaled(long.MaxValue, 6));
        Assert.Equal("-170,141,183,460,469,231,731,687,303,715,884.105728", NumberText.OfScaled(Int128.MinValue, 6));
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000).WithReplay(5_062_024, 41), Prop.ForAll<long>(value =>
            Int128.Parse(NumberText.OfScaled(value, 4, shortest: false).Replace(",", "").Replace(".", "")) == value));
    }

    [Fact]
    public void Any_number_has_a_text_in_any_unit()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(5000).WithReplay(9_092_024, 43),
            Prop.ForAll(ArbMap.Default.ArbFor<double>(), Gen.Elements("kg CO2e", "kWh", "GJ", "CNY", "", "x y", "t/MWh").ToArbitrary(), (value, unit) =>
                Enum.GetValues<Language>().All(l => Figures.Short(value, unit, l).Number.Length > 0) && Figures.Full(value, unit).Number.Length > 0));
    }
}
