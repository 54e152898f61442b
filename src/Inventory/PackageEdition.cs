using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tanlu.Factors.Methods;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>A cell of the enclosed edition; without amounts where it is sealed.</summary>
internal sealed record PackageCell(EditionCellKey Key, Amounts? Amounts);

/// <summary>The enclosed edition as a verifier reads it.</summary>
internal sealed record PackageEdition(
    string Hash, bool Sealed, long Number, Month From, Month To, Route Route, long BookSeq, string BookRoot, string BookChain, IReadOnlyList<PackageCell> Cells,
    IReadOnlyDictionary<string, string> Totals, string BiogenicMg, string? EnergyWh, IReadOnlyDictionary<long, EditionName> Sites, IReadOnlyDictionary<long, EditionName> Sources)
{
    public static PackageEdition Read(PackageReader reader, PackageManifest manifest, PackageFindings findings)
    {
        var bytes = reader.Bytes(PackageForm.Edition);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var edition = Of(json.RootElement, Convert.ToHexStringLower(SHA256.HashData(bytes)));
            findings.Same(PackageForm.Manifest, "edition", "number", edition.Number, manifest.Number);
            findings.Same(PackageForm.Manifest, "sealed", "cells", edition.Cells.Count(c => c.Amounts is null), (int)manifest.SealedCells);
            findings.Same(PackageForm.Edition, "", "energy_wh", edition.Cells.Any(c => c.Amounts is null), edition.EnergyWh is null);
            if (!edition.Sealed)
            {
                findings.Same(PackageForm.Manifest, "edition", "hash", edition.Hash, manifest.EditionHash);
            }

            return edition;
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new InvalidDataException($"{PackageForm.Edition}: {broken.Message}", broken);
        }
    }

    private static PackageEdition Of(JsonElement root, string hash)
    {
        var origins = root.GetProperty("origins").EnumerateArray().Select(o => string.Join('\n', o.EnumerateArray().Select(t => t.GetString()))).ToList();
        var cells = new List<PackageCell>();
        foreach (var cell in root.GetProperty("cells").EnumerateArray())
        {
            var n = cell.EnumerateArray().Select(v => v.GetInt64()).ToArray();
            if (n.Length is not (10 or 19))
            {
                throw new FormatException("cells");
            }

            cells.Add(new PackageCell(EditionCellKey.Of(n, origins[(int)n[3]]), n.Length == 10 ? null : new Amounts(n[10], n[11], n[12], n[13], n[14], n[15], n[16], n[17], n[18])));
        }

        return new PackageEdition(
            hash, cells.Exists(c => c.Amounts is null), root.GetProperty("number").GetInt64(), MonthOf(root, "from"), MonthOf(root, "to"), (Route)root.GetProperty("route").GetByte(),
            root.GetProperty("book_seq").GetInt64(), Text(root, "book_root"), Text(root, "book_chain"), cells,
            root.GetProperty("totals_mg_co2e_x1000").EnumerateObject().Where(t => t.Value.ValueKind != JsonValueKind.Null).ToDictionary(t => t.Name, t => t.Value.GetString()!, StringComparer.Ordinal),
            Text(root, "biogenic_co2_mg"), root.GetProperty("energy_wh").GetString(), Names(root, "sites"), Names(root, "sources"));
    }

    private static Month MonthOf(JsonElement root, string name) => Month.Of(DateOnly.ParseExact(Text(root, name), "yyyy-MM", CultureInfo.InvariantCulture));

    private static string Text(JsonElement root, string name) => root.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static Dictionary<long, EditionName> Names(JsonElement root, string name) => root.GetProperty(name).EnumerateObject().ToDictionary(
        n => long.Parse(n.Name, CultureInfo.InvariantCulture), n => new EditionName(n.Value[0].GetString()!, n.Value[1].GetString()!, n.Value[2].GetString()!));
}

/// <summary>Nodes and sources of a package are those of the edition.</summary>
internal static class PackageNames
{
    public static void Verify(PackageFacts facts, PackageEdition edition, PackageRows rows, PackageFindings findings)
    {
        var nodes = new HashSet<long>();
        facts.Each(PackageForm.Nodes, r =>
        {
            if (!nodes.Add(r.Long("node")) || !edition.Sites.TryGetValue(r.Long("node"), out var name))
            {
                findings.Add("unexpected", r.File, r.Place, "node", "", r["node"]);
                return;
            }

            findings.Same(r.File, r.Place, "code", name.Code, r.Text("code"));
            findings.Same(r.File, r.Place, "name_en", name.En, r.Text("name_en"));
            findings.Same(r.File, r.Place, "name_zh", name.Zh, r.Text("name_zh"));
        });
        foreach (var missing in edition.Sites.Keys.Where(s => !nodes.Contains(s)))
        {
            findings.Add("missing", PackageForm.Nodes, "", "node", PackageText.Number(missing), "");
        }

        var sources = new HashSet<long>();
        facts.Each(PackageForm.Sources, r =>
        {
            if (!sources.Add(r.Long("source")) || !rows.Sources.TryGetValue(r.Long("source"), out var site))
            {
                findings.Add("unexpected", r.File, r.Place, "source", "", r["source"]);
            }
            else if (findings.Same(r.File, r.Place, "site", site, r.Long("site")) && edition.Sources.TryGetValue(r.Long("source"), out var name))
            {
                findings.Same(r.File, r.Place, "code", name.Code, r.Text("code"));
                findings.Same(r.File, r.Place, "name", name.En, r.Text("name"));
            }
        });
        foreach (var missing in rows.Sources.Keys.Where(s => !sources.Contains(s)))
        {
            findings.Add("missing", PackageForm.Sources, "", "source", PackageText.Number(missing), "");
        }
    }
}
