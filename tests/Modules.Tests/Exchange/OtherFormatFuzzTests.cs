using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>Random damage to sound files of each format: whatever comes, an outcome and no exception, in bounded time, and no number that is not finite.</summary>
public sealed class OtherFormatFuzzTests
{
    private const int Rounds = 4000;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly string[] Tokens =
    [
        "null", "1e999", "-1e999", "NaN", "\"\"", "{}", "[]", "[[", "{\"", "-1", "0", "99999999999999999999", "2147483648", "\"\\ud800\"", "true", "\0", "\"", "'", ";", ",", "\n", "\r\n", "\n\n", "End",
        "Process\n", "\"@id\":", "\"flow\":1", "1e-400", "((((", "a*", "0/0", "\u00FF", "中", "{\"a\":{\"a\":{\"a\":", "(,)", "<f8", ">i4", "|O", "'shape': (99999999999,)", "1,5", "1;5",
    ];

    private static readonly string[] Values =
    [
        "null", "1e999", "-1e999", "\"NaN\"", "\"\"", "{}", "[]", "[[]]", "[null]", "-1", "0", "1e-320", "99999999999999999999", "2147483648", "true", "\"x\"", "\"LOGNORMAL_DISTRIBUTION\"", "\"a*b(\"",
        "{\"@id\":\"\"}", "[{\"@id\":\"x\",\"internalId\":1}]", "\"2024-13-45\"", "-2147483648", "{\"internalId\":2147483647}",
    ];

    [Fact]
    public void Damaged_openlca_packages_are_refused_or_noted_and_what_is_read_can_be_written()
    {
        var parts = Parts(Written());
        parts.AddRange(OpenLcaReaderTests.Basics().Skip(1).Select(p => (p.Path, Encoding.UTF8.GetBytes(p.Json))));
        parts.Add(("processes/steel.json", Encoding.UTF8.GetBytes(OpenLcaReaderTests.Steelworks("isInput", "isQuantitativeReference", "isAvoidedProduct"))));
        Parts(parts, seed: 11, "p.zip");
    }

    [Fact]
    public void Damaged_archives_are_refused()
    {
        var whole = Written();
        Bytes(whole, seed: 12, "p.zip", Rounds);
        for (var length = 0; length < whole.Length; length += Math.Max(1, whole.Length / 500))
        {
            Accept(whole[..length], "cut.zip", length);
        }
    }

    [Fact]
    public void Damaged_simapro_files_are_refused_or_noted()
    {
        var text = SimaProReaderTests.Head(comma: true) + "Process\n\nCategory type\nmaterial\n\nProcess identifier\nP1\n\nType\nUnit process\n\nComment\n\"a \"\"b\"\"\nc\"\n\nProducts\nSteel {CN};kg;1,5;75;not defined;Metals\\Iron;x\nSlag;kg;0,5;25;not defined;Metals;\n\n"
            + "Avoided products\nCement;kg;0,1;Undefined;0;0;0;\n\nMaterials/fuels\nOre/CN U;kg;1,6*x;Lognormal;1,2;0;0;(2,3,1,5,1)\n\nEmissions to air\nCO2;high. pop.;kg;2;Normal;1,21;0;0;\nDust;;kg;0,1;Triangle;0;0,05;0,2;\n\nWaste to treatment\nW;kg;1;Uniform;0;1;2;\n\n"
            + "Input parameters\nx;1;Undefined;0;0;0;No;\n\nCalculated parameters\ny;x*2;\nz;y+z;\n\nEnd\n\nMethod\n\nName\nM\n\nVersion\n1;2\n\nWeighting unit\nPt\n\nImpact category\nGWP;kg CO2 eq\n\nSubstances\nAir;(unspecified);CO2;000124-38-9;1;kg\n\nNormalization-Weighting set\nS\n\nNormalization\nGWP;1E-3\n\nWeighting\nGWP;0,5\n\nEnd\n\n"
            + "Units\nkg;Mass;1;kg\ng;Mass;0,001;kg\n\nEnd\n\nAirborne emissions\nCO2;kg;000124-38-9;Formula: CO2\n\nEnd\n";
        Assert.True(Read(Encoding.UTF8.GetBytes(text), "s.csv").Ok);
        Bytes(Encoding.UTF8.GetBytes(text), seed: 13, "s.csv", Rounds);
    }

