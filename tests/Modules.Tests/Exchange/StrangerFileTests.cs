using System.IO.Compression;
using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Exchange;

/// <summary>What strangers send by mistake or on purpose: every file is refused in words that name it, and none takes more of the machine than the limits allow.</summary>
public sealed class StrangerFileTests
{
    private const string Dataset = "<dataset number=\"1\"><metaInformation><processInformation><referenceFunction name=\"钢材\" unit=\"kg\" amount=\"1\"/><dataSetInformation type=\"1\"/></processInformation></metaInformation><flowData><exchange number=\"1\" name=\"钢材\" unit=\"kg\" meanValue=\"1\"><outputGroup>0</outputGroup></exchange></flowData></dataset>";
    private const string Sound = $"<ecoSpold xmlns=\"http://www.EcoInvent.org/EcoSpold01\">\n{Dataset}</ecoSpold>";

    private static readonly byte[] SoundBytes = Encoding.UTF8.GetBytes(Sound);

    [Theory]
    [InlineData("", "lca_file_empty")]
    [InlineData("hello", "lca_format_unknown")]
    [InlineData("<html><body/></html>", "lca_format_unknown")]
    [InlineData("{\"a\": 1}", "lca_format_unknown")]
    public void What_is_no_life_cycle_data_is_refused(string text, string code) => Assert.Equal(code, Refused(Encoding.UTF8.GetBytes(text)).Code);

    [Fact]
    public void Other_archives_are_refused_by_name()
    {
        Assert.Equal("lca_archive_kind", Refused([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4]).Code);
        Assert.Equal("lca_archive_kind", Refused([0x1F, 0x8B, 8, 0, 0, 0, 0, 0]).Code);
        Assert.Equal("lca_archive_kind", Refused("Rar!\u001a\a"u8.ToArray()).Code);
    }

    [Fact]
    public void A_document_type_or_entity_is_refused_with_its_line()
    {
        const string Laughs = "<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;\">]>\n";
        var problem = Refused(Encoding.UTF8.GetBytes(Laughs + Sound.Replace("name=\"钢材\"", "name=\"&lol2;\"", StringComparison.Ordinal)));
        Assert.Equal(("lca_xml_dtd", 2), (problem.Code, problem.Row));
        Assert.Equal("lca_xml_dtd", Refused(Encoding.UTF8.GetBytes(Sound.Replace("name=\"钢材\"", "name=\"&x;\"", StringComparison.Ordinal))).Code);
        Assert.Equal("lca_xml_dtd", Refused(Encoding.UTF8.GetBytes("<!DOCTYPE a SYSTEM \"file:///etc/passwd\">\n" + Sound)).Code);
    }

    [Fact]
    public void A_file_that_was_cut_is_refused_wherever_it_was_cut()
    {
        // A cut within the root element leaves nothing to recognise it by.
        for (var length = Sound.IndexOf("EcoSpold01", StringComparison.Ordinal) + 10; length < SoundBytes.Length; length += 7)
        {
            var problem = Refused(SoundBytes[..length]);
            Assert.Contains(problem.Code, new[] { "lca_xml_truncated", "lca_xml_broken", "lca_xml_encoding" });
            Assert.Equal("t.xml", problem.Args[0]);
        }
    }

    [Fact]
    public void Encodings_are_those_that_the_file_declares()
    {
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding("GB18030")!;
        Assert.Equal("钢材", Read(gbk.GetBytes("<?xml version=\"1.0\" encoding=\"GB18030\"?>" + Sound)).Value.Processes[0].Name);
        Assert.Equal("钢材", Read(gbk.GetBytes("<?xml version='1.0' encoding='gb2312'?>" + Sound)).Value.Processes[0].Name);
        Assert.Equal("钢材", Read([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes(Sound)]).Value.Processes[0].Name);
        Assert.Equal("钢材", Read([.. Encoding.UTF8.GetPreamble(), .. SoundBytes]).Value.Processes[0].Name);

        // Chinese bytes in a file that says it is UTF-8, and a name that is no encoding.
        Assert.Equal("lca_xml_encoding", Refused(gbk.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>" + Sound)).Code);
        Assert.Equal("lca_xml_encoding", Refused(Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"klingon\"?>" + Sound)).Code);
    }

    [Fact]
    public void Depth_and_counts_are_limited()
    {
        var deep = Sound.Replace("<flowData>", "<flowData>" + string.Concat(Enumerable.Repeat("<x>", 100)) + string.Concat(Enumerable.Repeat("</x>", 100)), StringComparison.Ordinal);
        Assert.Equal("lca_too_deep", Refused(Encoding.UTF8.GetBytes(deep)).Code);
        Assert.Equal("lca_json_broken", Refused(Encoding.UTF8.GetBytes("{\"processInformation\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100)))).Code);

        var many = Encoding.UTF8.GetBytes($"<ecoSpold xmlns=\"http://www.EcoInvent.org/EcoSpold01\">{string.Concat(Enumerable.Range(2, 5).Select(i => Dataset.Replace("number=\"1\"", $"number=\"{i}\"", StringComparison.Ordinal)))}</ecoSpold>");
        Assert.Equal("lca_too_many_datasets", Refused(many, new ReadLimits { Datasets = 4 }).Code);
        Assert.Equal("lca_too_many_exchanges", Refused(many, new ReadLimits { Exchanges = 4 }).Code);
        Assert.Equal("lca_too_large", Refused(many, new ReadLimits { FileBytes = 100 }).Code);
        Assert.True(Read(many).Ok);
    }

    [Fact]
    public void Notes_are_kept_up_to_their_limit_and_the_rest_counted()
    {
        var text = Sound.Replace("meanValue=\"1\"", "meanValue=\"1\" uncertaintyType=\"7\"", StringComparison.Ordinal).Replace("<outputGroup>0", "<outputGroup>2", StringComparison.Ordinal);
        var notes = Read(Encoding.UTF8.GetBytes(text), new ReadLimits { Notes = 1 }).Value.Notes;
        Assert.Equal(["lca_uncertainty_unusable", "lca_more_notes"], notes.Select(n => n.Code));
        Assert.Equal("1", notes[1].Found);
    }

    [Fact]
    public void A_cut_archive_is_refused()
    {
        var zip = Archives.Zip(("a.xml", SoundBytes), ("b.xml", SoundBytes)).ToArray();
        for (var length = 8; length < zip.Length; length += 13)
        {
            Assert.Equal("lca_archive_broken", Refused(zip[..length]).Code);
        }
    }

    [Fact]
    public void A_part_that_is_damaged_is_named()
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("processes/steel.xml", CompressionLevel.NoCompression).Open();
            entry.Write(SoundBytes);
        }

