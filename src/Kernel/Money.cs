using System.Globalization;

namespace Tanlu.Kernel;

/// <summary>An amount of money as an integer of 1/10 000 of a currency unit. Currencies never mix.</summary>
public readonly record struct Money : IComparable<Money>
{
    /// <summary>Parts of one currency unit.</summary>
    public const int Scale = 10_000;

    /// <param name="tenThousandths">Amount in 1/10 000 of a unit.</param>
    /// <param name="currency">ISO 4217 code, three capital letters.</param>
    public Money(long tenThousandths, string currency)
    {
        if (currency is not { Length: 3 } || !currency.All(char.IsAsciiLetterUpper))
        {
            throw new ArgumentException($"“{currency}” is no ISO 4217 code.", nameof(currency));
        }

        TenThousandths = tenThousandths;
        Currency = currency;
    }

    public long TenThousandths { get; }

    public string Currency { get; }

    public decimal Amount => (decimal)TenThousandths / Scale;

    /// <summary>Rounds half to even to 1/10 000. Throws an <see cref="OverflowException"/> beyond 64 bits.</summary>
    public static Money Of(decimal amount, string currency) => new(decimal.ToInt64(Math.Round(amount * Scale, MidpointRounding.ToEven)), currency);

    public static Money operator +(Money a, Money b) => new(checked(a.TenThousandths + b.Same(a).TenThousandths), a.Currency);

    public static Money operator -(Money a, Money b) => new(checked(a.TenThousandths - b.Same(a).TenThousandths), a.Currency);

    public static Money operator -(Money a) => new(checked(-a.TenThousandths), a.Currency);

    public static bool operator <(Money a, Money b) => a.CompareTo(b) < 0;

    public static bool operator >(Money a, Money b) => a.CompareTo(b) > 0;

    public static bool operator <=(Money a, Money b) => a.CompareTo(b) <= 0;

    public static bool operator >=(Money a, Money b) => a.CompareTo(b) >= 0;

    public int CompareTo(Money other) => TenThousandths.CompareTo(other.Same(this).TenThousandths);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Amount:0.00##} {Currency}");

    private Money Same(Money other) => Currency == other.Currency
        ? this
        : throw new InvalidOperationException($"{Currency} and {other.Currency} need an exchange rate.");
}
