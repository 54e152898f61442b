namespace Tanlu.Inventory;

/// <summary>Names and columns of the files in a package; <c>docs/reference/package-format.md</c> says what each means.</summary>
internal static class PackageForm
{
    public const string Form = "tanlu-package-1";
    public const string Manifest = "package.json";
    public const string Edition = "edition.json";
    public const string EvidenceFolder = "evidence/";

    public const string Batches = "batches.csv";
    public const string Tree = "tree.csv";
    public const string Activities = "activities.csv";
    public const string Postings = "postings.csv";
    public const string Corrections = "corrections.csv";
    public const string Calculations = "calculations.csv";
    public const string FactorSets = "factor_sets.csv";
    public const string Lines = "lines.csv";
    public const string Factors = "factors.csv";
    public const string Packs = "packs.csv";
    public const string Units = "units.csv";
    public const string Gases = "gases.csv";
    public const string Substances = "substances.csv";
    public const string Nodes = "nodes.csv";
    public const string Sources = "sources.csv";
    public const string Evidence = "evidence.csv";
    public const string LeftOut = "left_out.csv";
    public const string Sealed = "sealed.csv";

    /// <summary>The nine amounts in the order of the postings' columns.</summary>
    public static readonly IReadOnlyList<string> Amounts =
        ["co2_mg", "co2_bio_mg", "ch4_fossil_mg", "ch4_nonfossil_mg", "ch4_mg", "n2o_mg", "other_mg", "co2e_mg", "energy_wh"];

    /// <summary>Codes of the gases that have a column of their own, in their order.</summary>
    public static readonly IReadOnlyList<string> OwnColumn = ["co2", "co2_biogenic", "ch4_fossil", "ch4_nonfossil", "ch4", "n2o"];

    public static readonly IReadOnlyDictionary<string, IReadOnlyList<string>> Tables = new Dictionary<string, IReadOnlyList<string>>
    {
        [Batches] = ["seq", "shown", "id", "kind", "rows", "refused", "postings", "file_name", "file_hash", "reason", "sealed_ticks", "person", "leaves", "root", "chain"],
        [Tree] = ["batch", "level", "place", "hash"],
        [Activities] =
        [
            "batch", "row", "leaf", "state", "target_batch", "target_row", "site", "source", "calculation", "first_day", "last_day", "quantity", "quality", "uncertainty_percent", "own_postings",
            "evidence", "supplier", "note",
        ],
        [Postings] =
        [
            "batch", "row", "line", "site", "source", "calculation", "part", "account", "month", "route", "fixed_gwp", "quality", "evidenced", "other_gas", .. Amounts,
        ],
        [Corrections] = ["batch", "row", "target_batch", "target_row", "reason"],
        [Calculations] =
        [
            "calculation", "hash", "state", "activity", "unit", "read_as", "region", "on_day", "days", "factor", "scope", "category3", "measured", "factors", "code_version", "factor_set",
            "counts_energy",
        ],
        [FactorSets] = ["factor_set", "place", "code", "pack_hash"],
        [Lines] = ["calculation", "line", "account", "route", "role", "factor", "pack_hash", "flags"],
        [Factors] =
        [
            "factor", "pack_hash", "sealed", "activity", "role", "geography", "technology", "valid_from", "valid_to", "name_en", "name_zh", "components", "basis", "gwp", "priority", "source", "page",
            "mark", "uncertainty_percent", "quality", "note",
        ],
        [Packs] = ["pack_hash", "code", "version", "name_en", "name_zh", "publisher", "licence", "licence_url", "attribution", "share_alike", "redistribution"],
        [Units] = ["unit", "dimension", "factor", "gas_state", "basis"],
        [Gases] = ["gas", "code", "formula", "regime", "gwp_x1000", "source", "page"],
        [Substances] = ["substance", "gas", "share", "source"],
        [Nodes] = ["node", "parent", "kind", "code", "name_en", "name_zh", "region", "valid_from", "valid_to"],
        [Sources] = ["source", "site", "code", "name"],
        [Evidence] = ["hash", "name", "media_type", "bytes", "enclosed"],
        [LeftOut] = ["site", "month"],
        [Sealed] = ["account", "cells", "postings", "co2e_mg_x1000", "apart_mg_x1000", "biogenic_co2_mg"],
    };
}
