using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>Which months of a period a source has figures for.</summary>
/// <param name="First">First month of the period in which a figure is expected: the source has begun by then and its site belongs to the organisation.</param>
/// <param name="End">The month after the last expected one; a month that is not over is not expected.</param>
/// <param name="Present">Months with figures, in order; a month outside the expected ones may be among them.</param>
public sealed record SourceMonths(EmissionSource Source, Month First, Month End, IReadOnlyList<Month> Present)
{
    public int Expected => Math.Max(0, End.Number - First.Number);

    public IEnumerable<Month> Missing => Enumerable.Range(First.Number, Expected).Select(n => new Month(n)).Except(Present);
}

/// <summary>How complete a statement is: for every source, the months it has and the months it should have.</summary>
/// <remarks>A source is expected in every month since its first figure, because one that fell silent is more often forgotten than gone.</remarks>
public sealed record Completeness(IReadOnlyList<SourceMonths> Sources)
{
    public int Expected => Sources.Sum(s => s.Expected);

    public int Missing => Sources.Sum(s => s.Missing.Count());

    /// <summary>Share of the expected source-months that have figures; 1 where none is expected.</summary>
    public double Share => Expected == 0 ? 1 : 1 - ((double)Missing / Expected);

    /// <param name="spans">Validity of each node in months.</param>
    /// <param name="begun">Sources that had figures before the period.</param>
    /// <param name="now">The month that is not over.</param>
    internal static Completeness Of(
        IReadOnlyList<EmissionSource> sources, StatementQuery query, IReadOnlyDictionary<long, SiteMonths> spans, IReadOnlyDictionary<long, SortedSet<int>> present, IReadOnlySet<long> begun, Month now)
    {
        var rows = new List<SourceMonths>(sources.Count);
        foreach (var source in sources)
        {
            var months = present.GetValueOrDefault(source.Id);
            var span = spans.GetValueOrDefault(source.Site, SiteMonths.None);
            var began = begun.Contains(source.Id) ? query.From.Number : months is { Count: > 0 } ? months.Min : int.MaxValue;
            var end = Math.Min(Math.Min(query.To.Number, span.End), now.Number);
            var first = Math.Min(Math.Max(Math.Max(query.From.Number, span.First), began), Math.Max(end, query.From.Number));
            rows.Add(new SourceMonths(source, new Month(first), new Month(Math.Max(first, end)), [.. (months ?? []).Select(m => new Month(m))]));
        }

        return new Completeness(rows);
    }
}

/// <summary>The months with at least one day on which a site belongs to the organisation: <paramref name="First"/> to the one before <paramref name="End"/>.</summary>
internal readonly record struct SiteMonths(int First, int End)
{
    public static readonly SiteMonths None = new(0, 0);

    public static SiteMonths Of(DateOnly from, DateOnly? to) =>
        new(Month.Of(from).Number, to is { } end ? Month.Of(end.AddDays(-1)).Number + 1 : int.MaxValue);

    public bool Has(int month) => month >= First && month < End;
}
