using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class NumberTextTests
{
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
}
