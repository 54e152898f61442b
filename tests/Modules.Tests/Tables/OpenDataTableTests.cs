using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Tables;

/// <summary>Real files as their publishers made them.</summary>
public sealed class OpenDataTableTests
{
    [Fact]
    public void TheCommissionsDefaultsInLatin1WithSemicolons()
    {
        using var file = Open("ef-eu-cbam/cbam_defaults_v20260204.latin1.csv");
        Assert.Equal(("windows-1252", (byte)';', 11), (file.Encoding, file.Separator, file.Header.Count));
        var rows = file.Rows().ToList();
        Assert.Equal(12_532, rows.Count);
        Assert.DoesNotContain(rows, r => r.Cells.Any(c => c.Text.Contains('\uFFFD')));
        Assert.Empty(file.Problems);
        var china = rows.First(r => r[0].Text == "China" && r[2].Text == "7208");
        Assert.Equal(3.186893, CellNumber.Parse(china[6]).Value, 6);
    }

    [Fact]
    public void TheCommissionsBenchmarksWithDecimalCommaAndRoute()
    {
        using var file = Open("ef-eu-cbam/cbam_benchmarks_2026.csv");
        Assert.Equal((byte)';', file.Separator);
        var found = file.Rows().SelectMany(r => r.Cells).First(c => c.Text == "1,370 (C)");
        var problem = Assert.Single(CellNumber.Parse(found).Problems);
        Assert.Equal(("number_footnote", "(C)"), (problem.Code, problem.Args[0]));
    }

    [Fact]
    public void DecimalCommasInsideQuotes()
    {
        using var file = Open("ef-greenlang/scope_1__stationary_combustion.csv");
        Assert.Equal((byte)',', file.Separator);
        var column = file.Header.ToList().IndexOf("total_co2_kg");
        Assert.Equal(DecimalMark.Comma, file.DecimalMarkOf(column));
        var crude = file.Rows().First();
        Assert.Equal(2.49532776, CellNumber.Parse(crude[column], file.DecimalMarkOf(column)).Value);
    }

    [Theory]
    [InlineData("ef-uk-desnz/original-2018-flat-file-v1.01.xls", TableKind.Xls)]
    [InlineData("ef-uk-desnz/original-2023-flat-file-v1.1.xlsx", TableKind.Xlsx)]
    [InlineData("ef-uk-desnz/original-2025-flat-file.xlsx", TableKind.Xlsx)]
    public void TheFlatFilesOfDesnz(string name, TableKind kind)
    {
        using var file = Open(name, new TableOptions { Wanted = ["ID", "Scope", "Level 1", "Level 2", "UOM", "GHG/Unit"] });
        Assert.Equal(kind, file.Kind);
        Assert.Contains("UOM", file.Header);
        var uom = file.Header.ToList().IndexOf("UOM");
        var rows = file.Rows().ToList();
        Assert.InRange(rows.Count, 6_900, 8_800);
        Assert.Contains(rows, r => r[uom].Text == "kWh");
        Assert.DoesNotContain(file.Problems, p => p.Code != "too_many_cells");
        Assert.Equal(rows.Count, file.Chunks().Sum(c =>
        {
            using (c)
            {
                var records = file.Records();
                records.Load(c);
                var count = 0;
                while (records.Next())
                {
                    count++;
                }

                return count;
            }
        }));
    }

    [Fact]
    public void EveryTableOfTheOpenDataIsReadToItsEnd()
    {
        Assert.SkipUnless(Directory.Exists(TableText.Data), "The open data are not here; set TANLU_TEST_DATA.");
        string[] names = [.. Directory.EnumerateFiles(TableText.Data, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".csv", StringComparison.Ordinal) || f.EndsWith(".xlsx", StringComparison.Ordinal) || f.EndsWith(".xls", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        Assert.NotEmpty(names);
        foreach (var name in names)
        {
            var outcome = TableFile.Open(name);
            Assert.True(outcome.Ok, $"{name}: {(outcome.Ok ? "" : outcome.Problems[0].ToString())}");
            using var file = outcome.Value;
            Assert.True(file.Rows().Any(), name);
            _ = file.Rows().Count();
            var broken = file.Problems.Where(p => p.Code is "workbook_broken" or "workbook_bomb" or "quote_unclosed" or "record_too_long").ToList();
            TestContext.Current.TestOutputHelper?.WriteLine($"{Path.GetFileName(name)}: {file.Encoding} {(char)file.Separator} {string.Join(" ", file.Problems.GroupBy(p => p.Code).Select(g => $"{g.Key}×{g.Count()}"))}");
            Assert.True(broken.Count == 0, $"{name}: {string.Join("; ", broken.Select(p => $"{p.Code} {p.Row} {p.Found}"))}");
        }
    }

    private static TableFile Open(string name, TableOptions? options = null)
    {
        var path = Path.Combine(TableText.Data, name);
        Assert.SkipUnless(File.Exists(path), "The open data are not here; set TANLU_TEST_DATA.");
        return TableFile.Open(path, options).Value;
    }
}