    [Fact]
    public void Damaged_data_packages_are_refused_or_noted()
    {
        var indices = BrightwayTests.Npy("{'descr': [('row', '<i4'), ('col', '<i4')], 'fortran_order': False, 'shape': (3,), }", [1, 0, 0, 0, 101, 0, 0, 0, 2, 0, 0, 0, 102, 0, 0, 0, 2, 0, 0, 0, 101, 0, 0, 0]);
        var data = BrightwayTests.Npy("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", [.. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(0.5)]);
        var flip = BrightwayTests.Npy("{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", [0, 0, 1]);
        var distribution = BrightwayTests.Npy("{'descr': [('uncertainty_type', '|u1'), ('loc', '<f4'), ('scale', '<f4'), ('shape', '<f4'), ('minimum', '<f4'), ('maximum', '<f4'), ('negative', '|b1')], 'fortran_order': False, 'shape': (3,), }", new byte[66]);
        static string Resource(string matrix, string kind) => $$"""{"name":"{{matrix}}.{{kind}}","group":"{{matrix}}","matrix":"{{matrix}}_matrix","kind":"{{kind}}","path":"{{kind}}.npy","identifier":["a"]}""";
        var description = $$"""{"name":"x","sequential":true,"resources":[{{string.Join(',', new[] { "technosphere", "biosphere", "characterization" }.SelectMany(m => new[] { "indices", "data", "flip", "distributions" }.Select(k => Resource(m, k))))}}]}""";
        Parts([("datapackage.json", Encoding.UTF8.GetBytes(description)), ("indices.npy", indices), ("data.npy", data), ("flip.npy", flip), ("distributions.npy", distribution)], seed: 14, "b.zip");
    }

    [Fact]
    public void Damaged_input_output_models_are_refused_or_noted()
    {
        static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
        Parts(
            [
                ("sectors.json", Text("""[{"id":"a/US","index":0,"code":"a","name":"A","location":"US"},{"id":"b/US","index":1,"code":"b","name":"B","location":"US"}]""")),
                ("indicators.json", Text("""[{"id":"i","index":0,"code":"GHG","name":"Greenhouse gases","unit":"kg CO2 eq","group":"Impact"}]""")), ("flows.json", Text("""[{"index":0,"id":"f","flowable":"CO2","context":"emission/air","unit":"kg","uuid":"x"}]""")),
                ("A.json", Text("[[0.1,0.2],[-0.3,0]]")), ("D.json", Text("[[1,2.5]]")), ("C.json", Text("[[1]]")), ("N.json", Text("[[3,4]]")), ("demands.json", Text("""[{"id":"d","year":2012,"type":"Production"}]""")), ("d.json", Text("""[{"sector":"a/US","amount":3}]""")),
            ],
            seed: 15, "u.zip");
    }

