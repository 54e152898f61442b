using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>A parsed formula. Evaluation asks for parameters by name and carries derivatives along.</summary>
internal abstract record FormulaTree
{
    /// <param name="parameter">Gives a parameter's value by its name; null where there is none of that name.</param>
    /// <exception cref="FormulaException">A name is unknown, or a function is given the wrong number of arguments.</exception>
    public abstract Sensitive Value(Func<string, Sensitive?> parameter);

    /// <summary>The names it asks for, in every branch.</summary>
    public abstract IEnumerable<string> Names();

    internal sealed record Number(double Constant) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter) => Sensitive.Constant(Constant);

        public override IEnumerable<string> Names() => [];
    }

    internal sealed record Name(string Text) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter) =>
            parameter(Text) ?? FormulaFunctions.Constant(Text) ?? throw new FormulaException("formula_unknown_name", Text);

        public override IEnumerable<string> Names() => [Text];
    }

    internal sealed record Unary(char Sign, FormulaTree Operand) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter)
        {
            var operand = Operand.Value(parameter);
            return Sign == '-' ? operand * -1 : Sensitive.Constant(operand.Value == 0 ? 1 : 0);
        }

        public override IEnumerable<string> Names() => Operand.Names();
    }

    internal sealed record Binary(string Sign, FormulaTree Left, FormulaTree Right) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter)
        {
            var a = Left.Value(parameter);
            var b = Right.Value(parameter);
            return Sign switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "^" => FormulaFunctions.Power(a, b),
                "div" => Sensitive.Constant(Math.Truncate(a.Value / b.Value)),
                "mod" => Sensitive.Of(a.Value % b.Value, a, 1, b, -Math.Truncate(a.Value / b.Value)),
                "<" => Truth(a.Value < b.Value),
                "<=" => Truth(a.Value <= b.Value),
                ">" => Truth(a.Value > b.Value),
                ">=" => Truth(a.Value >= b.Value),
                "=" => Truth(a.Value == b.Value),
                "<>" => Truth(a.Value != b.Value),
                "and" => Truth(a.Value != 0 && b.Value != 0),
                "or" => Truth(a.Value != 0 || b.Value != 0),
                _ => throw new InvalidOperationException($"No operator {Sign}."),
            };
        }

        public override IEnumerable<string> Names() => Left.Names().Concat(Right.Names());

        private static Sensitive Truth(bool holds) => Sensitive.Constant(holds ? 1 : 0);
    }

    internal sealed record Call(string Function, IReadOnlyList<FormulaTree> Arguments) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter)
        {
            // Only the branch that is taken is evaluated: the other one may divide by the zero that the condition excludes.
            if (FormulaFunctions.IsCondition(Function))
            {
                return Arguments.Count == 3
                    ? Arguments[Arguments[0].Value(parameter).Value != 0 ? 1 : 2].Value(parameter)
                    : throw new FormulaException("formula_arguments", Function);
            }

            var values = new Sensitive[Arguments.Count];
            for (var i = 0; i < values.Length; i++)
            {
                values[i] = Arguments[i].Value(parameter);
            }

            return FormulaFunctions.Apply(Function, values);
        }

        public override IEnumerable<string> Names() => Arguments.SelectMany(a => a.Names());
    }

    /// <summary>The conversion function of EcoSpold 2: a value from one unit to another, both written in quotes.</summary>
    internal sealed record Converted(FormulaTree Operand, string From, string To) : FormulaTree
    {
        public override Sensitive Value(Func<string, Sensitive?> parameter) =>
            Units.Find(From) is { } from && Units.Find(To) is { } to && Units.Ratio(from, to) is { } ratio
                ? Operand.Value(parameter) * ratio
                : throw new FormulaException("formula_units", $"{From} → {To}");

        public override IEnumerable<string> Names() => Operand.Names();
    }
}

/// <summary>What is wrong with a formula; caught where the dataset is known and turned into a <see cref="Problem"/>.</summary>
internal sealed class FormulaException(string code, string found) : Exception
{
    public string Code => code;

    public string Found => found;
}
