using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// The content of an edition as canonical JSON: members in one order, cells sorted by their key, no white space, integers as integers and totals as decimal
/// text of milligrams, so that the same statement is the same bytes on any machine.
/// </summary>
internal static class EditionJson
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(EditionHead head, IReadOnlyList<Exclusion> exclusions, BoundaryStatement frozen)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            json.WriteString("form", "tanlu-edition-1");
            json.WriteNumber("number", head.Number);
            json.WriteString("title", head.Title);
            json.WriteNumber("node", head.Node);
            json.WriteString("entity_en", head.EntityEn);
            json.WriteString("entity_zh", head.EntityZh);
            json.WriteString("approach", Consolidations.Code(head.Approach));
            json.WriteString("from", head.From.ToString());
            json.WriteString("to", head.To.ToString());
            json.WriteNumber("route", (int)head.Route);
            json.WriteString("gwp", Gwp.Code(head.Gwp));
            json.WriteString("made_at", head.MadeAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteString("made_by", head.MadeBy);
            json.WriteNumber("book_seq", head.Book.Seq);
            json.WriteString("book_root", Convert.ToHexStringLower(head.Book.Root));
            json.WriteString("book_chain", Convert.ToHexStringLower(head.Book.Chain));
            json.WriteStartArray("exclusions");
            foreach (var exclusion in exclusions)
            {
                json.WriteStartArray();
                json.WriteStringValue(exclusion.What);
                json.WriteStringValue(exclusion.Reason);
                json.WriteEndArray();
            }

            json.WriteEndArray();
            Totals(json, frozen.Statement);
            json.WriteStartArray("caveats");
            foreach (var caveat in frozen.Statement.Caveats)
            {
                json.WriteStartArray();
                json.WriteStringValue(caveat.Code);
                json.WriteStringValue(caveat.Share?.ToString("R", CultureInfo.InvariantCulture) ?? "");
                foreach (var arg in caveat.Args)
                {
                    json.WriteStringValue(arg);
                }

                json.WriteEndArray();
            }

            json.WriteEndArray();
            Names(json, frozen);
            Cells(json, frozen.Statement.Entries);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    public static Edition Read(EditionHead head, string content)
    {
        using var document = JsonDocument.Parse(content);
        var root = document.RootElement;
        var exclusions = root.GetProperty("exclusions").EnumerateArray().Select(e => new Exclusion(Text(e[0]), Text(e[1]))).ToList();
        var caveats = root.GetProperty("caveats").EnumerateArray().Select(c => new Caveat(
            Text(c[0]), Text(c[1]) is { Length: > 0 } share ? double.Parse(share, CultureInfo.InvariantCulture) : null, [.. c.EnumerateArray().Skip(2).Select(Text)])).ToList();
        var origins = root.GetProperty("origins").EnumerateArray().Select((o, at) => new EntryOrigin(
            at, 0, Text(o[0]), Text(o[1]), Text(o[2]), Text(o[3]), Text(o[4]), [.. o.EnumerateArray().Skip(5).Select(f => new MatchFlag(Text(f)))])).ToList();
        var entries = root.GetProperty("cells").EnumerateArray().Select(c => new StatementEntry(
            c[0].GetInt64(), c[2].GetInt64(), origins[c[3].GetInt32()],
            new PostingKey(new Account(c[4].GetInt16()), (Route)c[5].GetByte(), (GwpSet)c[6].GetByte(), c[9].GetInt16()),
            new Month(c[1].GetInt32()), (DataQuality)c[7].GetByte(), c[8].GetByte() != 0,
            new Amounts(
                c[10].GetInt64(), c[11].GetInt64(), c[12].GetInt64(), c[13].GetInt64(), c[14].GetInt64(), c[15].GetInt64(), c[16].GetInt64(), c[17].GetInt64(), c[18].GetInt64()))).ToList();
        return new Edition(head, exclusions, Statement.Frozen(entries, head.Gwp, head.Route, caveats), Names(root.GetProperty("sites")), Names(root.GetProperty("sources")), content);
    }

    private static void Totals(Utf8JsonWriter json, Statement statement)
    {
        json.WriteStartObject("totals_mg_co2e_x1000");
        Sum("scope1", statement.Scope1.Scaled);
        Sum("scope2_location", statement.Scope2Location.Scaled);
        json.WriteNull("scope2_market");
        Sum("scope3", statement.Scope3.Scaled);
        for (var category = 1; category <= 15; category++)
        {
            Sum("scope3_" + category.ToString(CultureInfo.InvariantCulture), statement.Category3(category).Scaled);
        }

        Sum("apart", statement.Apart.Scaled);
        json.WriteEndObject();
        json.WriteString("biogenic_co2_mg", statement.BiogenicCo2Mg.ToString(CultureInfo.InvariantCulture));
        json.WriteString("energy_wh", statement.EnergyWh.ToString(CultureInfo.InvariantCulture));

        void Sum(string name, Int128 value) => json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    private static void Names(Utf8JsonWriter json, BoundaryStatement frozen)
    {
        json.WriteStartObject("sites");
        foreach (var node in frozen.Header.Nodes.OrderBy(n => n.Id))
        {
            Name(node.Id, node.Code, node.NameEn, node.NameZh);
        }

        json.WriteEndObject();
        json.WriteStartObject("sources");
        foreach (var source in frozen.Header.Sources.OrderBy(s => s.Id))
        {
            Name(source.Id, $"{source.SiteCode}/{source.Code}", source.Name, "");
        }

        json.WriteEndObject();

        void Name(long id, string code, string en, string zh)
        {
            json.WriteStartArray(id.ToString(CultureInfo.InvariantCulture));
            json.WriteStringValue(code);
            json.WriteStringValue(en);
            json.WriteStringValue(zh);
            json.WriteEndArray();
        }
    }

    /// <summary>Origins by number first, then the cells: site, month, source, origin, account, route, fixed set, quality, evidenced, other gas, then the nine amounts.</summary>
    private static void Cells(Utf8JsonWriter json, IReadOnlyList<StatementEntry> entries)
    {
        var origins = entries.Select(e => e.Origin).Distinct().OrderBy(o => string.Join('\n', o.Activity, o.FactorId, o.Source, o.Mark), StringComparer.Ordinal)
            .ThenBy(o => string.Join(' ', o.Flags.Select(f => f.Code)), StringComparer.Ordinal).ToList();
        var number = origins.Select((o, at) => (o, at)).ToDictionary(o => o.o, o => o.at);
        json.WriteStartArray("origins");
        foreach (var origin in origins)
        {
            json.WriteStartArray();
            foreach (var text in (ReadOnlySpan<string>)[origin.Activity, origin.FactorId, origin.Source, origin.Licence, origin.Mark, .. origin.Flags.Select(f => f.Code)])
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("cells");
        foreach (var cell in entries.Select(e => Numbers(e, number[e.Origin])).Order(Comparer<long[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b))))
        {
            json.WriteStartArray();
            foreach (var value in cell)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static long[] Numbers(StatementEntry e, int origin) =>
    [
        e.Site, e.Month.Number, e.Source, origin, e.Key.Account.Number, (long)e.Key.Route, (long)e.Key.FixedGwp, (long)e.Quality, e.Evidenced ? 1 : 0, e.Key.OtherGas,
        e.Amounts.Co2, e.Amounts.Co2Biogenic, e.Amounts.Ch4Fossil, e.Amounts.Ch4NonFossil, e.Amounts.Ch4, e.Amounts.N2O, e.Amounts.Other, e.Amounts.Co2eFixed, e.Amounts.EnergyWh,
    ];

    private static Dictionary<long, EditionName> Names(JsonElement names) => names.EnumerateObject().ToDictionary(
        n => long.Parse(n.Name, CultureInfo.InvariantCulture), n => new EditionName(Text(n.Value[0]), Text(n.Value[1]), Text(n.Value[2])));

    private static string Text(JsonElement element) => element.GetString()!;
}
