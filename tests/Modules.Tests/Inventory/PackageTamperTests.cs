using System.IO.Compression;
using System.Text;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>What is changed in a package is found by both verifiers, also where every hash was made to fit.</summary>
public sealed class PackageTamperTests
{
    /// <summary>Columns that no figure follows from and that nothing but the package's own hash binds (package-format.md § 12).</summary>
    private static readonly HashSet<string> Described =
    [
        .. "activity role geography technology valid_from valid_to name_en name_zh priority page uncertainty_percent quality note basis gwp".Split(' ').Select(c => "factors.csv/" + c),
        .. "code version name_en name_zh publisher licence_url attribution share_alike redistribution".Split(' ').Select(c => "packs.csv/" + c),
        "gases.csv/formula", "gases.csv/source", "gases.csv/page", "gases.csv/gwp_x1000", "substances.csv/source", "nodes.csv/parent", "nodes.csv/kind", "nodes.csv/region", "nodes.csv/valid_from",
        "nodes.csv/valid_to", "evidence.csv/name", "evidence.csv/media_type", "batches.csv/file_name", "lines.csv/role", "calculations.csv/counts_energy", "units.csv/basis", "package.json/program",
    ];

    /// <summary>What only this program finds, because it knows units and gases: a code that nothing else names, a factor that differs by less than a milligram.</summary>
    private static readonly string[] ByTables = ["gases.csv/code", "units.csv/factor"];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Planted_changes_are_found_by_arithmetic_and_named()
    {
        var (package, head) = await Made();
        await Found(package, f => f.Change("activities.csv", "quantity", r => r("quantity") == "123456.7", _ => "123456.8"), "postings.csv", "co2_mg");
        await Found(package, f => f.Change("factors.csv", "components", r => r("components").StartsWith("co2=", StringComparison.Ordinal), c => c.Replace("co2=0.", "co2=0.1", StringComparison.Ordinal)), "postings.csv", "co2_mg");
        await Found(package, f => f.Change("gases.csv", "gwp_x1000", r => r("code") == "HFC-32", g => "9" + g), "edition.json", "scope1");
        await Found(package, f => f.Write("postings.csv", f.Table("postings.csv").Where((_, at) => at != 5)), "postings.csv", "");
        await Found(package, f => f.Write("activities.csv", f.Table("activities.csv").Where((_, at) => at != 3)), "postings.csv", "row");
        await Found(package, f => f.Write("corrections.csv", f.Table("corrections.csv").Where((_, at) => at != 1)), "corrections.csv", "row");
        await Found(package, f => f.Write("batches.csv", f.Table("batches.csv").SkipLast(1)), "package.json", "seq");
        await Found(package, f => f[f.Names.First(n => n.StartsWith("evidence/", StringComparison.Ordinal))] = "another bill"u8.ToArray(), "evidence/", "sha256");
        await Found(package, f => f["edition.json"] = Encoding.UTF8.GetBytes(f.Text("edition.json").Replace("not metered", "not material", StringComparison.Ordinal)), "package.json", "hash");

        // The same with the stated hash of the edition made to fit too: only the recorded head tells.
        var forged = new PackageForgery(package);
        forged["edition.json"] = Encoding.UTF8.GetBytes(forged.Text("edition.json").Replace("not metered", "not material", StringComparison.Ordinal));
        forged["package.json"] = Encoding.UTF8.GetBytes(forged.Text("package.json").Replace(head.Edition!, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(forged["edition.json"])), StringComparison.Ordinal));
        await OnlyByHead(forged.Zip(fitting: true), head);
    }

    [Fact]
    public async Task A_package_rewritten_as_a_whole_is_found_by_the_recorded_head()
    {
        var (_, head) = await Made();
        var (other, _) = await Made(kwh: 123456.8);
        await OnlyByHead(other, head);
    }

    [Fact]
    public async Task A_change_without_fitting_hashes_is_found_in_any_file()
    {
        var (package, _) = await Made();
        foreach (var name in new PackageForgery(package).Names)
        {
            var forged = new PackageForgery(package);
            forged[name] = [.. forged[name], (byte)' '];
            var report = PackageVerify.Of(new MemoryStream(forged.Zip(fitting: false)), null);
            Assert.True(name == "package.json" || (report.Ok && report.Value.Differences.Any(d => d.Code == "file_altered" && d.File == name)), name);
        }
    }

    [Fact]
    public async Task Single_fields_changed_at_random_are_found_though_every_hash_fits()
    {
        var (package, _) = await Made();
        var random = new Random(20261124);
        var tried = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var unseen = new List<string>();
        for (var at = 0; at < 600; at++)
        {
            var (forged, what) = Mutated(package, random);
            if (forged is null)
            {
                continue;
            }

            tried[what.Split(' ')[0]] = tried.GetValueOrDefault(what.Split(' ')[0]) + 1;
            var report = PackageVerify.Of(new MemoryStream(forged), null);
            if (report.Ok && report.Value.Same)
            {
                unseen.Add(what);
            }
            else if (at % 10 == 0 && !ByTables.Any(t => what.StartsWith(t, StringComparison.Ordinal)))
            {
                unseen.AddRange(await PythonVerifier.Run(forged) is (1, _) ? [] : ["Python: " + what]);
            }
        }

        Assert.True(unseen.Count == 0, string.Join('\n', unseen.Distinct()));
        Assert.True(tried.Count > 60, $"{tried.Count}");
    }

    [Fact]
    public async Task What_must_not_be_read_is_refused()
    {
        var (package, _) = await Made();
        await Refused(Encoding.UTF8.GetBytes("no zip at all"), "package_unreadable");
        await Refused(package[..(package.Length / 2)], "package_unreadable");
        await Refused([], "package_unreadable");
        await Refused(With(package, "../../outside.csv", "x"u8.ToArray()), "package_entry_unknown");
        await Refused(With(package, "evidence/../package.json", "x"u8.ToArray()), "package_entry_unknown");
        await Refused(With(package, "tree.csv", "x"u8.ToArray()), "package_entry_twice");
        var missing = new PackageForgery(package);
        missing.Remove("units.csv");
        await Refused(missing.Zip(fitting: true), "package_file_missing");
        var bomb = new PackageForgery(package);
        bomb["nodes.csv"] = new byte[40 << 20];
        await Refused(bomb.Zip(fitting: false), "package_too_large");
        var form = new PackageForgery(package);
        form["package.json"] = Encoding.UTF8.GetBytes(form.Text("package.json").Replace("tanlu-package-1", "tanlu-package-9", StringComparison.Ordinal));
        await Refused(form.Zip(fitting: true), "package_form_unknown");
        var garbled = new PackageForgery(package);
        garbled["package.json"] = "[1,2"u8.ToArray();
        await Refused(garbled.Zip(fitting: false), "package_unreadable");
    }

    private static async Task<(byte[] Package, PackageHead Head)> Made(double kwh = 123456.7)
    {
        await using var book = await PackageBook.Open(Dialect.Sqlite);
        await book.Fill(kwh);
        var head = await book.Freeze();
        return (await book.Export(head.Number), new PackageHead(Convert.ToHexStringLower(head.Hash), Convert.ToHexStringLower(head.Book.Chain), head.Number));
    }

    private static async Task Found(byte[] package, Action<PackageForgery> change, string file, string field)
    {
        var forged = new PackageForgery(package);
        change(forged);
        var bytes = forged.Zip(fitting: true);
        var report = PackageTests.Verify(bytes);
        Assert.Contains(report.Differences, d => d.File.StartsWith(file, StringComparison.Ordinal) && (field.Length == 0 || d.Field == field));
        Assert.All(report.Differences, d => Assert.DoesNotContain('{', d.Text(Language.Chinese)));
        var (code, said) = await PythonVerifier.Run(bytes);
        Assert.Equal(1, code);
        Assert.Contains(file, said, StringComparison.Ordinal);
    }

    private static async Task OnlyByHead(byte[] package, PackageHead head)
    {
        PackageTests.Same(PackageTests.Verify(package));
        Assert.Equal(0, (await PythonVerifier.Run(package)).Code);
        Assert.Contains(PackageTests.Verify(package, head).Differences, d => d is { Code: "head_differs", Field: "hash" });
        var (code, said) = await PythonVerifier.Run(package, "--head", head.Edition!);
        Assert.True(code == 1 && said.Contains("recorded head", StringComparison.Ordinal), said);
    }

    private static async Task Refused(byte[] bytes, string code)
    {
        var refused = PackageVerify.Of(new MemoryStream(bytes), null);
        Assert.False(refused.Ok);
        Assert.Equal(code, refused.Problems[0].Code);
        Assert.DoesNotContain('[', refused.Problems[0].Message(Language.Chinese) + refused.Problems[0].Expected(Language.English));
        var (exit, said) = await PythonVerifier.Run(bytes);
        Assert.True(exit == 1 && said.StartsWith("refused:", StringComparison.Ordinal), said);
    }

    private static byte[] With(byte[] package, string name, byte[] content)
    {
        using var bytes = new MemoryStream();
        bytes.Write(package);
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Update, leaveOpen: true))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(content);
        }

        return bytes.ToArray();
    }

    /// <summary>One cell of one table changed, the manifest made to fit; null where the cell is one of those that only describe.</summary>
    private static (byte[]? Forged, string What) Mutated(byte[] package, Random random)
    {
        var forged = new PackageForgery(package);
        var tables = forged.Names.Where(n => n.EndsWith(".csv", StringComparison.Ordinal) && forged.Table(n).Count > 1).ToList();
        var name = tables[random.Next(tables.Count)];
        var rows = forged.Table(name);
        var (row, column) = (random.Next(1, rows.Count), random.Next(rows[0].Length));
        var key = $"{name}/{rows[0][column]}";
        if (Described.Contains(key))
        {
            return (null, key);
        }

        var cell = rows[row][column];
        var changed = cell.Length == 0 ? "1" : random.Next(8) == 0 ? "" : Other(cell, random);
        rows[row][column] = changed;
        forged.Write(name, rows);
        return (forged.Zip(fitting: true), $"{key} row {row + 1}: {cell} → {changed}");
    }

    private static string Other(string cell, Random random)
    {
        var at = random.Next(cell.Length);
        var c = cell[at];
        var other = char.IsAsciiDigit(c) ? (char)('0' + ((c - '0' + random.Next(1, 10)) % 10)) : c == 'a' ? 'b' : 'a';
        return cell[..at] + other + cell[(at + 1)..];
    }
}