    [Fact]
    public void Damaged_bills_are_refused_or_named_row_by_row()
    {
        var bill = Encoding.UTF8.GetBytes("序号,物料名称,用量(kg),单位,数据集,产地,层级,备注\n1,钢,\"1,250.5\",kg,steel,CN,1,\"a \"\"b\"\"\"\n2,铜,0.35,kg,copper,CL,.2,\n3,PVC,12,g,,,,x\n");
        var random = new Random(16);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = Damaged(bill, random);
            var clock = Stopwatch.StartNew();
            foreach (var read in new[] { BillReader.Read(new MemoryStream(damaged), "b.csv", cancellation: TestContext.Current.CancellationToken), BillReader.Paste(Encoding.UTF8.GetString(damaged).Replace(',', '\t'), cancellation: TestContext.Current.CancellationToken) })
            {
                Assert.True(!read.Ok || read.Value.Lines.All(l => double.IsFinite(l.Quantity) && l.Part.Length > 0), $"round {round}");
            }

            Assert.True(clock.Elapsed < Longest, $"round {round}: {clock.Elapsed}");
        }
    }

    private static byte[] Written()
    {
        var to = new MemoryStream();
        OpenLcaWriter.Write(OpenLcaWriterTests.Rich(), to);
        return to.ToArray();
    }

    private static List<(string Name, byte[] Content)> Parts(byte[] zip)
    {
        using var archive = new ZipArchive(new MemoryStream(zip));
        return [.. archive.Entries.Select(e =>
        {
            using var stream = e.Open();
            var content = new MemoryStream();
            stream.CopyTo(content);
            return (e.FullName, content.ToArray());
        })];
    }

    private static void Parts(List<(string Name, byte[] Content)> parts, int seed, string name)
    {
        Assert.True(Read(UseeioTests.Zip(parts), name).Ok);
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = parts.ToList();
            for (var times = random.Next(1, 4); times > 0; times--)
            {
                var at = random.Next(damaged.Count);
                var json = damaged[at].Name.EndsWith(".json", StringComparison.Ordinal) && random.Next(3) > 0 ? Replaced(damaged[at].Content, random) : null;
                damaged[at] = (damaged[at].Name, json ?? Damaged(damaged[at].Content, random));
            }

            Accept(UseeioTests.Zip(damaged), name, round);
        }
    }

    private static void Bytes(byte[] whole, int seed, string name, int rounds)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            Accept(Damaged(whole, random), name, round);
        }
    }

    /// <summary>Sound JSON in which a value has become another; null where it is no JSON any more.</summary>
    private static byte[]? Replaced(byte[] json, Random random)
    {
        try
        {
            var root = JsonNode.Parse(json);
            var places = new List<(JsonNode Parent, string? Key, int At)>();
            Walk(root, places);
            if (places.Count == 0)
            {
                return null;
            }

            var place = places[random.Next(places.Count)];
            var value = JsonNode.Parse(Values[random.Next(Values.Length)]);
            if (place.Key is { } name)
            {
                place.Parent[name] = value;
            }
            else
            {
                place.Parent[place.At] = value;
            }

            return Encoding.UTF8.GetBytes(root!.ToJsonString());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // The test's own writer is stricter than a reader may be: no name twice, no broken characters.
            return null;
        }
    }

    private static void Walk(JsonNode? node, List<(JsonNode Parent, string? Key, int At)> places)
    {
        foreach (var (key, value) in node as JsonObject ?? [])
        {
            places.Add((node!, key, 0));
            Walk(value, places);
        }

        for (var i = 0; node is JsonArray list && i < list.Count; i++)
        {
            places.Add((node, null, i));
            Walk(list[i], places);
        }
    }

    private static byte[] Damaged(byte[] sound, Random random)
    {
        var bytes = sound.ToList();
        for (var times = random.Next(1, 5); times > 0 && bytes.Count > 0; times--)
        {
            var at = random.Next(bytes.Count);
            var length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 5:
                    bytes.RemoveRange(at, Math.Min(length / 8, bytes.Count - at));
                    goto default;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[random.Next(Tokens.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }

    private static void Accept(byte[] content, string name, int round)
    {
        var clock = Stopwatch.StartNew();
        Outcome<DatasetPackage> read;
        try
        {
            read = Read(content, name);
            foreach (var problem in read.Ok ? read.Value.Notes : read.Problems)
            {
                Assert.True(Texts.Has("problem." + problem.Code), problem.Code);
            }

            if (read.Ok)
            {
                Assert.All(read.Value.Processes.SelectMany(p => p.Exchanges), x => Assert.True(double.IsFinite(x.Amount) && double.IsFinite(x.Uncertainty.First) && double.IsFinite(x.Uncertainty.Second)));
                Assert.All(read.Value.Methods.SelectMany(m => m.Indicators).SelectMany(i => i.Factors), f => Assert.True(double.IsFinite(f.Value)));
                Assert.All(read.Value.Processes.SelectMany(p => p.Declared), d => Assert.True(double.IsFinite(d.Amount)));
                Assert.All(read.Value.Flows.SelectMany(f => f.Properties), p => Assert.True(double.IsFinite(p.Factor)));
                OpenLcaWriter.Write(read.Value, new MemoryStream());
            }
        }
        catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
        {
            Assert.Fail($"round {round}: {e}");
        }

        Assert.True(clock.Elapsed < Longest, $"round {round}: {clock.Elapsed}");
    }

    private static Outcome<DatasetPackage> Read(byte[] content, string name) => DatasetReader.Read(new MemoryStream(content), name);
}
