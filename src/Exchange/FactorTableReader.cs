using System.Text;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Exchange;

/// <summary>
/// Reads a plain table (CSV or a workbook) of characterisation factors, one per row, or of flow mappings, one per row, recognised by its headers (<c>data/lca/table-columns.csv</c>). A table may hold several
/// methods and indicators; where no column names the unit of the flows, the factors are for the unit of whatever inventory they meet, and that is noted.
/// </summary>
public static class FactorTableReader
{
    public const string FactorCode = "factor_table";

    public const string MappingCode = "mapping_table";

    private static readonly IReadOnlyList<(string Table, string Field, string Header)> Headers =
        [.. DataRows.Read("lca/table-columns.csv").SelectMany(r => r["headers"].Split('|').Select(h => (r["table"], r["field"], h)))];

    /// <summary>Reads the stream to its end; the stream stays the caller's.</summary>
    public static Outcome<DatasetPackage> Read(Stream content, string name, ReadLimits limits, CancellationToken cancellation) =>
        DatasetFile.Read(content, name, limits, cancellation, (file, reading) => Read(file, reading));

    internal static bool Recognises(DatasetFile file)
    {
        if (file.IsArchive)
        {
            return file.Parts.Any(p => p.Name == "xl/workbook.xml") && Opened(file, ReadLimits.Default) is { Ok: true } opened && HasHeaders(opened.Value);
        }

        if (file.Parts[0].Kind != PartKind.Text)
        {
            return false;
        }

        var header = FirstLine(file.Parts[0].Head).Split(',', ';', '\t');
        return IsMapping(Columns(header, "mapping")) || IsFactors(Columns(header, "factors"));
    }

    private static DatasetPackage Read(DatasetFile file, Reading reading)
    {
        var opened = Opened(file, reading.Limits);
        if (!opened.Ok)
        {
            throw new Refusal(opened.Problems[0]);
        }

        using var table = opened.Value;
        var mapping = Columns(table.Header, "mapping");
        var factors = Columns(table.Header, "factors");
        var package = IsMapping(mapping) ? Mappings(table, mapping, file.Name, reading)
            : IsFactors(factors) ? Factors(table, factors, file.Name, reading)
            : throw new Refusal(new Problem("lca_format_unknown", Found: file.Parts[0].Name, Args: [file.Name]));
        return table.Problems is [var problem, ..] ? throw new Refusal(problem) : package;
    }

    private static Outcome<TableFile> Opened(DatasetFile file, ReadLimits limits)
    {
        // A workbook may open with a sheet of explanations: the headers lead to the right one.
        using var content = file.IsArchive ? file.Content() : file.Parts[0].Open();
        return TableFile.Open(content, file.Name, new TableOptions { Limits = TableLimits.Default with { Problems = limits.Notes }, Wanted = file.IsArchive ? [.. Headers.Select(h => h.Header)] : [] });
    }

    private static bool HasHeaders(TableFile table)
    {
        using (table)
        {
            return IsMapping(Columns(table.Header, "mapping")) || IsFactors(Columns(table.Header, "factors"));
        }
    }

    private static DatasetPackage Mappings(TableFile table, Dictionary<string, int> columns, string name, Reading reading)
    {
        var rows = new List<FlowMapping>();
        foreach (var row in table.Rows())
        {
            reading.CountExchange(name);
            string Cell(string field) => columns.TryGetValue(field, out var at) ? row[at].Text : "";
            var factor = Cell("factor").Length == 0 ? 1 : reading.Needed(Cell("factor"), name, row.Row, table.Header[columns["factor"]]);
            if (factor == 0)
            {
                reading.Fault("lca_mapping_zero", name, row.Row, "factor", "0");
            }

            rows.Add(new FlowMapping(
                Cell("source_list"), Id(Cell("source_id")), Cell("source_name"), Cell("source_context"), Cell("source_unit"),
                Cell("target_list"), Id(Cell("target_id")), Cell("target_name"), Cell("target_context"), Cell("target_unit"), factor));
        }

        return new DatasetPackage { Format = MappingCode, Name = Title(name), Mappings = rows };
    }

