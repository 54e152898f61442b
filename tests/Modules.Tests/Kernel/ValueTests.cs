using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Kernel;

public sealed class ValueTests
{
    private static readonly Config Seeded = Config.QuickThrowOnFailure.WithMaxTest(3000).WithReplay(11_112_024, 31);

    [Fact]
    public void A_fraction_goes_there_and_back_and_has_one_form()
    {
        Check.One(Seeded, Prop.ForAll<long, long, long>((a, b, c) =>
        {
            if (b == 0 || c == 0)
            {
                return true;
            }

            var x = new Rational(a, b);
            return x * new Rational(c, 1) / new Rational(c, 1) == x && Rational.Parse(x.ToString()) == x && x.Denominator.Sign > 0
                && BigInteger.GreatestCommonDivisor(x.Numerator, x.Denominator).IsOne;
        }));
        Assert.Equal(new Rational(1, 2), new Rational(-3, -6));
        Assert.Equal(0, default(Rational).ToDouble());
        Assert.Throws<DivideByZeroException>(() => new Rational(1, 0));
    }

    [Fact]
    public void A_fraction_is_the_nearest_double()
    {
        Check.One(Seeded, Prop.ForAll<NormalFloat>(number =>
        {
            var exact = double.Abs(number.Get) is > 1e-300 and < 1e300 ? number.Get : 1.5;
            return Rational.Parse(exact.ToString("E60", System.Globalization.CultureInfo.InvariantCulture)).ToDouble() == exact;
        }));
        Check.One(Seeded, Prop.ForAll<int, PositiveInt>((a, b) => new Rational(a, b.Get).ToDouble() == (double)a / b.Get));
        Assert.Equal(0.45359237, Rational.Parse("0.45359237").ToDouble());
        Assert.Equal(1e-22, Rational.Parse("1e-22").ToDouble());
    }

    [Fact]
    public void Money_adds_in_one_currency_only()
    {
        var a = Money.Of(12.34565m, "CNY");
        Assert.Equal(123_456, a.TenThousandths);
        Assert.Equal("12.3456 CNY", a.ToString());
        Assert.Equal("12.00 EUR", Money.Of(12, "EUR").ToString());
        Assert.Equal(Money.Of(20, "CNY"), a + Money.Of(7.6544m, "CNY"));
        Assert.True(a < Money.Of(13, "CNY"));
        Assert.Throws<InvalidOperationException>(() => a + Money.Of(1, "USD"));
        Assert.Throws<InvalidOperationException>(() => a.CompareTo(Money.Of(1, "USD")));
        Assert.Throws<OverflowException>(() => new Money(long.MaxValue, "CNY") + new Money(1, "CNY"));
        Assert.Throws<OverflowException>(() => -new Money(long.MinValue, "CNY"));
        Assert.Throws<OverflowException>(() => Money.Of(decimal.MaxValue / Money.Scale, "CNY"));
        Assert.Throws<ArgumentException>(() => new Money(1, "yuan"));
    }

    [Theory]
    [InlineData(-0.0001)]
    [InlineData(1.0000001)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_share_outside_does_not_construct(double value)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Share(value));
        Assert.Equal("share_range", Share.Read(value).Problems[0].Code);
    }

    [Fact]
    public void Shares_of_a_whole()
    {
        Assert.Equal(new Share(0.25), Share.Of(1, 4));
        Assert.Equal(Share.Zero, Share.Of(0, 0));
        Assert.Equal(0.75, new Share(0.25).Complement.Value);
        Assert.Equal("25.0 %", new Share(0.25).ToString());
        Assert.Equal(50, new Share(0.5) * 100);
    }

    [Fact]
    public void An_interval_is_half_open_and_holds_a_day()
    {
        var year = DateInterval.OfYear(2024);
        Assert.Equal(366, year.Days);
        Assert.True(year.Contains(new DateOnly(2024, 12, 31)) && !year.Contains(new DateOnly(2025, 1, 1)));
        Assert.Equal(year, DateInterval.Inclusive(new DateOnly(2024, 1, 1), new DateOnly(2024, 12, 31)));
        Assert.Equal("2024-01-01/2024-12-31", year.ToString());
        Assert.False(year.Overlaps(DateInterval.OfYear(2025)));
        Assert.Throws<ArgumentException>(() => new DateInterval(new DateOnly(2024, 1, 2), new DateOnly(2024, 1, 2)));

        // Of a period across the turn of the year the middle day decides; two middle days go to the earlier.
        Assert.Equal(new DateOnly(2023, 12, 31), DateInterval.Inclusive(new DateOnly(2023, 12, 31), new DateOnly(2024, 1, 1)).Middle);
        Check.One(Seeded, Prop.ForAll(Gen.Choose(0, 1_000_000).ToArbitrary(), Gen.Choose(1, 4000).ToArbitrary(), (start, days) =>
        {
            var interval = new DateInterval(DateOnly.FromDayNumber(start), DateOnly.FromDayNumber(start + days));
            return interval.Days == days && interval.Contains(interval.Middle) && interval.Contains(interval.LastDay) && !interval.Contains(interval.End)
                && Math.Abs((interval.Middle.DayNumber - start) - (interval.LastDay.DayNumber - interval.Middle.DayNumber)) <= 1;
        }));
    }

    [Fact]
    public void Months_are_numbers_in_a_row()
    {
        Check.One(Seeded, Prop.ForAll(Gen.Choose(13, 9999 * 12 - 2).ToArbitrary(), number =>
        {
            var month = new Month(number);
            return Month.Of(month.Year, month.OfYear) == month && Month.Of(month.Interval.Start) == month && Month.Of(month.Interval.LastDay) == month
                && new Month(number + 1).Interval.Start == month.Interval.End;
        }));
        Assert.Equal("2024-03", Month.Of(2024, 3).ToString());
    }
}
