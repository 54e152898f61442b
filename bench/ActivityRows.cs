using System.Buffers.Text;
using System.Text;

namespace Tanlu.Bench;

/// <summary>What a generated file holds, so that a benchmark can check that nothing was lost on the way.</summary>
/// <param name="Rows">Data rows, the header not counted.</param>
/// <param name="Bad">Rows that must be refused.</param>
/// <param name="Corrections">Good rows that correct an earlier good row.</param>
/// <param name="Combinations">Different combinations of site, activity, region and period among the good rows.</param>
internal sealed record ActivityFileContent(long Rows, long Bad, long Corrections, long Combinations);

/// <summary>A site of the generated group and its province.</summary>
internal readonly record struct GeneratedSite(string Code, string Region);

/// <summary>
/// Activity rows of a large group, from a seed: the same seed and number give the same bytes on every machine. Row <c>i</c> is a function of
/// seed and <c>i</c> alone, so that a correction or a duplicate can name any earlier row without keeping it.
/// </summary>
internal sealed class ActivityRows
{
    private const int SiteCount = 600;
    private const int FirstYear = 2021;
    private const int Months = 36;
    private const int PerMille = 1000;
    private const int BadPerMille = 5;
    private const int CorrectionsPerMille = 10;

    private static readonly string[] Provinces =
    [
        "CN-AH", "CN-BJ", "CN-CQ", "CN-FJ", "CN-GD", "CN-GS", "CN-GX", "CN-GZ", "CN-HA", "CN-HB", "CN-HE", "CN-HI", "CN-HL", "CN-HN", "CN-JL",
        "CN-JS", "CN-JX", "CN-LN", "CN-NM", "CN-NX", "CN-QH", "CN-SC", "CN-SD", "CN-SH", "CN-SN", "CN-SX", "CN-TJ", "CN-XJ", "CN-YN", "CN-ZJ",
    ];

    // Decimals place the nine digits of a quantity in the range that such a source has in a month.
    private static readonly Kind[] Kinds =
    [
        new("electricity.grid", "kWh", "Meter", Decimals: 3, Weight: 36),
        new("electricity.grid", "MWh", "Feeder", Decimals: 5, Weight: 6),
        new("fuel.natural_gas", "Nm3", "Boiler", Decimals: 3, Weight: 10),
        new("fuel.natural_gas", "10^4 Nm3", "Furnace", Decimals: 7, Weight: 6),
        new("fuel.diesel", "t", "Fleet", Decimals: 6, Weight: 8),
        new("fuel.diesel", "kg", "Generator", Decimals: 4, Weight: 3),
        new("fuel.gasoline", "t", "Cars", Decimals: 7, Weight: 5),
        new("fuel.bituminous_coal", "t", "Kiln", Decimals: 5, Weight: 7),
        new("fuel.lpg", "t", "Canteen", Decimals: 7, Weight: 4),
        new("heat.purchased", "GJ", "Steam", Decimals: 5, Weight: 9),
        new("refrigerant.R-410A", "kg", "Chiller", Decimals: 7, Weight: 3),
        new("refrigerant.HFC-134a", "kg", "Cold store", Decimals: 7, Weight: 3),
    ];

    private static readonly string[] Qualities = ["measured", "invoiced", "calculated", "estimated"];
    private static readonly string[] Reasons = ["meter read again", "invoice replaced", "unit was wrong", "period was booked twice"];

    private readonly ulong _seed;
    private readonly byte[][] _sites;
    private readonly byte[][] _kindCells;
    private readonly byte[][] _periods;
    private readonly int[] _kindByWeight;

    public ActivityRows(ulong seed)
    {
        _seed = seed;
        Sites = [.. Enumerable.Range(0, SiteCount).Select(i => new GeneratedSite($"S{i + 1:000}", Provinces[i % Provinces.Length]))];
        _sites = [.. Sites.Select(s => Encoding.UTF8.GetBytes(s.Code))];
        _kindCells = [.. Kinds.Select(k => Encoding.UTF8.GetBytes(k.Source))];
        _periods =
        [
            .. Enumerable.Range(0, Months).Select(m => new DateOnly(FirstYear + (m / 12), (m % 12) + 1, 1))
                .Select(first => Encoding.UTF8.GetBytes($"{first:yyyy-MM-dd},{first.AddMonths(1).AddDays(-1):yyyy-MM-dd}")),
        ];
        _kindByWeight = [.. Kinds.SelectMany((k, at) => Enumerable.Repeat(at, k.Weight))];
    }

