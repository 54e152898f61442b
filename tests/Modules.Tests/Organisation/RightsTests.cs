using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Modules.Tests.Organisation;

public sealed class RightsTests
{
    [Fact]
    public void EveryRoleHasEveryRightTheHandWrittenTableSays()
    {
        var table = DataRows.Parse(File.ReadAllBytes(Architecture.Repository.PathOf("tests/vectors/organisation/rights.csv"))).ToDictionary(r => r["role"]);
        Assert.Equal(Enum.GetNames<Role>().Order(), table.Keys.Order());
        foreach (var role in Enum.GetValues<Role>())
        {
            foreach (var right in Enum.GetValues<Right>())
            {
                var cell = table[role.ToString()][right.ToString()];
                Assert.True(cell is "yes" or "no", $"{role} × {right} has no entry.");
                Assert.True(cell == "yes" == Rights.Grant(role, right), $"{role} × {right}: the table says {cell}.");
            }
        }
    }

    [Fact]
    public void AnUnknownRoleOrRightGrantsNothing()
    {
        Assert.All(Enum.GetValues<Right>(), right => Assert.False(Rights.Grant((Role)99, right)));
        Assert.All(Enum.GetValues<Role>(), role => Assert.False(Rights.Grant(role, (Right)99)));
    }

    [Theory]
    [InlineData("/1/", "/1/", true)]
    [InlineData("/1/", "/1/4/", true)]
    [InlineData("/1/", "/10/", false)]
    [InlineData("/1/4/", "/1/", false)]
    [InlineData("/1/4/", "/", false)]
    [InlineData("/", "/7/", true)]
    public void ACallerCoversItsSubtreeOnly(string own, string other, bool covers)
    {
        var caller = new Caller(1, 2, "n", Role.Administrator, own, Language.English);
        Assert.Equal(covers, caller.Covers(other));
        Assert.Equal(covers, caller.May(Right.ManagePeople, other));
        Assert.False((new Caller(1, 2, "n", Role.Viewer, own, Language.English)).May(Right.ManagePeople, other));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/1")]
    [InlineData("1/")]
    public void APathWithoutItsSlashesDoesNotConstruct(string path) =>
        Assert.Throws<ArgumentException>(() => new Caller(1, 2, "n", Role.Viewer, path, Language.English));

    [Fact]
    public void TheSystemCallerMayEverythingInItsTenantOnly()
    {
        var system = Caller.System(7);
        Assert.Equal((7L, 0L, true), (system.Tenant, system.Person, system.SeesWholeTenant));
        Assert.All(Enum.GetValues<Right>(), right => Assert.True(system.MayEverywhere(right)));
    }

    [Fact]
    public void EveryRoleRightKindAndVerbHasItsTexts()
    {
        var keys = Enum.GetNames<Role>().Select(n => "role." + n)
            .Concat(Enum.GetNames<Right>().Select(n => "right." + n))
            .Concat(Enum.GetNames<NodeKind>().Select(n => "node_kind." + n))
            .Concat(Sources().SelectMany(s => System.Text.RegularExpressions.Regex.Matches(s, @"""((?:tenant|node|person|session|evidence)\.[a-z_]+)""").Select(m => "audit." + m.Groups[1].Value)))
            .Concat(Sources().SelectMany(s => System.Text.RegularExpressions.Regex.Matches(s, @"(?:Problem|=> new)\(""([a-z_]+)""").SelectMany(m => new[] { "problem." + m.Groups[1].Value, "expected." + m.Groups[1].Value })))
            .Distinct().ToList();
        Assert.True(keys.Count > 80, "The scan of the sources found too little.");
        Assert.All(keys, key =>
        {
            Assert.True(Texts.Has(key), $"{key} is missing in data/i18n/organisation.csv.");
            Assert.NotEqual("", Texts.Get(Language.English, key));
            Assert.Contains(Texts.Get(Language.Chinese, key), c => c >= '\u4e00');
        });
    }

    private static IEnumerable<string> Sources() => Directory.GetFiles(Architecture.Repository.PathOf("src/Organisation"), "*.cs").Select(File.ReadAllText);
}
