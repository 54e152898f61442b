using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class FactorTableTests
{
    [Fact]
    public void The_published_ef_31_table_is_a_method_with_nineteen_indicators()
    {
        using var stream = File.OpenRead(OpenData.Lca("ef31/ef31_characterisation_ecoinvent39_flows.csv"));
        var package = DatasetReader.Read(stream, "ef31.csv", cancellation: TestContext.Current.CancellationToken).Value;

        Assert.Equal(FactorTableReader.FactorCode, package.Format);
        var method = Assert.Single(package.Methods);
        Assert.Equal((19, 6435), (method.Indicators.Count, method.Indicators.Sum(i => i.Factors.Count)));
        Assert.Equal("lca_table_flow_unit", Assert.Single(package.Notes).Code);

        // The sixteen indicators of the score are found under the names of the table.
        Assert.True(SingleScore.Of(BuiltInSets.Get(BuiltInSets.Ef31), method.Indicators, new double[19]).Ok);
        var matched = MethodMatcher.Match(method, package.Flows);
        Assert.Equal(6435, matched.C.Count);
    }

    [Fact]
    public void Units_places_and_several_methods_are_read_by_their_headers()
    {
        var package = Read(
            """
            Method,Indicator,Indicator unit,Flowable,Context,Unit,CAS No,Location,Characterization Factor,Flow UUID
            A,GWP,kg CO2 eq,Methane,emission/air,kg,0000074-82-8,,28,0795345F-C7AE-410C-AD25-1845784C75F5
            A,Water,m3,Water,resource/water,m3,,CN,69,
            B,GWP,kg CO2 eq,Methane,emission/air,kg,74-82-8,,25,
            """).Value;

        Assert.Equal(["A", "B"], package.Methods.Select(m => m.Name));
        var methane = package.Methods[0].Indicators[0].Factors[0];
        Assert.Equal(("0795345f-c7ae-410c-ad25-1845784c75f5", "74-82-8", "kg", 28), (methane.Flow.Id, methane.Flow.Cas, methane.Unit, methane.Value));
        Assert.Equal(("CN", "m3"), (package.Methods[0].Indicators[1].Factors[0].Location, package.Methods[0].Indicators[1].Factors[0].Unit));
        Assert.Empty(package.Notes);
    }

    [Fact]
    public void A_mapping_table_of_the_federal_form_is_read()
    {
        var package = Read(
            """
            SourceListName,SourceFlowName,SourceFlowUUID,SourceFlowContext,SourceUnit,MatchCondition,ConversionFactor,TargetListName,TargetFlowName,TargetFlowUUID,TargetFlowContext,TargetUnit
            A,Gas,,resource/ground,m3,=,36,B,Natural gas,9db1c0ab-9bf9-3d71-8dfd-9d7f4c5ea6ba,resource/ground,MJ
            """).Value;

        Assert.Equal(
            new FlowMapping("A", "", "Gas", "resource/ground", "m3", "B", "9db1c0ab-9bf9-3d71-8dfd-9d7f4c5ea6ba", "Natural gas", "resource/ground", "MJ", 36), Assert.Single(package.Mappings));
    }

    [Fact]
    public void A_mapping_in_a_workbook_is_read_like_one_in_csv()
    {
        var to = new MemoryStream();
        using (var writer = new XlsxTableWriter(to, "Flow mapping"))
        {
            string[][] rows =
            [
                ["SourceListName", "SourceFlowName", "SourceFlowUUID", "SourceFlowContext", "SourceUnit", "MatchCondition", "ConversionFactor", "TargetListName", "TargetFlowName", "TargetFlowUUID", "TargetFlowContext", "TargetUnit"],
                ["A", "Gas", "", "resource/ground", "m3", "=", "36", "B", "Natural gas", "9db1c0ab-9bf9-3d71-8dfd-9d7f4c5ea6ba", "resource/ground", "MJ"],
            ];
            foreach (var row in rows)
            {
                row.ToList().ForEach(writer.Text);
                writer.EndRow();
            }
        }

        to.Position = 0;
        var package = DatasetReader.Read(to, "map.xlsx", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal(new FlowMapping("A", "", "Gas", "resource/ground", "m3", "B", "9db1c0ab-9bf9-3d71-8dfd-9d7f4c5ea6ba", "Natural gas", "resource/ground", "MJ", 36), Assert.Single(package.Mappings));
    }

    [Theory]
    [InlineData("Indicator,Unit,Flow name,CF\nGWP,kg,,1\n", "lca_table_flow_name", 2)]
    [InlineData("Indicator,Unit,Flow name,CF\n,kg,Methane,1\n", "lca_table_indicator", 2)]
    [InlineData("Indicator,Unit,Flow name,CF\nGWP,kg,Methane,1\nGWP,kg,Ethane,x\n", "lca_number_broken", 3)]
    [InlineData("Indicator,Unit,Flow name,CF\nGWP,kg,Methane,\n", "lca_number_missing", 2)]
    [InlineData("Indicator,Unit,Flow name,CF\nGWP,kg,Methane,1e999\n", "lca_number_not_finite", 2)]
    [InlineData("SourceFlowName,TargetFlowName,ConversionFactor\na,b,0\n", "lca_mapping_zero", 2)]
    public void What_is_wrong_is_named_with_its_row(string text, string code, int row)
    {
        var problem = Assert.Single(Read(text).Problems);
        Assert.Equal((code, row), (problem.Code, problem.Row));
    }

    [Fact]
    public void Another_table_is_not_taken_for_one() => Assert.Equal("lca_format_unknown", Assert.Single(Read("a,b\n1,2\n").Problems).Code);

    [Fact]
    public void Damaged_tables_are_refused_or_read_and_never_throw()
    {
        var text = Encoding.UTF8.GetBytes("Indicator,Unit,Flow name,Compartment,CF\nGWP,kg,\"Methane, fossil\",air,28\nGWP,kg,Ethane,air,0.4\n");
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = text.ToArray();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var cut = bytes[..random.Next(1, bytes.Length + 1)];
            using var stream = new MemoryStream(cut);
            var read = DatasetReader.Read(stream, "t.csv", cancellation: TestContext.Current.CancellationToken);
            Assert.True(read.Ok || read.Problems.All(p => Texts.Has("problem." + p.Code)));
        }
    }

    private static Outcome<DatasetPackage> Read(string text)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return DatasetReader.Read(stream, "table.csv");
    }
}
