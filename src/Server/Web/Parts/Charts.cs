using System.Globalization;
using System.Text.Json.Nodes;
using Tanlu.Kernel;

namespace Tanlu.Server.Web.Parts;

/// <summary>One series of a chart.</summary>
/// <param name="Colour">A name of the palette: <c>scope1</c>, <c>scope2</c>, <c>scope3</c>, <c>c4</c> … <c>c7</c>.</param>
/// <param name="Values">One per category; null is a gap and is shown as one.</param>
public sealed record ChartSeries(string Name, string Colour, IReadOnlyList<double?> Values);

/// <summary>One bar.</summary>
/// <param name="Href">Address of the explanation, opened in the drawer by a click.</param>
public sealed record ChartBar(string Name, double Value, string Colour = "scope1", string? Href = null);

/// <summary>A node of a flow. Names are unique in one chart.</summary>
/// <param name="Value">What is written beside it; null for the sum of what flows in, or else out.</param>
public sealed record FlowNode(string Name, string Colour, double? Value = null);

/// <summary>A flow between two nodes.</summary>
public sealed record FlowLink(string From, string To, double Value, string? Href = null);

/// <summary>A target as a line with words.</summary>
public sealed record ChartTarget(string Words, double Value);

/// <summary>A drawing and the table behind it, both from the same values.</summary>
/// <param name="Option">ECharts option; a colour <c>$name</c> is taken from the palette of the reader's mode.</param>
/// <param name="Columns">Headings of the table; the first names the rows.</param>
public sealed record Chart(JsonObject Option, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    public bool Nothing => Rows.Count == 0;
}

/// <summary>The charts of the product: one axis, bars from zero, at most seven colours, the same colour for the same scope.</summary>
public static class Charts
{
    /// <summary>Columns by month, stacked; months without data stay empty.</summary>
    public static Chart StackedByMonth(Ui ui, IReadOnlyList<Month> months, IReadOnlyList<ChartSeries> series, string unit, ChartTarget? target = null)
    {
        var option = Frame(unit);
        option["legend"] = Legend(series);
        option["grid"] = new JsonObject { ["left"] = 8, ["right"] = 12, ["top"] = 34, ["bottom"] = 4, ["containLabel"] = true };
        option["xAxis"] = new JsonObject { ["type"] = "category", ["data"] = Array(months.Select(ui.Month)), ["$short"] = Array(months.Select(m => Short(ui, m))) };
        option["yAxis"] = new JsonObject { ["type"] = "value", ["min"] = 0 };
        var drawn = new JsonArray();
        foreach (var one in series)
        {
            drawn.Add(new JsonObject
            {
                ["type"] = "bar",
                ["stack"] = "all",
                ["name"] = one.Name,
                ["color"] = "$" + one.Colour,
                ["data"] = Array(one.Values),
            });
        }

        if (target is not null && drawn.Count > 0)
        {
            drawn[0]!["markLine"] = new JsonObject { ["$words"] = target.Words, ["data"] = new JsonArray(new JsonObject { ["yAxis"] = target.Value }) };
        }

        option["series"] = drawn;
        var rows = months.Select((m, i) => (IReadOnlyList<string>)[ui.Month(m), .. series.Select(s => Cell(s.Values.ElementAtOrDefault(i)))]);
        return new Chart(option, [ui.T("chart.month"), .. series.Select(s => s.Name)], [.. rows]);
    }

    /// <summary>Horizontal bars, the largest on top, each with its value written at its end.</summary>
    public static Chart Bars(Ui ui, string heading, IReadOnlyList<ChartBar> bars, string unit)
    {
        var sorted = bars.OrderByDescending(b => b.Value).ToList();
        var option = Frame(unit);
        option["grid"] = new JsonObject { ["left"] = 4, ["right"] = 72, ["top"] = 4, ["bottom"] = 4, ["containLabel"] = true };
        option["xAxis"] = new JsonObject { ["type"] = "value", ["min"] = 0, ["show"] = false };
        option["yAxis"] = new JsonObject { ["type"] = "category", ["inverse"] = true, ["data"] = Array(sorted.Select(b => b.Name)) };
        var data = new JsonArray();
        foreach (var bar in sorted)
        {
            var (number, scaled) = FigureText.Scaled(ui.Language, bar.Value, unit);
            data.Add(new JsonObject
            {
                ["value"] = bar.Value,
                ["itemStyle"] = new JsonObject { ["color"] = "$" + bar.Colour },
                ["$text"] = $"{number} {scaled}",
                ["$href"] = bar.Href,
            });
        }

        option["series"] = new JsonArray(new JsonObject { ["type"] = "bar", ["name"] = heading, ["data"] = data });
        return new Chart(option, [heading, FigureText.Pretty(unit)], [.. sorted.Select(b => (IReadOnlyList<string>)[b.Name, Cell(b.Value)])]);
    }

