using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class NodeRulesTests
{
    private static readonly DateOnly Start = new(2020, 1, 1);
    private static readonly DateOnly End = new(2025, 1, 1);

    private static readonly Node Site = Made(4, NodeKind.Site, "/1/4/", Start, End);

    [Theory]
    [InlineData(NodeKind.Group, "top Group")]
    [InlineData(NodeKind.Company, "top Group Company")]
    [InlineData(NodeKind.Site, "Group Company")]
    [InlineData(NodeKind.Building, "Site")]
    [InlineData(NodeKind.Line, "Site Building")]
    public void KindsNest(NodeKind child, string parents)
    {
        var allowed = parents.Split(' ');
        Assert.Equal(allowed.Contains("top"), NodeRules.MayStandBelow(child, null));
        Assert.All(Enum.GetValues<NodeKind>(), parent => Assert.Equal(allowed.Contains(parent.ToString()), NodeRules.MayStandBelow(child, parent)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a/b")]
    [InlineData("a,b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void ABadCodeIsRefused(string code) => Refused("node_code_invalid", Draft with { Code = code });

    [Theory]
    [InlineData("SZ-01")]
    [InlineData("深圳工厂")]
    [InlineData("1234567890123456789012345678901234567890")]
    [InlineData("工厂 \ud83c\udfed")]
    public void ANearMissOfABadCodePasses(string code) => Assert.Equal(code, NodeRules.Drafted(1, Draft with { Code = code }, Site).Value.Code);

    [Fact]
    public void EachFaultIsNamedAndAllAtOnce()
    {
        Refused("node_name_invalid", Draft with { NameEn = " ", NameZh = "" });
        Refused("node_name_invalid", Draft with { NameZh = new string('长', 201) });
        Refused("node_code_invalid", Draft with { Code = "half a character \ud83d" });
        Refused("node_region_malformed", Draft with { Region = "CN GD" });
        Refused("node_industry_invalid", Draft with { Industry = "a\tb" });
        Refused("node_equity_out_of_range", Draft with { EquityPercent = 0 });
        Refused("node_equity_out_of_range", Draft with { EquityPercent = 100.001m });
        Refused("node_validity_empty", Draft with { ValidFrom = new(2021, 1, 1), ValidTo = new(2021, 1, 1) });
        Refused("node_outside_parent", Draft with { ValidFrom = Start.AddDays(-1) });
        Refused("node_outside_parent", Draft with { ValidTo = End.AddDays(1) });
        Refused("node_kind_misplaced", Draft with { Kind = NodeKind.Company });
        Assert.Equal(2, NodeRules.Drafted(1, Draft with { Code = "", NameEn = "", NameZh = "" }, Site).Problems.Count);
    }

    [Fact]
    public void APartTakesItsParentsValidityAndASitesRegion()
    {
        var node = NodeRules.Drafted(1, Draft, Site).Value;
        Assert.Equal((Start, (DateOnly?)End, "CN-GD"), (node.ValidFrom, node.ValidTo, node.Region));
        var company = Made(2, NodeKind.Company, "/1/2/", Start, null);
        Assert.Contains(NodeRules.Drafted(1, Draft with { Kind = NodeKind.Site }, company).Problems, p => p.Code == "node_region_missing");
        Assert.True(NodeRules.Drafted(1, Draft with { Kind = NodeKind.Company }, company).Ok);
        Assert.Equal("CN-GD", NodeRules.Drafted(1, Draft with { Kind = NodeKind.Site, Region = " cn-gd " }, company).Value.Region);
    }

    [Fact]
    public void NothingMovesBelowItselfOrOutOfItsTime()
    {
        var company = Made(1, NodeKind.Company, "/1/", Start, End);
        var inner = Made(2, NodeKind.Company, "/1/2/", Start, End);
        Assert.Equal("node_cycle", Assert.Single(NodeRules.MovingProblems(company, company)).Code);
        Assert.Equal("node_cycle", Assert.Single(NodeRules.MovingProblems(company, inner)).Code);
        Assert.Empty(NodeRules.MovingProblems(Site, inner));
        Assert.Empty(NodeRules.MovingProblems(Site, Made(14, NodeKind.Group, "/14/", Start, null)));
        Assert.Equal("node_outside_parent", Assert.Single(NodeRules.MovingProblems(Site, inner with { ValidTo = End.AddDays(-1) })).Code);
        Assert.Equal("node_kind_misplaced", Assert.Single(NodeRules.MovingProblems(inner, Site)).Code);
    }

    [Fact]
    public void ClosingShortensWhatWouldOutliveIt()
    {
        var early = Made(5, NodeKind.Building, "/1/4/5/", Start, new(2021, 1, 1));
        var late = Made(6, NodeKind.Building, "/1/4/6/", Start, null);
        var day = new DateOnly(2023, 7, 1);
        Assert.Equal([4, 6], NodeRules.Closing(Site, [Site, early, late], day).Value.Select(n => n.Id));
        Assert.Equal("node_begins_after_close", NodeRules.Closing(Site, [Site, late with { ValidFrom = day }], day).Problems[0].Code);
        Assert.Equal("node_close_outside_validity", NodeRules.Closing(Site, [Site], Start).Problems[0].Code);
        Assert.Equal("node_close_outside_validity", NodeRules.Closing(Site, [Site], End).Problems[0].Code);
        Assert.True(NodeRules.Closing(Site, [Site], Start.AddDays(1)).Ok);
    }

    [Fact]
    public void ValidityIsHalfOpen()
    {
        Assert.True(Site.ValidOn(Start));
        Assert.False(Site.ValidOn(End));
        Assert.False(Site.ValidWithin(new DateInterval(End, End.AddDays(5))));
        Assert.True(Site.ValidWithin(new DateInterval(End.AddDays(-1), End.AddDays(5))));
        Assert.False(Site.ValidWithin(new DateInterval(Start.AddDays(-3), Start)));
    }

    [Fact]
    public void ATreeReadsParentsFirstAndSiblingsByCode()
    {
        Node[] nodes =
        [
            Made(10, NodeKind.Site, "/1/10/", Start, null) with { Code = "b", Parent = 1 },
            Made(11, NodeKind.Line, "/1/10/11/", Start, null) with { Code = "z", Parent = 10 },
            Made(4, NodeKind.Site, "/1/4/", Start, null) with { Code = "C", Parent = 1 },
            Made(1, NodeKind.Group, "/1/", Start, null) with { Code = "a" },
        ];
        Assert.Equal([1, 10, 11, 4], Node.InReadingOrder(nodes).Select(n => n.Id));
        Assert.Equal([10, 11], Node.InReadingOrder(nodes[..2]).Select(n => n.Id));
    }

    [Theory]
    [InlineData("/", 0)]
    [InlineData("/1/", 1)]
    [InlineData("/1/42/", 42)]
    public void APathEndsInItsNode(string path, long id) => Assert.Equal(id, Node.IdOf(path));

    [Fact]
    public void ANameFallsBackToTheOtherLanguage()
    {
        Assert.Equal(("Site", "Site"), (Site.Name(Language.English), Site.Name(Language.Chinese)));
        Assert.Equal(("工厂", "工厂"), ((Site with { NameEn = "", NameZh = "工厂" }).Name(Language.English), (Site with { NameZh = "工厂" }).Name(Language.Chinese)));
    }

    private static NewNode Draft { get; } = new(4, NodeKind.Building, "B1", "Hall", "厂房");

    private static void Refused(string code, NewNode draft) => Assert.Contains(NodeRules.Drafted(1, draft, Site).Problems, p => p.Code == code);

    private static Node Made(long id, NodeKind kind, string path, DateOnly from, DateOnly? to) =>
        new(id, 1, null, path, kind, "S" + id, "Site", "", "CN-GD", "", from, to, null);
}
