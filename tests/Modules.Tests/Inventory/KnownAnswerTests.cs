using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>Every known answer about an activity's factor, through the same path as <c>tanlu calc</c>: file, reader, matching, calculation, statement.</summary>
public sealed class KnownAnswerTests
{
    private const string Missing = "(the open data are not here)";

    private static readonly ConcurrentDictionary<string, Lazy<PackReading>> Packs = new(StringComparer.Ordinal);

    public static TheoryData<string> Ids => new(OpenData.Exists("known-answers/known_answers.json") ? Cases().Keys : [Missing]);

    [Theory]
    [MemberData(nameof(Ids))]
    public void Is_reproduced_with_the_factor_found_by_matching(string id)
    {
        Assert.SkipWhen(id == Missing, "The open data are not here (TANLU_TEST_DATA).");
        var known = Cases()[id];

        var (statement, line, reader) = Calculate(known.Csv(), Library(known.Packs), known.Gwp);

        Assert.Empty(reader.Problems);
        var kilograms = known.Co2Only ? line.Co2KgPerUnit : line.Co2eKgPerUnit;
        Assert.Equal(known.Expected, kilograms * double.Parse(known.Quantity, System.Globalization.CultureInfo.InvariantCulture), known.Tolerance);

        // The book rounds each mass to a milligram, which a GWP multiplies; the statement must agree with the line to that.
        var scoped = statement.Sum(e => e.Key.Account == line.Main.Account).Kilograms;
        Assert.Equal(line.Co2eKgPerUnit * double.Parse(known.Quantity, System.Globalization.CultureInfo.InvariantCulture), scoped, 1e-3);
        if (line.Main.Factor is { } factor && known.Factor.Length == 0)
        {
            Assert.NotEmpty(line.Main.Considered);
            Assert.True(factor.ValidFrom.Year <= known.Year, $"{factor.Id} begins after {known.Year}");
        }
    }

    [Fact]
    public void Covers_the_fuels_electricity_blends_uk_epa_and_ipcc_cases()
    {
        OpenData.Bytes("known-answers/known_answers.json");
        var ids = Cases().Keys;
        Assert.Equal(24, ids.Count(i => i.StartsWith("uk-", StringComparison.Ordinal)));
        Assert.Equal(1, ids.Count(i => i.StartsWith("epa-sc-", StringComparison.Ordinal)));
        Assert.True(ids.Count(i => i.StartsWith("gwp-blend-", StringComparison.Ordinal)) >= 15);
        Assert.True(ids.Count(i => i.StartsWith("cn-fuel-", StringComparison.Ordinal)) >= 20);
        Assert.Equal(4, ids.Count(i => i.StartsWith("cn-grid-", StringComparison.Ordinal)));
        Assert.Equal(3, ids.Count(i => i.StartsWith("ipcc2006-", StringComparison.Ordinal)));
        Assert.Equal(2, ids.Count(i => i.StartsWith("egrid-2023-", StringComparison.Ordinal)));
    }

    private static Dictionary<string, KnownAnswer> Cases() =>
        JsonDocument.Parse(OpenData.Bytes("known-answers/known_answers.json")).RootElement.GetProperty("cases").EnumerateArray()
            .Select(KnownAnswer.From).OfType<KnownAnswer>().ToDictionary(k => k.Id, StringComparer.Ordinal);

    private static FactorLibrary Library(IReadOnlyList<string> packs) => packs.Aggregate(
        FactorLibrary.BuiltIn, (library, pack) => library.With(Packs.GetOrAdd(pack, name => new Lazy<PackReading>(() =>
        {
            using var stream = new MemoryStream(OpenData.Bytes(name));
            return FactorImport.Read(stream, Path.GetFileName(name)).Value;
        })).Value));

    private static (Statement Statement, CalculatedLine Line, ActivityReader Reader) Calculate(string csv, FactorLibrary library, GwpSet gwp)
    {
        using var file = ActivityFile.Open(new MemoryStream(Encoding.UTF8.GetBytes(csv)), "case.csv").Value;
        StatelessCalculation? calculation = null;
        CalculatedLine? line = null;
        var reader = file.Read(library, siteExists: null, r =>
        {
            calculation = new StatelessCalculation(r, gwp, RouteChoice.ByPlace);
            return (in ActivityRecord record) =>
            {
                line = calculation.LinesOf(record.Prepared)[0];
                return calculation.Add(record);
            };
        });
        Assert.True(line is not null, string.Join("; ", reader.Problems.Select(p => p.Message(Language.English))));
        return (calculation!.Statement(), line, reader);
    }

    /// <summary>A pack of one's own: masses of three gases under two GWP sets, and biogenic CO2 that never enters a scope.</summary>
    [Theory]
    [InlineData("fossil", GwpSet.Ar6, 216.24, 0)]
    [InlineData("fossil", GwpSet.Ar5, 215.5, 0)]
    [InlineData("biomass", GwpSet.Ar6, 2.178, 390)]
    public void Gas_masses_take_any_gwp_set_and_biogenic_co2_stays_outside(string series, GwpSet gwp, double scope1, double biogenic)
    {
        // carbon-accounting-dotnet's tests (MIT): cases dotnet-gas-split-AR6, dotnet-gas-split-AR5 and dotnet-biomass of the known answers.
        const string pack = """
            # pack: own
            # version: 1
            # name_en: Own factors
            # name_zh: 自有因子
            # publisher: test
            # licence: MIT
            # attribution: test
            # share_alike: 0
            series,version,valid_from,valid_to,activity,role,geography,technology,name_en,name_zh,components,basis,gwp,priority,source,page,mark,uncertainty_percent,quality,note
            fossil,1,2020-01-01,,,named,WORLD,,Synthetic fossil,合成化石,co2=0.18 kg/kWh|ch4_fossil=0.0003 kg/kWh|n2o=0.0001 kg/kWh,,,1,synthetic,,V,,,
            biomass,1,2020-01-01,,,named,WORLD,,Synthetic biomass,合成生物质,ch4_nonfossil=0.00002 kg/kWh|n2o=0.000006 kg/kWh|co2_biogenic=0.39 kg/kWh,,,1,synthetic,,V,,,
            """;
        var reading = PackFile.Parse(Encoding.UTF8.GetBytes(pack), "own.csv", builtIn: false).Value;
        Assert.Empty(reading.Quarantine.Select(q => q.Message(Language.English)));
        var library = FactorLibrary.BuiltIn.With(reading);
        var csv = $"site,activity,start,end,quantity,unit,region,factor,scope\nPlant,,2024-01-01,2024-12-31,1000,kWh,DE,own:{series},1\n";

        var (statement, _, reader) = Calculate(csv, library, gwp);

        Assert.Empty(reader.Problems);
        Assert.Equal(scope1, statement.Scope1.Kilograms, 1e-6);
        Assert.Equal(biogenic, (double)statement.BiogenicCo2Mg / 1e6, 1e-6);
    }
}
