using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class UnitExpressionTests
{
    public static TheoryData<string, string, string, string> Expressions()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var row in Vectors.Read("kernel/unit-expressions.csv"))
        {
            data.Add(row["text"], row["dimension"], row["factor"], row["condition"]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Means(string text, string dimension, string factor, string condition)
    {
        var unit = Units.Find(text);
        if (dimension == "none")
        {
            Assert.Null(unit);
            return;
        }

        Assert.NotNull(unit);
        Assert.Equal(Dimension.Parse(dimension), unit.Dimension);
        Assert.Equal(Rational.Parse(factor), unit.Factor);
        Assert.Equal(UnitWords.ConditionOf(condition), unit.Condition);
    }
}