    /// <summary>The sites that the rows name.</summary>
    public IReadOnlyList<GeneratedSite> Sites { get; }

    /// <summary>Ways in which a row is bad; each is refused for a reason of its own.</summary>
    private enum Fault
    {
        UnitUnknown,
        UnitOfOtherKind,
        RegionUnknown,
        ActivityUnknown,
        FootnoteInNumber,
        Negative,
        Absurd,
        QuantityMissing,
        BareGasVolume,
        EndBeforeStart,
        DayThatNeverWas,
        Duplicate,
    }

    /// <summary>Writes the header and <paramref name="rows"/> rows; the row numbers that corrections name count the header as row 1.</summary>
    public ActivityFileContent Write(Stream to, long rows)
    {
        var line = new Line(to);
        line.Text("site,source,activity,start,end,quantity,unit,region,quality,note,corrects\n"u8);
        var seen = new bool[SiteCount * Kinds.Length * Months];
        var corrected = new HashSet<long>();
        long bad = 0, corrections = 0, combinations = 0;
        for (long row = 0; row < rows; row++)
        {
            var random = Random(row);
            var lot = (int)(random.Next() % PerMille);
            if (lot < BadPerMille && TryBad(line, row, ref random))
            {
                bad++;
            }
            else if (lot is >= BadPerMille and < BadPerMille + CorrectionsPerMille && Earlier(row, ref random) is var target and >= 0 && corrected.Add(target))
            {
                corrections++;
                WriteCorrection(line, row, target, ref random);
            }
            else
            {
                var cell = WriteGood(line, row);
                combinations += seen[cell] ? 0 : 1;
                seen[cell] = true;
            }

            line.FlushWhenFull();
        }

        line.Flush();
        return new(rows, bad, corrections, combinations);
    }

    /// <summary>An earlier row that is good and corrects nothing, or −1 where a few tries found none.</summary>
    private long Earlier(long row, ref SplitMix random)
    {
        for (var attempt = 0; attempt < 8 && row > 0; attempt++)
        {
            var target = (long)(random.Next() % (ulong)row);
            var itsOwn = Random(target);
            if (itsOwn.Next() % PerMille >= BadPerMille + CorrectionsPerMille)
            {
                return target;
            }
        }

        return -1;
    }

    private int WriteGood(Line line, long row)
    {
        var draw = Draw(row);
        Place(line, draw);
        line.Comma().Text(_periods[draw.Month]).Comma().Quantity(draw.Digits, Kinds[draw.Kind].Decimals);
        line.Comma().Text(Kinds[draw.Kind].Unit).Comma().Text(Sites[draw.Site].Region);
        line.Comma().Text(Qualities[draw.Quality]).Text(",,\n"u8);

        // Two units of one activity are one combination.
        var activity = Array.FindIndex(Kinds, k => k.Activity == Kinds[draw.Kind].Activity);
        return (((draw.Site * Kinds.Length) + activity) * Months) + draw.Month;
    }

    /// <summary>The same source and period with another quantity.</summary>
    private void WriteCorrection(Line line, long row, long target, ref SplitMix random)
    {
        var draw = Draw(target);
        Place(line, draw);
        line.Comma().Text(_periods[draw.Month]).Comma().Quantity(DigitsOf(row, ref random), Kinds[draw.Kind].Decimals);
        line.Comma().Text(Kinds[draw.Kind].Unit).Comma().Text(Sites[draw.Site].Region);
        line.Comma().Text(Qualities[draw.Quality]).Comma().Text(Reasons[random.Next() % (ulong)Reasons.Length]).Comma().Number(target + 2).Text("\n"u8);
    }

