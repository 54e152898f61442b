using System.Diagnostics;
using System.Text;
using Tanlu.Kernel;
using Tanlu.Tables;
using static Tanlu.Modules.Tests.Tables.Workbooks;

namespace Tanlu.Modules.Tests.Tables;

/// <summary>Random damage to valid files: whatever comes, an outcome and no exception, in bounded time.</summary>
public sealed class TableFuzzTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Fact]
    public void CuttingRecordsAgreesWithFindingCells()
    {
        var random = new Random(1);
        var letters = "a1,;\t\"\"\"\n\r\n中"u8.ToArray();
        var cells = new CsvText.Cell[4];
        for (var round = 0; round < 100_000; round++)
        {
            var bytes = Enumerable.Range(0, random.Next(40)).Select(_ => letters[random.Next(letters.Length)]).ToArray();
            var last = random.Next(2) == 0;
            var end = ChunkReader.RecordEnd(bytes, (byte)',', last, out var rows, out var open);
            int at = 0, count = 0;
            var quoteOpen = false;
            while (at < bytes.Length)
            {
                var used = CsvText.NextRecord(bytes.AsSpan(at), (byte)',', last, cells, out _, out quoteOpen);
                if (used == 0 || quoteOpen)
                {
                    break;
                }

                at += used;
                count++;
            }

            Assert.True((end, rows, open) == (at, count, quoteOpen), $"{Encoding.UTF8.GetString(bytes)} last={last}: {(end, rows, open)} against {(at, count, quoteOpen)}");
        }
    }

    [Fact]
    public void ChunksOfAnySizeGiveTheSameRows()
    {
        var random = new Random(2);
        var text = "a,b\n" + string.Concat(Enumerable.Range(0, 400).Select(i => random.Next(5) switch
        {
            0 => $"\"q{i}\r\n\"\"x\"\"\",{i}\r\n",
            1 => "\n",
            2 => $"x\"{i},5\" pipe\r\n",
            3 => $"厂区{i},{i}\r",
            _ => $"p{i},{i}\n",
        }));
        using var source = TableText.Open(text).Value;
        var expected = TableText.Lines(source);
        foreach (var size in new[] { 16, 17, 31, 64, 1000, 100_000 })
        {
            using var reader = new ChunkReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), (byte)',', transcoded: false, TableLimits.Default, new ProblemList(10), size);
            var records = new CsvRecords(2, (byte)',');
            var lines = new List<string>();
            while (reader.Next() is { } chunk)
            {
                records.Load(chunk);
                while (records.Next())
                {
                    lines.Add($"{records.Row}:{records.Text(0)}|{records.Text(1)}");
                }

                chunk.Dispose();
            }

            Assert.Equal(expected, lines.Skip(1));
        }
    }

    [Fact]
    public void DamagedCsvNeverThrows()
    {
        var valid = Encoding.UTF8.GetBytes("# made\n站点,quantity,unit\n" + string.Concat(Enumerable.Range(0, 30).Select(i => $"\"厂区, {i}\",{i}.5,t\r\n")));
        Damage(valid, seed: 3, rounds: 10_000, ["\"", ",", "\n", "\r", "\0", "\uFEFF", ";", "#"]);
    }

    [Fact]
    public void DamagedXlsxNeverThrows()
    {
        var valid = Of(Row(1, "site", "quantity") + string.Concat(Enumerable.Range(2, 50).Select(i => Row(i, "A", "x"))), "<mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells>", "<si><t>a</t></si>");
        Damage(valid, seed: 4, rounds: 5_000, ["PK\u0001\u0002", "\0\0", "../"]);
    }

    [Fact]
    public void DamagedSheetXmlNeverThrows()
    {
        var random = new Random(5);
        var sheet = $"<worksheet xmlns=\"{Main}\"><sheetData>{Row(1, "site", "q")}<row r=\"2\"><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"B2\" s=\"1\"><f>A1</f><v>45296</v></c></row><row r=\"3\"><c r=\"A3\" t=\"e\"><v>#N/A</v></c></row></sheetData><mergeCells><mergeCell ref=\"A2:B3\"/></mergeCells></worksheet>";
        string[] bits = ["<", ">", "\"", "r=\"99999999\"", "r=\"ZZZ1\"", "<row>", "</row>", "<c>", "t=\"s\"", "<v>1e999</v>", "<is>", "&#0;", "A1048576:XFD9", "-1"];
        for (var round = 0; round < 3_000; round++)
        {
            var damaged = sheet;
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var at = random.Next(damaged.Length);
                damaged = random.Next(3) switch
                {
                    0 => damaged.Insert(at, bits[random.Next(bits.Length)]),
                    1 => damaged.Remove(at, Math.Min(random.Next(1, 12), damaged.Length - at)),
                    _ => damaged.Remove(at, 1).Insert(at, $"{(char)random.Next(32, 127)}"),
                };
            }

            var parts = Parts([("S", "", "")], "<si><t>a</t></si>");
            parts[^1].Item2 = Bytes(damaged);
            ReadAll(Zip(parts));
        }
    }

    [Fact]
    public void DamagedXlsNeverThrows()
    {
        var path = Path.Combine(TableText.Data, "ef-uk-desnz/original-2018-flat-file-v1.01.xls");
        Assert.SkipUnless(File.Exists(path), "The open data are not here; set TANLU_TEST_DATA.");
        Damage(File.ReadAllBytes(path), seed: 6, rounds: 40, ["\0\0\0\0", "\u00FF\u00FF"], rowsAtMost: 2_000);
    }

    private static void Damage(byte[] valid, int seed, int rounds, string[] bits, int rowsAtMost = int.MaxValue)
    {
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var bytes = valid.ToList();
            if (valid.Length > 100_000)
            {
                // Long files are damaged in place; moving their tail would only measure the list.
                var copy = (byte[])valid.Clone();
                for (var i = random.Next(1, 200); i > 0; i--)
                {
                    copy[random.Next(random.Next(2) == 0 ? 4096 : copy.Length)] = (byte)random.Next(256);
                }

                ReadAll(copy, rowsAtMost);
                continue;
            }

            for (var i = random.Next(1, 5); i > 0; i--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(4))
                {
                    case 0:
                        bytes[at] = (byte)random.Next(256);
                        break;
                    case 1:
                        bytes.InsertRange(at, Encoding.UTF8.GetBytes(bits[random.Next(bits.Length)]));
                        break;
                    case 2:
                        bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                        break;
                    default:
                        bytes.RemoveRange(at, random.Next(8) == 0 ? bytes.Count - at : 0);
                        break;
                }

                if (bytes.Count == 0)
                {
                    break;
                }
            }

            ReadAll([.. bytes], rowsAtMost);
        }
    }

    private static void ReadAll(byte[] bytes, int rowsAtMost = int.MaxValue)
    {
        var clock = Stopwatch.StartNew();
        var outcome = TableText.Open(bytes);
        if (outcome.Ok)
        {
            using var file = outcome.Value;
            _ = file.Rows().Take(rowsAtMost).Count();
            if (rowsAtMost == int.MaxValue)
            {
                foreach (var chunk in file.Chunks())
                {
                    chunk.Dispose();
                }
            }

            Assert.All(file.Problems, p => Assert.True(Texts.Has("problem." + p.Code), p.Code));
        }
        else
        {
            Assert.All(outcome.Problems, p => Assert.True(Texts.Has("problem." + p.Code), p.Code));
        }

        Assert.True(clock.Elapsed < Longest, $"{clock.Elapsed} for {bytes.Length} bytes");
    }
}