    private static DatasetPackage Factors(TableFile table, Dictionary<string, int> columns, string name, Reading reading)
    {
        // “unit” beside a unit of the indicator is the flow's.
        var flowUnit = columns.ContainsKey("flow_unit") ? "flow_unit" : columns.ContainsKey("indicator_unit") ? "unit" : "";
        var indicatorUnit = columns.ContainsKey("indicator_unit") ? "indicator_unit" : "unit";
        if (flowUnit.Length == 0)
        {
            reading.Note("lca_table_flow_unit", name, table.HeaderRow);
        }

        var methods = new Dictionary<string, Dictionary<(string Name, string Unit), List<CharacterisationFactor>>>(StringComparer.Ordinal);
        var flows = new Dictionary<string, FlowDataset>(StringComparer.Ordinal);
        foreach (var row in table.Rows())
        {
            reading.CountExchange(name);
            string Cell(string field) => columns.TryGetValue(field, out var at) ? row[at].Text : "";
            var flow = Flow(Cell, flowUnit);
            if (flow.Name.Length == 0)
            {
                reading.Fault("lca_table_flow_name", name, row.Row, table.Header[columns["flow_name"]]);
            }

            if (Cell("indicator").Length == 0)
            {
                reading.Fault("lca_table_indicator", name, row.Row, table.Header[columns["indicator"]]);
            }

            flow = flows.TryGetValue(flow.Id, out var known) && known.Unit == flow.Unit ? known : flows[flow.Id] = flow;
            var value = reading.Needed(Cell("value"), name, row.Row, table.Header[columns["value"]]);
            Under(Under(methods, Cell("method")), (Cell("indicator"), Cell(indicatorUnit))).Add(new CharacterisationFactor(flow, value, flow.Unit, Cell("location")));
        }

        return new DatasetPackage
        {
            Format = FactorCode,
            Name = Title(name),
            Flows = [.. flows.Values],
            Methods =
            [
                .. methods.Select(m => new MethodDataset
                {
                    Id = m.Key.Length > 0 ? m.Key : Title(name),
                    Name = m.Key.Length > 0 ? m.Key : Title(name),
                    Indicators = [.. m.Value.Select(i => new IndicatorDataset(m.Value.Keys.Count(k => k.Name == i.Key.Name) > 1 ? $"{i.Key.Name} ({i.Key.Unit})" : i.Key.Name, "", i.Key.Name, i.Key.Unit, i.Value))],
                }),
            ],
        };
    }

    private static FlowDataset Flow(Func<string, string> cell, string flowUnit)
    {
        var (name, place) = (cell("flow_name"), cell("compartment").Length > 0 ? $"{cell("compartment")}/{cell("subcompartment")}" : cell("context"));
        return new FlowDataset
        {
            Id = cell("flow_id") is { Length: > 0 } id ? Id(id) : $"{name}|{place}",
            Name = name,
            Unit = flowUnit.Length > 0 ? cell(flowUnit) : "",
            Compartment = cell("compartment"),
            Subcompartment = cell("subcompartment"),
            Category = cell("context"),
            Cas = cell("cas").TrimStart('0') is { Length: > 0 } cas ? cas : null,
        };
    }

    private static bool IsMapping(Dictionary<string, int> columns) =>
        columns.ContainsKey("source_name") && (columns.ContainsKey("target_id") || columns.ContainsKey("target_name"));

    private static bool IsFactors(Dictionary<string, int> columns) => columns.ContainsKey("indicator") && columns.ContainsKey("flow_name") && columns.ContainsKey("value");

    private static Dictionary<string, int> Columns(IReadOnlyList<string> header, string table)
    {
        var columns = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (_, field, alias) in Headers.Where(h => h.Table == table))
        {
            for (var at = 0; at < header.Count; at++)
            {
                if (Signs(header[at]) == alias)
                {
                    columns.TryAdd(field, at);
                }
            }
        }

        return columns;
    }

    private static TValue Under<TKey, TValue>(Dictionary<TKey, TValue> all, TKey key)
        where TKey : notnull
        where TValue : new()
    {
        if (!all.TryGetValue(key, out var value))
        {
            all.Add(key, value = new TValue());
        }

        return value;
    }

    private static string FirstLine(ReadOnlySpan<byte> head)
    {
        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF');
        return text.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) ?? "";
    }

    private static string Signs(string header) => new([.. header.Where(char.IsLetterOrDigit).Select(char.ToLowerInvariant)]);

    private static string Id(string text) => Guid.TryParseExact(text, "D", out var uuid) ? uuid.ToString("D") : text;

    private static string Title(string name) => name.LastIndexOf('.') is var dot and > 0 ? name[..dot] : name;
}
