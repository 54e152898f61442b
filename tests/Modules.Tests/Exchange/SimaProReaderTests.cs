using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class SimaProReaderTests
{
    [Fact]
    public void The_sample_process_is_read()
    {
        var package = Read(OpenData.Bytes("lca-openlca-samples/io__simapro__csv__input__process.csv")).Value;
        Assert.Empty(package.Notes);
        Assert.Equal(("simapro_csv", "Test"), (package.Format, package.Name));
        var process = Assert.Single(package.Processes);
        Assert.Equal(("Dev99229000009369600009", "Test", "material/Others"), (process.Id, process.Name, process.Category));
        Assert.Equal(
            [("Test", 1.0, "kg", false), ("Raw|in water|Water, well, RE", 0.01, "m3", true), ("Raw|in air|Nitrogen, atmospheric", 0.05, "kg", true), ("Air|low. pop.|Carbon dioxide", 0.001, "kg", false), ("Air|low. pop.|Methane", 0.0001, "kg", false), ("Water|groundwater, long-term|Acetone", 1e-15, "kg", false)],
            process.Exchanges.Select(x => (x.FlowId, x.Amount, x.Unit, x.Input)));
        var acetone = package.Flows.Single(f => f.Name == "Acetone");
        Assert.Equal(("67-64-1", "C3H6O", "Mass", "Water", "groundwater, long-term"), (acetone.Cas, acetone.Formula, acetone.PropertyId, acetone.Compartment, acetone.Subcompartment));
        Assert.Equal(("m3", 1000.0), (package.UnitGroups.Single(g => g.Id == "Volume").ReferenceUnit, package.UnitGroups.Single(g => g.Id == "Mass").Units.Single(u => u.Name == "ton").Factor));
    }

    [Fact]
    public void The_sample_method_is_read()
    {
        var package = Read(OpenData.Bytes("lca-openlca-samples/io__simapro__csv__input__method.csv")).Value;
        var method = Assert.Single(package.Methods);
        Assert.Equal(("EN 15804:2012", "3.06"), (method.Name, method.Version));
        Assert.Equal([("Global warming (GWP100a)", "kg CO2 eq", 35), ("Photochemical oxidation", "kg C2H4 eq", 14)], method.Indicators.Select(i => (i.Name, i.Unit, i.Factors.Count)));
        var methane = method.Indicators[0].Factors.Single(f => f.Flow.Name == "Methane");
        Assert.Equal((28.0, "kg", "Air", "(unspecified)", "74-82-8"), (methane.Value, methane.Unit, methane.Flow.Compartment, methane.Flow.Subcompartment, methane.Flow.Cas));
        var set = Assert.Single(method.Sets);
        Assert.Equal(("EU25+3, 2000", "Pt"), (set.Name, set.Unit));
        Assert.Equal((1 / 1.92e-13, 0.3), (set.Indicators[0].Normalisation, set.Indicators[0].Weight));
    }

    [Fact]
    public void Decimal_commas_formulas_quotes_and_code_pages_are_read()
    {
        var text = Head(comma: true) + """
            Process

            Category type
            material

            Process identifier
            P1

            Type
            Unit process

            Process name
            Stahl für "Brücken"

            Comment
            "first line; with separator
            second ""quoted"" line"

            Products
            Stahl {CN}| Produktion;kg;1,5;75,5;not defined;Metalle\Eisen;Produkt
            Schlacke;kg;0,5;24,5;not defined;Metalle\Eisen;

            Avoided products
            Zement;kg;0,1;Undefined;0;0;0;

            Materials/fuels
            Erz/CN U;kg;1,6*x;Lognormal;1,2;0;0;(2,3,1,5,1) geschätzt

            Electricity/heat
            Strom;kWh;2,5;Normal;0,4;0;0;

            Emissions to air
            Kohlendioxid;high. pop.;kg;2;Lognormal;1,21;0;0;(1,1,1,1,1,na)
            Staub;;kg;0,1;Triangle;0;0,05;0,2;
            Rauch;;kg;0,1;Uniform;0;0,05;0,2;

            Waste to treatment
            Abfall zur Deponie;kg;0,3;Undefined;0;0;0;

            Input parameters
            x;1,25;Uniform;0;1;2;No;Anteil

            Calculated parameters
            y;"Iff(x>1;2,5;x)";

            End

            Process

            Process name
            Deponie

            Waste treatment
            Abfall zur Deponie;kg;1;All waste types;Others;

            End
            """.ReplaceLineEndings("\r\n");
        var utf8 = Read(Encoding.UTF8.GetBytes(text)).Value;
        var windows = Read(CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetBytes(text)).Value;
        Assert.Equivalent(utf8, windows, strict: true);

        var steel = windows.Processes[0];
        Assert.Equal(("P1", "Stahl für \"Brücken\"", "CN", "material/Metalle/Eisen"), (steel.Id, steel.Name, steel.Location, steel.Category));
        Assert.Equal("first line; with separator\nsecond \"quoted\" line", steel.Documentation.Description);
        Assert.Equal((AllocationRule.Causal, 0.755), (steel.DefaultAllocation, steel.Allocation[0].Share));
        Assert.Equal([true, false], steel.Exchanges.Take(2).Select(x => x.Reference));
        Assert.Equal((true, false), (steel.Exchanges[2].Avoided, steel.Exchanges[2].Input));
        var ore = steel.Exchanges[3];
        Assert.Equal(("1.6*x", "(2,3,1,5,1)", true, "CN"), (ore.Formula, ore.Pedigree, ore.Input, windows.Flows.Single(f => f.Id == "Erz/CN U").Location));
        Assert.Equal(new Distribution(DistributionKind.Normal, 2.5, 0.2), steel.Exchanges[4].Uncertainty);
        Assert.Equal(new Distribution(DistributionKind.Lognormal, 2, Math.Log(1.21) / 2), steel.Exchanges[5].Uncertainty);
        Assert.Equal(new Distribution(DistributionKind.Triangular, 0.05, 0.1, 0.2), steel.Exchanges[6].Uncertainty);
        Assert.Equal(new Distribution(DistributionKind.Uniform, 0.05, 0.2), steel.Exchanges[7].Uncertainty);
        Assert.Equal([new ParameterDataset("x", 1.25, null, new Distribution(DistributionKind.Uniform, 1, 2), "Anteil"), new ParameterDataset("y", 0, "Iff(x>1,2.5,x)")], steel.Parameters);

        var waste = steel.Exchanges[8];
        Assert.Equal((false, "Deponie", FlowKind.Waste), (waste.Input, waste.ProviderId, windows.Flows.Single(f => f.Id == waste.FlowId).Kind));
        Assert.Equal((true, true), (windows.Processes[1].Exchanges[0].Input, windows.Processes[1].Exchanges[0].Reference));
        Assert.Equal(["lca_uncertainty_of_formula"], windows.Notes.Select(n => n.Code));
    }

    [Theory]
    [InlineData("Stahl;kg;abc def;100;;;", "lca_number_broken", "abc def")]
    [InlineData("Stahl;kg;1e999;100;;;", "lca_number_not_finite", "1e999")]
    [InlineData("Stahl;kg;INF;100;;;", "lca_number_not_finite", "INF")]
    [InlineData("Stahl;kg;;100;;;", "lca_number_missing", null)]
    [InlineData("Stahl;;1;100;;;", "lca_unit_missing", "Stahl")]
    [InlineData("Stahl", "lca_simapro_row", "Stahl")]
    public void A_broken_row_names_line_and_section(string row, string code, string? found)
    {
        var problem = Read(Encoding.UTF8.GetBytes(Head() + $"Process\n\nProcess name\nWerk\n\nProducts\nStahl;kg;1;100;;;\n{row}\n\nEnd\n")).Problems[0];
        Assert.Equal((code, 12, "Products", found, "Werk"), (problem.Code, problem.Row, problem.Column, problem.Found, problem.Args[0]));
    }

    [Fact]
    public void A_file_that_breaks_off_is_refused()
    {
        var problem = Read(Encoding.UTF8.GetBytes(Head() + "Process\n\nProcess name\nWerk\n\nProducts\nStahl;kg;1;100;;;\n")).Problems.Single();
        Assert.Equal(("lca_simapro_truncated", 5, "Process"), (problem.Code, problem.Row, problem.Column));
        Assert.Equal(("lca_simapro_quote", 8), Read(Encoding.UTF8.GetBytes(Head() + "Process\n\nComment\n\"open\n\nEnd\n")).Problems.Select(p => (p.Code, p.Row ?? 0)).First());
    }

    [Fact]
    public void Damage_categories_are_the_sums_that_are_normalised_and_weighted()
    {
        var text = Head() + "Method\n\nName\nM\n\nUse Damage Assessment\nYes\n\nWeighting unit\nPt\n\nImpact category\nGWP;kg CO2 eq\n\nSubstances\nAir;(unspecified);CO2;;1;kg\nAir;(unspecified);CH4;;28;kg\n\nImpact category\nSmog;kg NMVOC\n\nSubstances\nAir;(unspecified);CH4;;0.01;kg\n\n"
            + "Damage category\nHuman health;DALY\n\nImpact categories\nGWP;1E-6\nSmog;2E-4\n\nNormalization-Weighting set\nW\n\nNormalization\nHuman health;50\n\nWeighting\nHuman health;400\n\nEnd\n";
        var method = Read(Encoding.UTF8.GetBytes(text)).Value.Methods.Single();
        var health = method.Indicators[2];
        Assert.Equal(("Human health", "DALY"), (health.Name, health.Unit));
        Assert.Equal([1e-6, (28 * 1e-6) + (0.01 * 2e-4)], health.Factors.Select(f => f.Value));
        Assert.Equal([new IndicatorWeight(health.Id, 0.02, 400)], method.Sets.Single().Indicators);
    }

    [Fact]
    public void A_zip_of_exports_is_one_package()
    {
        static byte[] Part(string product, string input) => Encoding.UTF8.GetBytes(Head() + $"Process\n\nProcess identifier\n{product}\n\nProducts\n{product};kg;1;100;;;\n\nMaterials/fuels\n{input};kg;2;Undefined;0;0;0;\n\nEnd\n");
        var package = Read(UseeioTests.Zip([("a.csv", Part("steel", "ore")), ("b.csv", Part("ore", "diesel")), ("readme.txt", "hello"u8.ToArray())])).Value;
        Assert.Equal(["steel", "ore"], package.Processes.Select(p => p.Id));
        Assert.Equal(("ore", null), (package.Processes[0].Exchanges[1].ProviderId, package.Processes[1].Exchanges[1].ProviderId));
        Assert.Equal(["lca_part_unread"], package.Notes.Select(n => n.Code));
        Assert.Equal(2, Read(Encoding.Unicode.GetPreamble().Concat(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(Part("钢", "矿石")))).ToArray()).Value.Flows.Count);
    }

    [Fact]
    public void Twenty_thousand_processes_are_read_in_seconds()
    {
        var text = new StringBuilder(Head());
        for (var p = 0; p < 20_000; p++)
        {
            text.Append($"Process\n\nProcess identifier\nP{p}\n\nProducts\nproduct {p};kg;1;100;not defined;Others;\n\nMaterials/fuels\n");
            for (var x = 0; x < 30; x++)
            {
                text.Append($"product {(p * 31 + x) % 20_000};kg;0.{x};Lognormal;1.2;0;0;(1,2,3,4,5)\n");
            }

            text.Append("\nEnd\n\n");
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var package = Read(bytes).Value;
        TestContext.Current.TestOutputHelper!.WriteLine($"{bytes.Length >> 20} MB in {clock.ElapsedMilliseconds} ms");
        Assert.Equal((20_000, 620_000), (package.Processes.Count, package.Processes.Sum(p => p.Exchanges.Count)));
        Assert.All(package.Processes, p => Assert.Equal("P", p.Exchanges[1].ProviderId![..1]));
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), $"{clock.Elapsed}");
    }

    internal static string Head(bool comma = false) => $"{{SimaPro 9.1.0.7}}\n{{processes}}\n{{CSV separator: Semicolon}}\n{{Decimal separator: {(comma ? ',' : '.')}}}\n";

    private static Outcome<DatasetPackage> Read(byte[] content) => DatasetReader.Read(new MemoryStream(content), "test.csv", cancellation: TestContext.Current.CancellationToken);
}