    /// <summary>Flows from left to right, widths by value.</summary>
    public static Chart Sankey(Ui ui, IReadOnlyList<FlowNode> nodes, IReadOnlyList<FlowLink> links, string unit)
    {
        var option = Frame(unit);
        var points = new JsonArray();
        foreach (var node in nodes)
        {
            var into = links.Where(l => l.To == node.Name).Sum(l => l.Value);
            var (number, scaled) = FigureText.Scaled(ui.Language, node.Value ?? (into > 0 ? into : links.Where(l => l.From == node.Name).Sum(l => l.Value)), unit);
            points.Add(new JsonObject
            {
                ["name"] = node.Name,
                ["itemStyle"] = new JsonObject { ["color"] = "$" + node.Colour },
                ["$text"] = $"{number} {scaled}",
                ["$end"] = !links.Any(l => l.From == node.Name),
            });
        }

        var flows = new JsonArray();
        foreach (var link in links.Where(l => l.Value > 0))
        {
            flows.Add(new JsonObject { ["source"] = link.From, ["target"] = link.To, ["value"] = link.Value, ["$href"] = link.Href });
        }

        option["series"] = new JsonArray(new JsonObject { ["type"] = "sankey", ["data"] = points, ["links"] = flows });
        return new Chart(
            option,
            [ui.T("chart.from"), ui.T("chart.to"), FigureText.Pretty(unit)],
            [.. links.OrderByDescending(l => l.Value).Select(l => (IReadOnlyList<string>)[l.From, l.To, Cell(l.Value)])]);
    }

    /// <summary>Columns side by side without gaps: how many samples lie from each value to the next.</summary>
    public static Chart Histogram(Ui ui, IReadOnlyList<Numerics.HistogramBin> bins, string unit)
    {
        var option = Frame("1");
        option["grid"] = new JsonObject { ["left"] = 8, ["right"] = 12, ["top"] = 12, ["bottom"] = 4, ["containLabel"] = true };
        option["xAxis"] = new JsonObject { ["type"] = "category", ["data"] = Array(bins.Select(b => FigureText.Significant(b.From))) };
        option["yAxis"] = new JsonObject { ["type"] = "value", ["min"] = 0 };
        option["series"] = new JsonArray(new JsonObject
        {
            ["type"] = "bar", ["name"] = ui.T("uncertainty.count"), ["color"] = "$scope1", ["barCategoryGap"] = "2%", ["data"] = Array(bins.Select(b => (double?)b.Count)),
        });
        return new Chart(
            option, [FigureText.Pretty(unit), ui.T("uncertainty.count")],
            [.. bins.Select(b => (IReadOnlyList<string>)[$"{FigureText.Significant(b.From)} … {FigureText.Significant(b.To)}", Cell(b.Count)])]);
    }

    private static JsonObject Frame(string unit) => new() { ["$unit"] = FigureText.Pretty(unit) };

    private static JsonObject Legend(IReadOnlyList<ChartSeries> series) =>
        new() { ["data"] = Array(series.Select(s => s.Name)), ["show"] = series.Count > 1 };

    // January carries the year, the other months only their number or name: an axis that can be read without turning the head.
    private static string Short(Ui ui, Month month) => (ui.Language, month.OfYear) switch
    {
        (Language.Chinese, 1) => string.Create(CultureInfo.InvariantCulture, $"1月\n{month.Year}"),
        (Language.Chinese, _) => string.Create(CultureInfo.InvariantCulture, $"{month.OfYear}月"),
        (_, 1) => string.Create(CultureInfo.InvariantCulture, $"Jan\n{month.Year}"),
        _ => month.Interval.Start.ToString("MMM", CultureInfo.InvariantCulture),
    };

    private static string Cell(double? value) => value is { } v ? FigureText.Full(v) : "–";

    private static JsonArray Array(IEnumerable<string> values) => [.. values.Select(v => (JsonNode?)JsonValue.Create(v))];

    private static JsonArray Array(IEnumerable<double?> values) => [.. values.Select(v => v is { } d ? (JsonNode?)JsonValue.Create(d) : null)];
}
