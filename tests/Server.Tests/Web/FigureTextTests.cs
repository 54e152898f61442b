using Tanlu.Kernel;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Tests.Web;

public sealed class FigureTextTests
{
    [Theory]
    [InlineData(0, "kg CO2e", "0", "kg CO₂e")]
    [InlineData(1234.5, "kg CO2e", "1.23", "t CO₂e")]
    [InlineData(999.6, "kg", "1.00", "t")]
    [InlineData(999.4, "kg", "999", "kg")]
    [InlineData(-48213456.2, "kg CO2e", "-48.2", "kt CO₂e")]
    [InlineData(0.0123, "kg", "12.3", "g")]
    [InlineData(61284400, "kWh", "61.3", "GWh")]
    [InlineData(43.326, "GJ/t", "43.3", "GJ/t")]
    [InlineData(0.55681, "kg/kWh", "0.557", "kg/kWh")]
    [InlineData(1234567, "CNY", "1.23", "m CNY")]
    public void English_boards_scale_to_three_figures(double value, string unit, string number, string scaled) =>
        Assert.Equal((number, scaled), FigureText.Scaled(Language.English, value, unit));

    [Theory]
    [InlineData(8310400, "kg CO2e", "8,310", "t CO₂e")]
    [InlineData(9999600, "kg CO2e", "1.00", "万 t CO₂e")]
    [InlineData(48213456.2, "kg CO2e", "4.82", "万 t CO₂e")]
    [InlineData(1.2e12, "kg CO2e", "12.0", "亿 t CO₂e")]
    [InlineData(999, "kg CO2e", "999", "kg CO₂e")]
    [InlineData(12345678, "CNY", "1,230", "万元")]
    [InlineData(61284400, "kWh", "61.3", "GWh")]
    public void Chinese_boards_count_in_wan_and_yi(double value, string unit, string number, string scaled) =>
        Assert.Equal((number, scaled), FigureText.Scaled(Language.Chinese, value, unit));

    [Theory]
    [InlineData(1234567.25, "1,234,567.25")]
    [InlineData(0.0000004, "0")]
    [InlineData(-0.5, "-0.5")]
    public void Tables_show_the_number_in_full(double value, string full) => Assert.Equal(full, FigureText.Full(value));
}
