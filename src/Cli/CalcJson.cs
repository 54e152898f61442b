using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Cli;

/// <summary>
/// The JSON form of <c>calc</c>: one object with <c>lines</c>, <c>totals</c>, <c>caveats</c> and <c>errors</c>. Lines are written while the
/// rows are read, so a large file needs no memory for them.
/// </summary>
internal sealed class CalcJson : IDisposable
{
    private const int FlushBytes = 1 << 16;

    private readonly Terminal _terminal;
    private readonly GwpSet _gwp;
    private readonly RouteChoice _choice;
    private readonly bool _explain;
    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private StatelessCalculation? _calculation;

    public CalcJson(Terminal terminal, GwpSet gwp, RouteChoice choice, bool explain)
    {
        _terminal = terminal;
        _gwp = gwp;
        _choice = choice;
        _explain = explain;
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        _json.WriteStartObject();
        _json.WriteString("gwp", Gwp.Code(gwp));
        _json.WriteStartArray("lines");
    }

    public ActivityRecordHandler Handler(ActivityReader reader)
    {
        _calculation = new StatelessCalculation(reader, _gwp, _choice);
        return Add;
    }

    public void End(ActivityReader reader) => End(reader.Problems);

    public void End(IReadOnlyList<Problem> problems)
    {
        _json.WriteEndArray();
        var statement = _calculation?.Statement();
        Totals(statement);
        _json.WriteStartArray("caveats");
        foreach (var caveat in statement?.Caveats ?? [])
        {
            _json.WriteStartObject();
            _json.WriteString("code", caveat.Code);
            if (caveat.Share is { } share)
            {
                _json.WriteNumber("share", share);
            }

            _json.WriteString("message", caveat.Text(_terminal.Language));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("errors");
        foreach (var problem in problems)
        {
            _json.WriteStartObject();
            Optional("row", problem.Row);
            Optional("column", problem.Column);
            _json.WriteString("found", problem.Found ?? "");
            _json.WriteString("expected", problem.Expected(_terminal.Language));
            _json.WriteString("message", problem.Message(_terminal.Language));
            _json.WriteString("code", problem.Code);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
        Flush();
        _terminal.Out.WriteLine();
    }

    public void Dispose() => _json.Dispose();

    private bool Add(in ActivityRecord record)
    {
        if (!_calculation!.Add(record))
        {
            return false;
        }

        var quantity = record.Plan.Calculation.Effective.Of(record.Quantity);
        foreach (var line in _calculation.LinesOf(record.Prepared))
        {
            _json.WriteStartObject();
            _json.WriteNumber("row", record.Row);
            _json.WriteNumber("co2e_kg", quantity * line.Co2eKgPerUnit);
            _json.WriteNumber("co2_kg", quantity * line.Co2KgPerUnit);
            _json.WriteNumber("ch4_kg", quantity * line.Ch4KgPerUnit);
            _json.WriteNumber("n2o_kg", quantity * line.N2OKgPerUnit);
            _json.WriteNumber("biogenic_co2_kg", quantity * line.BiogenicCo2KgPerUnit);
            _json.WriteNumber("scope", line.Main.Account.Scope);
            Optional("scope3_category", line.Main.Account.Category3 is > 0 and var category ? category : null);
            Factor(line, record.Plan.Calculation.Request.Activity);
            if (_explain)
            {
                _json.WritePropertyName("explanation");
                ExplanationJson.Write(_json, _calculation.Explain(record, line), _terminal.Language);
            }

            _json.WriteEndObject();
        }

        if (_json.BytesPending > FlushBytes)
        {
            Flush();
        }

        return true;
    }

    private void Factor(CalculatedLine line, string activity)
    {
        _json.WriteStartObject("factor");
        if (line.Main.Factor is { } factor)
        {
            _json.WriteString("id", factor.Id);
            _json.WriteString("version", factor.Version);
            _json.WriteString("source", factor.Source);
            _json.WriteString("name", factor.Name(_terminal.Language));
            _json.WriteString("geography", factor.Geography);
            _json.WriteString("mark", factor.Mark);
        }
        else
        {
            // A gas released is its own mass: there is no factor but the GWP set.
            _json.WriteString("id", activity);
            _json.WriteString("version", Gwp.Code(_gwp));
            _json.WriteString("source", $"GWP-100 {Gwp.Code(_gwp)}");
        }

        _json.WriteEndObject();
    }

    private void Totals(Statement? statement)
    {
        _json.WriteStartObject("totals");
        _json.WriteNumber("scope1_kg", statement?.Scope1.Kilograms ?? 0);
        _json.WriteNumber("scope2_location_kg", statement?.Scope2Location.Kilograms ?? 0);
        _json.WriteNull("scope2_market_kg");
        _json.WriteNumber("scope3_kg", statement?.Scope3.Kilograms ?? 0);
        _json.WriteNumber("biogenic_co2_kg", statement is null ? 0 : (double)statement.BiogenicCo2Mg / 1e6);
        _json.WriteEndObject();
    }

    private void Optional(string name, string? value)
    {
        if (value is null)
        {
            _json.WriteNull(name);
        }
        else
        {
            _json.WriteString(name, value);
        }
    }

    private void Optional(string name, int? value)
    {
        if (value is { } number)
        {
            _json.WriteNumber(name, number);
        }
        else
        {
            _json.WriteNull(name);
        }
    }

    private void Flush()
    {
        _json.Flush();
        _terminal.Out.Write(System.Text.Encoding.UTF8.GetString(_buffer.GetBuffer(), 0, (int)_buffer.Length));
        _buffer.SetLength(0);
    }
}