    /// <summary>False for a duplicate that found no row to repeat; the row is then a good one.</summary>
    private bool TryBad(Line line, long row, ref SplitMix random)
    {
        var fault = (Fault)(random.Next() % (ulong)(Fault.Duplicate + 1));
        var draw = Draw(row);
        if (fault == Fault.Duplicate)
        {
            var target = Earlier(row, ref random);
            if (target >= 0)
            {
                WriteGood(line, target);
            }

            return target >= 0;
        }

        var kind = Kinds[draw.Kind];
        line.Text(_sites[draw.Site]).Comma().Text(_kindCells[draw.Kind]).Text(" "u8).Number(draw.Unit).Comma();
        line.Text(fault switch { Fault.ActivityUnknown => "fuel.unobtainium", Fault.BareGasVolume => "fuel.natural_gas", _ => kind.Activity }).Comma();
        if (fault == Fault.EndBeforeStart)
        {
            line.Text("2022-05-31,2022-05-01"u8);
        }
        else if (fault == Fault.DayThatNeverWas)
        {
            line.Text("2022-02-01,2022-02-30"u8);
        }
        else
        {
            line.Text(_periods[draw.Month]);
        }

        line.Comma();
        switch (fault)
        {
            case Fault.Negative:
                line.Text("-"u8).Quantity(draw.Digits, kind.Decimals);
                break;
            case Fault.Absurd:
                line.Quantity(draw.Digits, kind.Decimals).Text("e15"u8);
                break;
            case Fault.QuantityMissing:
                break;
            case Fault.FootnoteInNumber:
                line.Quantity(draw.Digits, kind.Decimals).Text(" (a)"u8);
                break;
            default:
                line.Quantity(draw.Digits, kind.Decimals);
                break;
        }

        line.Comma().Text(fault switch { Fault.UnitUnknown => "bucket", Fault.UnitOfOtherKind => "room.night", Fault.BareGasVolume => "m3", _ => kind.Unit });
        line.Comma().Text(fault == Fault.RegionUnknown ? "CN-QQ" : Sites[draw.Site].Region).Comma().Text(Qualities[draw.Quality]).Text(",row "u8).Number(row).Text(",\n"u8);
        return true;
    }

    private void Place(Line line, Draws draw) =>
        line.Text(_sites[draw.Site]).Comma().Text(_kindCells[draw.Kind]).Text(" "u8).Number(draw.Unit).Comma().Text(Kinds[draw.Kind].Activity);

    private Draws Draw(long row)
    {
        var random = Random(row);
        random.Next();
        var many = random.Next();
        return new(
            Site: (int)(many % SiteCount),
            Kind: _kindByWeight[(many >> 16) % (ulong)_kindByWeight.Length],
            Month: (int)((many >> 32) % Months),
            Unit: (int)((many >> 48) % 3) + 1,
            Quality: (int)((many >> 56) % (ulong)Qualities.Length),
            Digits: DigitsOf(row, ref random));
    }

    // The row's last digits end its quantity, so that two rows are never alike by chance and a duplicate is one on purpose.
    private static long DigitsOf(long row, ref SplitMix random) => ((100_000 + (long)(random.Next() % 900_000)) * 1000) + (row % 1000);

    private SplitMix Random(long row) => new(_seed ^ ((ulong)row * 0xD1342543DE82EF95UL));

    private readonly record struct Draws(int Site, int Kind, int Month, int Unit, int Quality, long Digits);

    private sealed record Kind(string Activity, string Unit, string Source, int Decimals, int Weight);

    /// <summary>SplitMix64 (Steele, Lea and Flood 2014): a good generator in one word of state, the same everywhere.</summary>
    private struct SplitMix(ulong state)
    {
        private ulong _state = state;

        public ulong Next()
        {
            var z = _state += 0x9E3779B97F4A7C15UL;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return z ^ (z >> 31);
        }
    }

    /// <summary>A buffer of text on its way to a stream, with room for any one row.</summary>
    private sealed class Line(Stream to)
    {
        private const int Full = 1 << 20;
        private readonly byte[] _bytes = new byte[Full + 1024];
        private int _at;

        public Line Text(ReadOnlySpan<byte> utf8)
        {
            utf8.CopyTo(_bytes.AsSpan(_at));
            _at += utf8.Length;
            return this;
        }

        public Line Text(string text)
        {
            _at += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_at));
            return this;
        }

        public Line Comma() => Text(","u8);

        public Line Number(long number)
        {
            Utf8Formatter.TryFormat(number, _bytes.AsSpan(_at), out var written);
            _at += written;
            return this;
        }

        /// <summary>Digits with a point before the last <paramref name="decimals"/> of them.</summary>
        public Line Quantity(long digits, int decimals)
        {
            Number(digits);
            _bytes.AsSpan(_at - decimals, decimals).CopyTo(_bytes.AsSpan(_at - decimals + 1));
            _bytes[_at - decimals] = (byte)'.';
            _at++;
            return this;
        }

        public void FlushWhenFull()
        {
            if (_at >= Full)
            {
                Flush();
            }
        }

        public void Flush()
        {
            to.Write(_bytes, 0, _at);
            _at = 0;
        }
    }
}
