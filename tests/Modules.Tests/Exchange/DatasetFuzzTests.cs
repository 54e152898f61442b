using System.Diagnostics;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>Random damage to real files, the same every time: whatever comes, an outcome whose package is whole or whose problems have words; no exception, in bounded time and memory.</summary>
public sealed class DatasetFuzzTests
{
    private const long MostBytes = 64 << 20;

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    private static readonly string[] Bits =
    [
        "<", ">", "\"", "&", "&#0;", "<!DOCTYPE a>", "<![CDATA[", "NaN", "INF", "1e999", "-", ",", "\0", "\uFEFF", "999999999999", "<x/>", "xmlns=\"\"", "{", "}", "[", "null", "\\ud800", "]]>", "http://www.EcoInvent.org/EcoSpold01",
        "outputGroup", "0", "2", "unit=\"\"", "amount=\"\"", "id=\"\"", "true", "é",
    ];

    [Fact]
    public void Damaged_ecospold_1_never_throws()
    {
        Damage(Bytes("lca-openlca-samples/io__ecospold1__example.xml"), "a.xml", seed: 11, rounds: 3_000);
        Damage(SomeOfUsLci(), "b.xml", seed: 12, rounds: 1_000);
    }

    [Fact]
    public void Damaged_ecospold_2_never_throws() => Damage(Bytes("lca-openlca-samples/io__ecospold2__input__sample_ecospold2.xml"), "a.spold", seed: 13, rounds: 3_000);

    [Fact]
    public void Damaged_ilcd_never_throws()
    {
        foreach (var (name, rounds) in new[] { ("process", 1_500), ("flow", 1_000), ("flowproperty", 500), ("unit", 1_000), ("source", 300), ("contact", 300) })
        {
            Damage(Bytes($"lca-openlca-samples/io__ilcd__{name}.xml"), $"{name}.xml", seed: 14, rounds);
        }
    }

    [Fact]
    public void Damaged_tidas_never_throws()
    {
        foreach (var (name, text) in IlcdTests.Files())
        {
            Damage(Encoding.UTF8.GetBytes(Tidas.From(text)), $"{name}.json", seed: 18, rounds: 500);
        }
    }

    [Fact]
    public void Damaged_declarations_never_throw()
    {
        var json = Bytes("epd-ilcd/ilcd-0b4c397d-c7a1-4ceb-9718-184334f6364e.json");
        Damage(json, "epd.json", seed: 15, rounds: 2_000);
        Damage(EpdXml.From(json), "epd.xml", seed: 16, rounds: 1_000);
    }

    [Fact]
    public void Damaged_archives_never_throw()
    {
        var zip = Archives.Zip([.. new[] { "process", "flow", "flowproperty", "unit" }.Select(n => ($"ILCD/{n}.xml", Bytes($"lca-openlca-samples/io__ilcd__{n}.xml")))]).ToArray();
        Damage(zip, "a.zip", seed: 17, rounds: 3_000, text: false);
    }

    private static byte[] Bytes(string path) => OpenData.Bytes(path);

    /// <summary>The first datasets of the real file, with its uncertainties and by-products.</summary>
    private static byte[] SomeOfUsLci()
    {
        using var zip = System.IO.Compression.ZipFile.OpenRead(OpenData.Lca("uslci/uslci_fy21_q3_ecospold1.zip"));
        using var reader = new StreamReader(zip.Entries.Single(e => e.Length > 1 << 20).Open());
        var text = new char[60_000];
        var start = new string(text, 0, reader.ReadBlock(text));
        return Encoding.UTF8.GetBytes(start[..(start.LastIndexOf("</exchange>", StringComparison.Ordinal) + 11)] + "</flowData></dataset></ecoSpold>");
    }

    private static void Damage(byte[] valid, string name, int seed, int rounds, bool text = true)
    {
        Assert.True(DatasetReader.Read(new MemoryStream(valid), name).Ok, "The sound file must be read.");
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var damaged = text && round % 3 > 0 ? Torn(valid, random) : Flipped(valid, random);
            var clock = Stopwatch.StartNew();
            var before = GC.GetAllocatedBytesForCurrentThread();
            Outcome<DatasetPackage> outcome;
            try
            {
                outcome = DatasetReader.Read(new MemoryStream(damaged), name, cancellation: TestContext.Current.CancellationToken);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"{name}, seed {seed}, round {round}: {e}", e);
            }

