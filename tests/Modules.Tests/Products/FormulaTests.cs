using Tanlu.Products;

namespace Tanlu.Modules.Tests.Products;

/// <summary>Formulas in the spellings of the formats, their values, derivatives and refusals.</summary>
public sealed class FormulaTests
{
    [Theory]
    [InlineData("1 + 2*3", 7)]
    [InlineData("-2^2", -4)]
    [InlineData("2^3^2", 512)]
    [InlineData("2**-1", 0.5)]
    [InlineData("= 3 - -2", 5)]
    [InlineData("1,5 * 2", 3)]
    [InlineData("max(1,5)", 5)]
    [InlineData("max(1,5;1)", 1.5)]
    [InlineData("1.5e-3*1E3", 1.5)]
    [InlineData("if(x > 1; 10; 20)", 10)]
    [InlineData("IF(x <= 1; 1/0; 20)", 20)]
    [InlineData("iff(not(x = 2) or y <> 3; 1; 0)", 0)]
    [InlineData("(x >= 2) * 4 + (y != 3)", 4)]
    [InlineData("7 mod 4 + 9 div 2", 7)]
    [InlineData("log(1000) + ln(exp(2)) + lg(10) + log(8;2)", 9)]
    [InlineData("sqrt(sqr(3)) + abs(-1) + pow(2;3) + power(2;1)", 14)]
    [InlineData("round(2.5) + floor(2.9) + ceil(2.1) + int(-2.7) + trunc(1.9)", 7)]
    [InlineData("min(3;1;2) + sum(1;2;3) + avg(2;4) + frac(1.25)", 10.25)]
    [InlineData("UnitConversion(x; 'kWh'; 'MJ')", 7.2)]
    [InlineData("X + Y", 5)]
    [InlineData("pi() - PI", 0)]
    [InlineData("true && !false", 1)]
    [InlineData("排放系数 * 2", 1)]
    public void Values(string formula, double expected) => Assert.Equal(expected, Value(formula).Value, 12);

    [Theory]
    [InlineData("x*y")]
    [InlineData("x/y + y/x")]
    [InlineData("x^y")]
    [InlineData("x^2 + 3^x")]
    [InlineData("sqrt(x*y) + exp(x/5) - ln(y)*log(x)")]
    [InlineData("if(x > 1; x*y; x+y)")]
    [InlineData("max(x;y) + min(x;y*y) + avg(x;y;4)")]
    [InlineData("sin(x)*cos(y) + tan(x) + atan(y) + tanh(x)")]
    [InlineData("log(x;y) + abs(x - 2*y) + frac(x + 0.25) + mod(7.3*x; y)")]
    [InlineData("asin(x/10) + acos(y/10) + sinh(x/3) + cosh(y/3) + cot(x) + sqr(y)")]
    public void Derivatives_are_those_of_finite_differences(string formula)
    {
        const double Step = 1e-6;
        var exact = Value(formula);
        for (var i = 0; i < 2; i++)
        {
            var above = Value(formula, i == 0 ? 2 + Step : 2, i == 1 ? 3 + Step : 3).Value;
            var below = Value(formula, i == 0 ? 2 - Step : 2, i == 1 ? 3 - Step : 3).Value;
            var at = Array.IndexOf(exact.By, i);
            Assert.Equal((above - below) / (2 * Step), at < 0 ? 0 : exact.Slopes[at], 7);
        }
    }

    [Theory]
    [InlineData("1 +", "formula_syntax")]
    [InlineData("(1", "formula_syntax")]
    [InlineData("1 2", "formula_syntax")]
    [InlineData("", "formula_syntax")]
    [InlineData("a$b", "formula_unknown_name")]
    [InlineData("nothing * 2", "formula_unknown_name")]
    [InlineData("foo(1)", "formula_unknown_function")]
    [InlineData("sqrt(1;2)", "formula_arguments")]
    [InlineData("if(1;2)", "formula_arguments")]
    [InlineData("UnitConversion(1; 'kg'; 'MJ')", "formula_units")]
    public void Refusals_name_what_is_wrong(string formula, string code)
    {
        var wrong = Assert.Throws<FormulaException>(() => Value(formula));
        Assert.True(wrong.Code == code || (code == "formula_unknown_name" && wrong.Code == "formula_syntax"), wrong.Code);
    }

    [Fact]
    public void A_hostile_formula_ends_in_a_refusal()
    {
        Assert.Equal("formula_too_deep", Assert.Throws<FormulaException>(() => FormulaParser.Parse(new string('(', 5000))).Code);
        Assert.Equal("formula_too_deep", Assert.Throws<FormulaException>(() => FormulaParser.Parse("1" + string.Concat(Enumerable.Repeat("^1", 5000)))).Code);
        Assert.Equal("formula_too_deep", Assert.Throws<FormulaException>(() => FormulaParser.Parse(new string('1', 30_000))).Code);
        Assert.Equal(1.0, Value(string.Concat(Enumerable.Repeat("-", 10_000)) + "1").Value);
    }

    private static Sensitive Value(string formula, double x = 2, double y = 3) => FormulaParser.Parse(formula).Value(name => name.ToLowerInvariant() switch
    {
        "x" => Sensitive.Parameter(0, x),
        "y" => Sensitive.Parameter(1, y),
        "排放系数" => Sensitive.Constant(0.5),
        _ => null,
    });
}
