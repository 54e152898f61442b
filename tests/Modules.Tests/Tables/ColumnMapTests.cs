using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

public sealed class ColumnMapTests
{
    private static readonly string[] Fields =
    [
        "site", "source", "activity", "start", "end", "quantity", "unit", "region", "factor", "scope", "scope3_category", "ncv", "ncv_unit", "carbon_content",
        "carbon_content_unit", "oxidation", "supplier", "quality", "uncertainty_percent", "evidence", "note", "density", "density_unit", "leak_rate", "stock_start", "stock_end", "corrects",
    ];

    private static readonly string[] Required = ["site", "quantity"];

    [Fact]
    public void EveryFieldIsFoundByItsOwnName()
    {
        var map = ColumnMap.Match(Fields, 1, Fields, Required).Value;
        Assert.All(Fields, (f, i) => Assert.Equal(i, map[f]));
        Assert.All(Fields, f => Assert.Equal(f, ColumnMap.FieldOf(f)));
        Assert.Empty(map.Unknown);
    }

    [Fact]
    public void MatchesChineseAndLooseSpellings()
    {
        var map = ColumnMap.Match(["厂区", "Emission Source", "END_DATE ", "", "消耗量", "单 位", "客户", "ＳＣＯＰＥ"], 1, Fields, Required).Value;
        Assert.Equal((0, 1, 2, 4, 5, 7, -1), (map["site"], map["source"], map["end"], map["quantity"], map["unit"], map["scope"], map["region"]));
        Assert.Equal(["客户"], map.Unknown);
        Assert.Equal("消耗量", map.HeaderOf("quantity"));
    }

    [Fact]
    public void MissingColumnsNameWhatWasFound()
    {
        var problem = Assert.Single(ColumnMap.Match(["site", "weight"], 3, Fields, Required).Problems);
        Assert.Equal(("column_missing", 3, "quantity", "site, weight"), (problem.Code, problem.Row, problem.Column, problem.Found));
    }

    [Fact]
    public void TwoColumnsOfOneFieldAreRefused()
    {
        var problem = Assert.Single(ColumnMap.Match(["site", "数量", "用量"], 1, Fields, Required).Problems);
        Assert.Equal(("column_duplicate", "用量", "数量", "quantity"), (problem.Code, problem.Column, problem.Args[0], problem.Args[1]));
    }

    [Fact]
    public void TheUsersMappingWins()
    {
        var map = ColumnMap.Match(["site", "数量", "用量", "note"], 1, Fields, Required, new Dictionary<string, string> { ["用量"] = "quantity", ["note"] = "" }).Value;
        Assert.Equal(2, map["quantity"]);
        Assert.Equal(["数量", "note"], map.Unknown);
        Assert.Equal("column_mapping_unknown", ColumnMap.Match(["site", "数量"], 1, Fields, Required, new Dictionary<string, string> { ["x"] = "unit" }).Problems[0].Code);
        Assert.Equal("column_mapping_unknown", ColumnMap.Match(["site", "数量"], 1, Fields, Required, new Dictionary<string, string> { ["site"] = "colour" }).Problems[0].Code);
    }
}