            Assert.True(clock.Elapsed < Longest, $"{name}, seed {seed}, round {round}: {clock.Elapsed}");
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < MostBytes, $"{name}, seed {seed}, round {round}: memory");
            Assert.True(Holds(outcome) is null, $"{name}, seed {seed}, round {round}: {Holds(outcome)}");
        }
    }

    /// <summary>What does not hold of an outcome; null where all does.</summary>
    private static string? Holds(Outcome<DatasetPackage> outcome)
    {
        if (!outcome.Ok)
        {
            return outcome.Problems.FirstOrDefault(p => !Texts.Has("problem." + p.Code) || !Texts.Has("expected." + p.Code) || p.Args.Count == 0)?.Code;
        }

        var package = outcome.Value;
        if (package.Notes.FirstOrDefault(p => !Texts.Has("problem." + p.Code)) is { } wordless)
        {
            return wordless.Code;
        }

        var flows = package.Flows.Select(f => f.Id).ToHashSet(StringComparer.Ordinal);
        return flows.Count != package.Flows.Count ? "a flow stands twice"
            : package.Processes.Select(p => p.Id).Distinct().Count() != package.Processes.Count ? "a process stands twice"
            : package.Processes.Any(p => p.Id.Length == 0 || p.Name.Length == 0) ? "a process without id or name"
            : package.Processes.SelectMany(p => p.Exchanges).Any(e => !flows.Contains(e.FlowId)) ? "an exchange without its flow"
            : package.Processes.SelectMany(p => p.Exchanges).Any(e => !double.IsFinite(e.Amount) || !double.IsFinite(e.Uncertainty.First) || !double.IsFinite(e.Uncertainty.Second) || !double.IsFinite(e.Price ?? 0)) ? "an infinite amount"
            : package.Flows.SelectMany(f => f.Properties).Any(p => !double.IsFinite(p.Factor)) ? "an infinite property"
            : package.Processes.Any(p => p.Exchanges.Select(e => e.Number).Distinct().Count() != p.Exchanges.Count) ? "an exchange's number stands twice"
            : package.Processes.SelectMany(p => p.Declared).Any(d => !double.IsFinite(d.Amount)) ? "an infinite impact"
            : package.Processes.SelectMany(p => p.Allocation).Any(a => !double.IsFinite(a.Share) || !flows.Contains(a.ProductFlowId)) ? "a share of nothing"
            : null;
    }

    /// <summary>Bytes changed, removed or cut off.</summary>
    private static byte[] Flipped(byte[] valid, Random random)
    {
        var damaged = valid.ToArray();
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
        }

        return random.Next(5) switch
        {
            0 => damaged[..random.Next(damaged.Length)],
            1 => [.. damaged.AsSpan(0, random.Next(damaged.Length)), .. damaged.AsSpan(random.Next(damaged.Length))],
            _ => damaged,
        };
    }

    /// <summary>Tags swapped, attributes and elements taken out or doubled, values replaced: text that is still nearly sound.</summary>
    private static byte[] Torn(byte[] valid, Random random)
    {
        var text = Encoding.UTF8.GetString(valid);
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var at = random.Next(text.Length);
            text = random.Next(6) switch
            {
                0 => Swapped(text, random),
                1 => Without(text, at, '"', '"'),
                2 => Without(text, at, '<', '>'),
                3 => Replaced(text, at, Bits[random.Next(Bits.Length)]),
                4 => text.Insert(at, Bits[random.Next(Bits.Length)]),
                _ => Doubled(text, at, random),
            };
        }

        return Encoding.UTF8.GetBytes(text);
    }

    private static string Swapped(string text, Random random)
    {
        var (first, second) = (Tag(text, random.Next(text.Length)), Tag(text, random.Next(text.Length)));
        return first.Length == 0 || second.Length == 0 ? text : text.Replace(first, "\u0001", StringComparison.Ordinal).Replace(second, first, StringComparison.Ordinal).Replace("\u0001", second, StringComparison.Ordinal);
    }

    private static string Tag(string text, int at)
    {
        var start = text.IndexOf('<', at);
        var end = start < 0 ? -1 : text.IndexOfAny([' ', '>', '\n'], start);
        return end < 0 ? "" : text[(start + 1)..end].Trim('/');
    }

    private static string Without(string text, int at, char open, char close)
    {
        var start = text.IndexOf(open, at);
        var end = start < 0 ? -1 : text.IndexOf(close, start + 1);
        return end < 0 ? text : text.Remove(start, end - start + 1);
    }

    private static string Doubled(string text, int at, Random random)
    {
        var from = random.Next(text.Length);
        return text.Insert(at, text.Substring(from, Math.Min(random.Next(200), text.Length - from)));
    }

    private static string Replaced(string text, int at, string bit)
    {
        var start = text.IndexOf('"', at);
        var end = start < 0 ? -1 : text.IndexOf('"', start + 1);
        return end < 0 ? text : string.Concat(text.AsSpan(0, start + 1), bit, text.AsSpan(end));
    }
}
