using System.Globalization;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>One case of the open known answers as an activity row: what a user would write, with the factor left to matching.</summary>
/// <param name="Packs">Publishers' files to load, below the open data's carbon folder.</param>
/// <param name="Expected">kg, of CO2e or (where <paramref name="Co2Only"/>) of CO2.</param>
internal sealed record KnownAnswer(
    string Id, string Activity, int Year, string Quantity, string Unit, string Region, GwpSet Gwp, IReadOnlyList<string> Packs, double Expected, double Tolerance,
    bool Co2Only, string Factor = "")
{
    private static readonly Dictionary<string, string> UkActivities = new(StringComparer.Ordinal)
    {
        ["electricity"] = "electricity.grid", ["natural-gas-gross"] = "fuel.natural_gas", ["diesel-blend"] = "fuel.diesel",
    };

    /// <summary>Null where the case is not about an activity's factor (CBAM, SBTi, EU ETS sums, offsets and the like come with their own modules).</summary>
    public static KnownAnswer? From(JsonElement known)
    {
        var id = known.GetProperty("id").GetString()!;
        var input = known.GetProperty("input");
        if (known.GetProperty("expected").ValueKind != JsonValueKind.Number)
        {
            return null;
        }

        var expected = known.GetProperty("expected").GetDouble();
        var words = known.GetProperty("tolerance").GetString()!.Split(' ');
        var factor = known.GetProperty("unit").GetString()!.StartsWith("t ", StringComparison.Ordinal) ? 1000 : 1;
        var tolerance = double.Parse(words[1], CultureInfo.InvariantCulture) * (words[0] == "rel" ? Math.Abs(expected) : 1) * factor;
        expected *= factor;
        return id switch
        {
            _ when id.StartsWith("uk-", StringComparison.Ordinal) => Uk(id, input, expected, tolerance),
            _ when id.StartsWith("epa-sc-", StringComparison.Ordinal) => new(
                id, "spend.naics." + input.GetProperty("naics").GetString(), 2022, Text(input, "spend"), "USD", "US", GwpSet.Ar5,
                ["ef-us-epa/SupplyChainGHGEmissionFactors_v1.3.0_NAICS_CO2e_USD2022.csv"], expected, tolerance, Co2Only: false),
            _ when id.StartsWith("gwp-blend-", StringComparison.Ordinal) => new(
                id, "refrigerant." + input.GetProperty("blend").GetString(), 2024, "1", "kg", "US", GwpSet.Ar5, [], expected, tolerance, Co2Only: false),
            _ when id.StartsWith("gwp-R410A-", StringComparison.Ordinal) => new(
                id, "refrigerant.R-410A", 2024, "1", "kg", "US", global::Tanlu.Kernel.Gwp.Parse(id["gwp-R410A-".Length..])!.Value, [], expected, tolerance, Co2Only: false),
            _ when id.StartsWith("cn-fuel-", StringComparison.Ordinal) => ChinaFuel(id, input, expected, tolerance),
            _ when id.StartsWith("cn-grid-", StringComparison.Ordinal) => new(
                id, "electricity.grid", input.GetProperty("year").GetInt32(), Text(input, "quantity"), Text(input, "unit"), Text(input, "area"), GwpSet.Ar6, [], expected, tolerance, Co2Only: true),
            "cn-heat" => new(id, Text(input, "activity"), 2024, Text(input, "quantity"), Text(input, "unit"), "CN", GwpSet.Ar6, [], expected, tolerance, Co2Only: true),
            _ when id.StartsWith("ipcc2006-", StringComparison.Ordinal) => new(
                id, Ipcc(Text(input, "fuel")), 2024, Text(input, "quantity"), Text(input, "unit"), "ZA", GwpSet.Ar6, [], expected, tolerance, Co2Only: true),
            _ when id.StartsWith("egrid-2023-", StringComparison.Ordinal) => new(
                id, "electricity.grid", 2023, Text(input, "quantity"), Text(input, "unit"), Text(input, "subregion"), GwpSet.Ar5,
                ["ef-defra2026-egrid2023-eurostat/egrid-2023.json"], expected, tolerance, Co2Only: true),
            _ => null,
        };
    }

    /// <summary>The activity file a user would send.</summary>
    public string Csv() =>
        "site,source,activity,start,end,quantity,unit,region,factor\n"
        + $"Plant,Source,{Activity},{Year.ToString(CultureInfo.InvariantCulture)}-01-01,{Year.ToString(CultureInfo.InvariantCulture)}-12-31,{Quantity},{Unit},{Region},{Factor}\n";

    private static KnownAnswer Uk(string id, JsonElement input, double expected, double tolerance)
    {
        var year = int.Parse(id.AsSpan(3, 4), CultureInfo.InvariantCulture);
        var pack = year switch
        {
            2024 => "ef-uk-desnz/original-2024-full-set-v1.1.xlsx",
            2026 => "ef-defra2026-egrid2023-eurostat/defra-2026.json",
            _ => $"ef-uk-desnz/uk-ghg-factors-{year.ToString(CultureInfo.InvariantCulture)}.csv",
        };
        return new(
            id, UkActivities[Text(input, "activity")], year, Text(input, "quantity"), Text(input, "unit"), "GB", GwpSet.Ar5, [pack], expected, tolerance, Co2Only: false);
    }

    /// <summary>Set A is what a Chinese place takes by itself; set B is chosen by naming its series, the fuel still found by its Chinese name.</summary>
    private static KnownAnswer ChinaFuel(string id, JsonElement input, double expected, double tolerance)
    {
        var fuel = Text(input, "fuel");
        var code = ActivityTypes.Find(fuel)?.Code ?? throw new InvalidDataException($"No activity is named {fuel}.");
        return new(
            id, fuel, 2024, Text(input, "quantity"), Text(input, "unit"), "CN-SD", GwpSet.Ar6, [], expected, tolerance, Co2Only: true,
            Factor: id.StartsWith("cn-fuel-B-", StringComparison.Ordinal) ? "cn-fuel-n:" + code : "");
    }

    private static string Ipcc(string fuel) => fuel switch
    {
        "Natural gas" => "fuel.natural_gas",
        "Other bituminous coal" => "fuel.bituminous_coal",
        "Motor gasoline" => "fuel.gasoline",
        _ => throw new InvalidDataException($"No activity for {fuel}."),
    };

    private static string Text(JsonElement input, string name) => input.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : input.GetProperty(name).GetRawText();
}