        // Stored without compression, a digit changes without breaking anything but the check sum.
        var zip = stream.ToArray();
        var at = zip.AsSpan().IndexOf("meanValue=\"1\""u8) + 11;
        zip[at] = (byte)'7';
        var problem = Refused(zip);
        Assert.Equal(("lca_part_damaged", "processes/steel.xml"), (problem.Code, problem.Args[0]));
    }

    [Fact]
    public void Archives_within_archives_and_locked_parts_are_refused()
    {
        var inner = Archives.Zip(("a.xml", SoundBytes)).ToArray();
        var nested = Refused(Archives.Zip(("a.xml", SoundBytes), ("inner.zip", inner)).ToArray());
        Assert.Equal(("lca_archive_nested", "inner.zip"), (nested.Code, nested.Found));

        // A picture or report that travels with datasets may be an archive; it is never opened.
        Assert.True(Read(Archives.Zip(("a.xml", SoundBytes), ("external_docs/report.zip", inner)).ToArray()).Ok);

        // An archive under another name is no dataset either.
        Assert.Contains(Read(Archives.Zip(("a.xml", SoundBytes), ("b.xml", inner)).ToArray()).Value.Notes, n => n.Code == "lca_part_unread" && n.Args[0] == "b.xml");

        var zip = Archives.Zip(("a.xml", SoundBytes)).ToArray();
        zip[6] |= 1;
        zip[zip.AsSpan().LastIndexOf("PK\x01\x02"u8) + 8] |= 1;
        var locked = Refused(zip);
        Assert.Equal(("lca_archive_encrypted", "a.xml"), (locked.Code, locked.Found));
    }

    [Theory]
    [InlineData("../a.xml")]
    [InlineData("/a.xml")]
    [InlineData("C:/a.xml")]
    [InlineData("x/./a.xml")]
    public void Paths_out_of_the_archive_are_refused(string path) => Assert.Equal("lca_archive_path", Refused(Archives.Zip((path, SoundBytes)).ToArray()).Code);

    [Fact]
    public void A_name_that_stands_twice_is_refused() => Assert.Equal("lca_archive_path", Refused(Archives.Zip(("a.xml", SoundBytes), ("a.xml", SoundBytes)).ToArray()).Code);

    [Fact]
    public void A_bomb_is_refused_before_it_unpacks()
    {
        var bomb = Archives.Zip(("a.xml", SoundBytes), ("b.xml", new byte[64 << 20])).ToArray();
        Assert.Equal(("lca_archive_bomb", "b.xml"), (Refused(bomb).Code, Refused(bomb).Args[0]));

        // A directory that lies about the size is found out while unpacking.
        var central = bomb.AsSpan().LastIndexOf("PK\x01\x02"u8);
        BitConverter.TryWriteBytes(bomb.AsSpan(central + 24), 1000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Read(bomb).Ok && Read(bomb).Value.Notes.Count == 0);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 32 << 20);

        Assert.Equal("lca_too_many_parts", Refused(Archives.Zip([.. Enumerable.Range(0, 50).Select(i => ($"{i}.xml", SoundBytes))]).ToArray(), new ReadLimits { Parts = 20 }).Code);
        Assert.Equal("lca_archive_bomb", Refused(Archives.Zip(("a.xml", SoundBytes), ("b.xml", SoundBytes)).ToArray(), new ReadLimits { UnpackedBytes = SoundBytes.Length + 10 }).Code);
    }

    [Fact]
    public void A_reading_can_be_ended()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => DatasetReader.Read(new MemoryStream(SoundBytes), "t.xml", cancellation: stop.Token));
    }

    [Fact]
    public void Every_code_that_a_reader_can_give_has_its_texts()
    {
        var codes = from file in Architecture.Repository.Files
                    where file.StartsWith("src/Exchange/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)
                    from System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(Architecture.Repository.Read(file), "\"(lca_[a-z_0-9]+)\"")
                    select match.Groups[1].Value;
        Assert.All(codes.Distinct(), code => Assert.True(Texts.Has("problem." + code) && Texts.Has("expected." + code), code));
    }

    private static Problem Refused(byte[] bytes, ReadLimits? limits = null) => Read(bytes, limits).Problems[0];

    private static Outcome<DatasetPackage> Read(byte[] bytes, ReadLimits? limits = null) => DatasetReader.Read(new MemoryStream(bytes), "t.xml", limits);
}
