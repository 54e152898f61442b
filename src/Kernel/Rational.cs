using System.Globalization;
using System.Numerics;

namespace Tanlu.Kernel;

/// <summary>An exact fraction in lowest terms with a positive denominator. Unit factors are kept exact, so that round trips are exact too.</summary>
public readonly record struct Rational
{
    private readonly BigInteger _denominatorLessOne;

    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
        {
            throw new DivideByZeroException("A fraction needs a denominator other than zero.");
        }

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        Numerator = numerator / divisor;
        _denominatorLessOne = (denominator / divisor) - 1;
    }

    public BigInteger Numerator { get; }

    // Stored less one, so that default(Rational) is zero and not 0/0.
    public BigInteger Denominator => _denominatorLessOne + 1;

    public static Rational One => new(1, 1);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public Rational Power(int exponent) => exponent >= 0
        ? new(BigInteger.Pow(Numerator, exponent), BigInteger.Pow(Denominator, exponent))
        : new(BigInteger.Pow(Denominator, -exponent), BigInteger.Pow(Numerator, -exponent));

    /// <summary>Parses <c>0.45359237</c>, <c>1e6</c> or a fraction <c>a/b</c> of such numbers, without rounding.</summary>
    public static Rational Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? ParseDecimal(text) : ParseDecimal(text[..slash]) / ParseDecimal(text[(slash + 1)..]);
    }

    /// <summary>The nearest double: division of scaled integers, so that the result is right to the last bit.</summary>
    public double ToDouble()
    {
        if (Numerator.IsZero)
        {
            return 0;
        }

        // 64 significant bits of the quotient, a sticky bit for the rest, then one rounding by the conversion.
        var shift = 66 - ((long)BigInteger.Abs(Numerator).GetBitLength() - (long)Denominator.GetBitLength());
        var scaled = shift >= 0 ? BigInteger.Abs(Numerator) << (int)shift : BigInteger.Abs(Numerator) >> (int)-shift;
        var quotient = BigInteger.DivRem(scaled, Denominator, out var remainder);
        if (!remainder.IsZero)
        {
            quotient |= BigInteger.One;
        }

        var extra = (int)quotient.GetBitLength() - 53;
        var kept = quotient >> extra;
        var dropped = quotient - (kept << extra);
        var half = BigInteger.One << (extra - 1);
        if (dropped > half || (dropped == half && !kept.IsEven))
        {
            kept++;
        }

        return Numerator.Sign * Math.ScaleB((double)kept, (int)(extra - shift));
    }

    public override string ToString() => Denominator.IsOne ? Numerator.ToString(CultureInfo.InvariantCulture) : $"{Numerator}/{Denominator}";

    private static Rational ParseDecimal(string text)
    {
        text = text.Trim();
        var exponent = 0;
        var e = text.IndexOfAny(['e', 'E']);
        if (e >= 0)
        {
            exponent = int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..e];
        }

        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= text.Length - point - 1;
            text = text.Remove(point, 1);
        }

        var digits = BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent >= 0 ? new(digits * BigInteger.Pow(10, exponent), 1) : new(digits, BigInteger.Pow(10, -exponent));
    }
}
