using Tanlu.Factors;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Factors;

public sealed class CatalogueTests
{
    [Fact]
    public void Places_are_complete_and_their_parents_exist()
    {
        Assert.Equal(249, Regions.All.Count(r => r.Parent == "WORLD" && r.Code.Length == 2 && r.Code is not ("EU" or "XK")));
        Assert.Equal(31, Regions.All.Count(r => r.Parent == "CN" && !r.Code.StartsWith("CN-GRID", StringComparison.Ordinal)));
        Assert.Equal(7, Regions.All.Count(r => r.Code.StartsWith("CN-GRID-", StringComparison.Ordinal)));
        Assert.Equal(51, Regions.All.Count(r => r.Parent == "US" && r.Code.Length == 5));
        Assert.Equal(27, Regions.All.Count(r => r.Code.StartsWith("US-EGRID-", StringComparison.Ordinal)));
        Assert.All(Regions.All, r => Assert.True(r.Parent.Length == 0 ? r.Code == "WORLD" : Regions.Get(r.Parent) is not null));
        Assert.All(Regions.All, r => Assert.Contains(r.Zh, c => c > '\u3000'));
    }

    [Theory]
    [InlineData("广东", "CN-GD")]
    [InlineData("广东省", "CN-GD")]
    [InlineData("guangdong", "CN-GD")]
    [InlineData("CN-44", "CN-GD")]
    [InlineData("Shaanxi", "CN-SN")]
    [InlineData("Shanxi", "CN-SX")]
    [InlineData("华东", "CN-GRID-EAST")]
    [InlineData("CAMX", "US-EGRID-CAMX")]
    [InlineData("CN-HK", "HK")]
    [InlineData("GBR", "GB")]
    [InlineData("全国", "CN")]
    public void Places_are_found_by_the_names_people_write(string text, string code) => Assert.Equal(code, Regions.Find(text)?.Code);

    [Theory]
    [InlineData("Georgia")]
    [InlineData("CN-ZZ")]
    [InlineData("Atlantis")]
    public void A_name_that_is_unknown_or_shared_names_no_place(string text) => Assert.Null(Regions.Find(text));

    [Fact]
    public void A_province_never_lies_in_its_grid_region() =>
        Assert.Equal(["CN-GD", "CN", "WORLD"], Regions.Outwards(Regions.Get("CN-GD")).Select(r => r.Code));

    [Theory]
    [InlineData("fuel.diesel", "fuel.diesel")]
    [InlineData("柴油", "fuel.diesel")]
    [InlineData("Diesel oil", "fuel.diesel")]
    [InlineData("外购电力", "electricity.grid")]
    [InlineData("refrigerant.R-410A", "refrigerant.R-410A")]
    [InlineData("r-410a", "refrigerant.R-410A")]
    [InlineData("refrigerant.R-134a", "refrigerant.HFC-134a")]
    [InlineData("六氟化硫", "refrigerant.SF6")]
    [InlineData("R-290", "refrigerant.propane")]
    [InlineData("spend.naics.334111", "spend.naics.334111")]
    public void Activities_are_found_by_code_name_and_alias(string text, string code) => Assert.Equal(code, ActivityTypes.Find(text)?.Code);

    [Theory]
    [InlineData("propane")]
    [InlineData("spend.naics.*")]
    [InlineData("spend.naics.")]
    [InlineData("spend.naics.33 41")]
    [InlineData("nothing")]
    [InlineData("")]
    public void What_names_no_activity_or_two_is_not_guessed(string text) => Assert.True(ActivityTypes.Find(text) is null or { Code: "fuel.propane" });

    [Fact]
    public void Fuels_let_national_and_world_values_stand_in_and_grids_do_not()
    {
        Assert.All(ActivityTypes.All.Where(a => a.Method == MethodKind.Combustion), a => Assert.True(a is { NationalStandsIn: true, WorldStandsIn: true, Scope: 1 }));
        Assert.True(ActivityTypes.Get("electricity.grid") is { NationalStandsIn: false, WorldStandsIn: false, Scope: 2 });
        Assert.True(ActivityTypes.Get("heat.purchased") is { NationalStandsIn: true, WorldStandsIn: false });
        Assert.All(ActivityTypes.All, a => Assert.Equal(a.Scope == 3, a.Category3 is >= 1 and <= 15));
        Assert.All(ActivityTypes.All, a => Assert.NotEmpty(a.Units));
    }
}
