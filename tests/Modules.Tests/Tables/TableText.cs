using System.Text;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

/// <summary>Tables from text, and what was read from them as text again.</summary>
internal static class TableText
{
    static TableText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public static string Data { get; } = Path.Combine(Environment.GetEnvironmentVariable("TANLU_TEST_DATA") ?? Path.Combine(Root(), "../shared/data"), "carbon");

    public static Outcome<TableFile> Open(byte[] bytes, TableOptions? options = null, string name = "t.csv") =>
        TableFile.Open(new MemoryStream(bytes), name, options);

    public static Outcome<TableFile> Open(string text, string encoding = "utf-8", TableOptions? options = null) =>
        Open(Encoding.GetEncoding(encoding).GetBytes(text), options);

    /// <summary>Rows as <c>row:cell|cell</c>, by the plain path; the chunked path must say the same.</summary>
    public static string[] Lines(TableFile file)
    {
        string[] plain = [.. file.Rows().Select(r => $"{r.Row}:{string.Join('|', r.Cells.Select(c => c.Text).Reverse().SkipWhile(c => c.Length == 0).Reverse())}")];
        foreach (var ahead in new[] { false, true })
        {
            Assert.Equal(plain, Chunked(file, ahead));
        }

        return plain;
    }

    private static string[] Chunked(TableFile file, bool ahead)
    {
        var lines = new List<string>();
        var records = file.Records();
        foreach (var chunk in file.Chunks(ahead))
        {
            using (chunk)
            {
                records.Load(chunk);
                while (records.Next())
                {
                    var cells = Enumerable.Range(0, records.Count).Select(records.Text).Reverse().SkipWhile(c => c.Length == 0).Reverse();
                    lines.Add($"{records.Row}:{string.Join('|', cells)}");
                }

                Assert.Equal(chunk.FirstRow + chunk.Rows - 1, Math.Max(records.Row, chunk.FirstRow + chunk.Rows - 1));
            }
        }

        return [.. lines];
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Tanlu.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Tanlu.slnx");
        }

        return folder;
    }
}
