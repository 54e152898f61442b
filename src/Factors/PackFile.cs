using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// A pack in one file: comment lines <c># pack: …</c> with the set's identity, then a CSV table with one version per row (columns in
/// <see cref="Columns"/>, any order). Strict: a row that breaks a rule goes into quarantine with its place and reason.
/// </summary>
public static class PackFile
{
    internal const int LongestKey = 250;

    /// <summary>The table's columns in the order in which they are written.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "series", "version", "valid_from", "valid_to", "activity", "role", "geography", "technology", "name_en", "name_zh", "components", "basis", "gwp",
        "priority", "source", "page", "mark", "uncertainty_percent", "quality", "note",
    ];

    private static readonly string[] Required = ["series", "version", "valid_from", "geography", "name_en", "components", "source", "mark"];

    private static readonly (string Name, FactorRole Role)[] Roles =
    [
        ("main", FactorRole.Main), ("combustion_other", FactorRole.CombustionOther), ("upstream", FactorRole.Upstream), ("losses", FactorRole.Losses),
        ("outside_scopes", FactorRole.OutsideScopes), ("named", FactorRole.Named),
    ];

    /// <summary>Whether the bytes claim to be a pack of this form; reading may still refuse them.</summary>
    public static bool Recognises(ReadOnlySpan<byte> bytes)
    {
        var start = bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
        return start.StartsWith("# pack:"u8) || start.StartsWith("#pack:"u8) || start.StartsWith("\"# pack:"u8);
    }

    public static Outcome<PackReading> Parse(byte[] bytes, string fileName, bool builtIn)
    {
        if (!Utf8.IsValid(bytes))
        {
            return new Problem("pack_encoding", Found: fileName);
        }

        var header = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, int>? columns = null;
        PackBuilder? builder = null;
        var row = 0;
        var rows = 0;
        foreach (var cells in CsvText.Records(bytes))
        {
            row++;
            if (cells is [] or [""])
            {
                continue;
            }

            if (cells[0].StartsWith('#'))
            {
                // A comment line is prose, cut at its commas by the table reader: a spreadsheet's trailing commas go, the prose's own come back.
                Remember(header, string.Join(", ", cells).TrimEnd(',', ' '));
                continue;
            }

            if (columns is null)
            {
                var pack = Identity(header, bytes, builtIn);
                if (!pack.Ok)
                {
                    return Outcome<PackReading>.Refused(pack.Problems);
                }

                builder = new PackBuilder(pack.Value);
                columns = new Dictionary<string, int>(StringComparer.Ordinal);
                foreach (var (name, at) in cells.Select((name, at) => (name, at)))
                {
                    if (!Columns.Contains(name) || !columns.TryAdd(name, at))
                    {
                        return new Problem("pack_column_unknown", row, name, name);
                    }
                }

                if (Array.Find(Required, name => !columns.ContainsKey(name)) is { } missing)
                {
                    return new Problem("pack_column_missing", row, missing, missing);
                }

                continue;
            }

            rows++;
            var version = Row(cells, columns, builder!.Pack, row);
            if (version.Ok)
            {
                builder.Add(version.Value, row);
            }
            else
            {
                builder.Refuse(version.Problems[0]);
            }
        }

        if (builder is null)
        {
            return new Problem("pack_empty", Found: fileName);
        }

        var reading = builder.Build();
        return reading with { Rows = rows, Numbers = reading.Versions.Sum(v => v.Components.Count) };
    }

    /// <summary>Writes a pack in the form that <see cref="Parse"/> reads; the hash of the result is the hash of these bytes.</summary>
    public static byte[] Write(FactorPack pack, IReadOnlyList<FactorVersion> versions)
    {
        var text = new StringBuilder();
        void Comment(string name, string value) => text.Append("# ").Append(name).Append(": ").Append(value.ReplaceLineEndings(" ")).Append('\n');
        Comment("pack", pack.Code);
        Comment("version", pack.Version);
        Comment("name_en", pack.NameEn);
        Comment("name_zh", pack.NameZh);
        Comment("publisher", pack.Publisher);
        Comment("licence", pack.Licence);
        Comment("attribution", pack.Attribution);
        Comment("share_alike", pack.ShareAlike ? "1" : "0");

        // Lines that say nothing are left out, so that a file written before they existed keeps its hash.
        if (pack.LicenceUrl.Length > 0)
        {
            Comment("licence_url", pack.LicenceUrl);
        }

        if (!pack.Redistributable)
        {
            Comment("redistribution", "forbidden");
        }

        text.AppendJoin(',', Columns).Append('\n');
        foreach (var v in versions)
        {
            string[] cells =
            [
                v.Series, v.Version, Iso(v.ValidFrom), Iso(v.ValidTo), v.Activity, RoleName(v.Role), v.Geography, v.Technology, v.NameEn, v.NameZh,
                FactorComponents.Write(v.Components), BasisName(v.Basis), Gwp.Code(v.Gwp), v.Priority.ToString(CultureInfo.InvariantCulture), v.Source, v.Page, v.Mark,
                v.UncertaintyPercent?.ToString("R", CultureInfo.InvariantCulture) ?? "", v.Quality, v.Note,
            ];
            text.AppendJoin(',', cells.Select(Quoted)).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The text form of a version's numbers, as the column <c>components</c> holds it.</summary>
    public static string ComponentsText(IReadOnlyList<FactorComponent> components) => FactorComponents.Write(components);

    public static string RoleName(FactorRole role) => Array.Find(Roles, r => r.Role == role).Name;

    internal static FactorRole? RoleOf(string text) => Array.FindIndex(Roles, r => r.Name == text) is >= 0 and var at ? Roles[at].Role : null;

    internal static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    internal static bool IsPackCode(string text) =>
        text.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');

    private static void Remember(Dictionary<string, string> header, string comment)
    {
        var line = comment.TrimStart('#');
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            header.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
    }

    private static Outcome<FactorPack> Identity(Dictionary<string, string> header, byte[] bytes, bool builtIn)
    {
        string Of(string name) => header.GetValueOrDefault(name, "");
        foreach (var name in new[] { "pack", "version", "name_en", "publisher", "licence" })
        {
            if (Of(name).Length == 0)
            {
                return new Problem("pack_header_missing", Column: name, Found: name);
            }
        }

        if (!IsPackCode(Of("pack")))
        {
            return new Problem("pack_code", Column: "pack", Found: Of("pack"));
        }

        if (Of("share_alike") is not ("" or "0" or "1"))
        {
            return new Problem("pack_share_alike", Column: "share_alike", Found: Of("share_alike"));
        }

        if (Of("redistribution") is not ("" or "allowed" or "forbidden"))
        {
            return new Problem("pack_redistribution", Column: "redistribution", Found: Of("redistribution"));
        }

        if (Of("licence_url").Length > 0 && !(Uri.TryCreate(Of("licence_url"), UriKind.Absolute, out var url) && url.Scheme is ("https" or "http")))
        {
            return new Problem("pack_licence_url", Column: "licence_url", Found: Of("licence_url"));
        }

        return new FactorPack(
            Of("pack"), Of("version"), Hash(bytes), Of("name_en"), Of("name_zh") is { Length: > 0 } zh ? zh : Of("name_en"), Of("publisher"), Of("licence"),
            Of("attribution"), ShareAlike: Of("share_alike") == "1", BuiltIn: builtIn)
        {
            LicenceUrl = Of("licence_url"),
            Redistributable = Of("redistribution") != "forbidden",
        };
    }

    private static Outcome<FactorVersion> Row(IReadOnlyList<string> cells, Dictionary<string, int> columns, FactorPack pack, int row)
    {
        string Of(string name) => columns.TryGetValue(name, out var at) && at < cells.Count ? cells[at] : "";

        // Names and sources come again in every year of a publisher: one copy serves all its editions.
        string Kept(string name) => SharedText.Of(Of(name));
        Problem Bad(string code, string column, string? found = null, params string[] args) => new(code, row, column, found ?? Of(column), args);

        for (var at = columns.Count; at < cells.Count; at++)
        {
            // A cell beyond the header is a comma that was not quoted: everything after it stands in the wrong column.
            if (cells[at].Length > 0)
            {
                return new Problem("pack_row_long", row, null, cells[at]);
            }
        }

        if (Array.Find(Required, name => Of(name).Length == 0) is { } missing)
        {
            return Bad("pack_cell_empty", missing);
        }

        foreach (var key in new[] { "series", "version" })
        {
            if (Of(key).Length > LongestKey || Of(key).Contains('@', StringComparison.Ordinal) || Of(key).Any(char.IsControl))
            {
                return Bad("factor_key", key);
            }
        }

        if (!TryDate(Of("valid_from"), out var from))
        {
            return Bad("factor_date", "valid_from");
        }

        DateOnly? to = null;
        if (Of("valid_to").Length > 0)
        {
            if (!TryDate(Of("valid_to"), out var day))
            {
                return Bad("factor_date", "valid_to");
            }

            to = day;
        }

        if (RoleOf(Of("role") is { Length: > 0 } given ? given : "main") is not { } role)
        {
            return Bad("factor_role_unknown", "role");
        }

        var activity = Of("activity");
        if (activity.Length > 0)
        {
            // Only codes: a pack that names an activity by an alias would change its meaning with the catalogue.
            if (ActivityTypes.Find(activity) is not { } type || type.Code != activity)
            {
                return Bad("factor_activity_unknown", "activity");
            }
        }
        else if (role == FactorRole.Main)
        {
            // Without an activity nothing looks for it; it serves who names it.
            role = FactorRole.Named;
        }
        else if (role != FactorRole.Named)
        {
            return Bad("factor_activity_missing", "activity", activity, RoleName(role));
        }

        if (Regions.Find(Of("geography")) is not { } region || region.Code != Of("geography"))
        {
            return Bad("factor_region_unknown", "geography");
        }

        var components = FactorComponents.Parse(Of("components"));
        if (!components.Ok)
        {
            return components.Problems[0] with { Row = row, Column = "components" };
        }

        if (BasisOf(Of("basis")) is not { } basis)
        {
            return Bad("factor_basis_unknown", "basis");
        }

        var gwp = GwpSet.None;
        if (Of("gwp").Length > 0)
        {
            if (Gwp.Parse(Of("gwp")) is not { } set)
            {
                return Bad("factor_gwp_unknown", "gwp");
            }

            gwp = set;
        }

        var priority = 0;
        if (Of("priority").Length > 0 && !int.TryParse(Of("priority"), NumberStyles.None, CultureInfo.InvariantCulture, out priority))
        {
            return Bad("factor_priority", "priority");
        }

        if (Of("mark") is not ("V" or "S" or "U"))
        {
            return Bad("factor_mark", "mark");
        }

        double? uncertainty = null;
        if (Of("uncertainty_percent").Length > 0)
        {
            if (!FactorComponents.TryNumber(Of("uncertainty_percent"), out var percent) || percent is < 0 or > 10_000)
            {
                return Bad("factor_uncertainty", "uncertainty_percent");
            }

            uncertainty = percent;
        }

        return new FactorVersion
        {
            Pack = pack, Series = Kept("series"), Version = Kept("version"), ValidFrom = from, ValidTo = to, Activity = Kept("activity"), Role = role, Geography = region.Code,
            Technology = Kept("technology"), NameEn = Kept("name_en"), NameZh = Kept("name_zh"), Components = [.. components.Value], Basis = basis, Gwp = gwp, Priority = priority,
            Source = Kept("source"), Page = Kept("page"), Mark = Kept("mark"), UncertaintyPercent = uncertainty, Quality = Kept("quality"), Note = Kept("note"),
        };
    }

    private static UnitCondition? BasisOf(string text) => text switch
    {
        "" => UnitCondition.None,
        "net" => UnitCondition.NetCalorific,
        "gross" => UnitCondition.GrossCalorific,
        _ => null,
    };

    private static string BasisName(UnitCondition basis) => basis switch
    {
        UnitCondition.NetCalorific => "net",
        UnitCondition.GrossCalorific => "gross",
        _ => "",
    };

    private static bool TryDate(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);

    private static string Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "";

    private static string Quoted(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\n\r") >= 0 || cell.StartsWith('#') ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : cell;
}
