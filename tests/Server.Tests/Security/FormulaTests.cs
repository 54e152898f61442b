using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using System.Xml.Linq;
using Microsoft.Extensions.DependencyInjection;
using Tanlu.Factors;
using Tanlu.Factors.Methods;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;
using Tanlu.Organisation;

namespace Tanlu.Server.Tests.Security;

/// <summary>No text that came from outside becomes a formula in a spreadsheet that opens a file of ours.</summary>
public sealed class FormulaTests(OpenPort port) : IClassFixture<OpenPort>
{
    private const string Mark = "PWNCALC";

    private static readonly string[] Starts = ["=", "+", "-", "@", " =", "＝", "－", "%09=", "%0d=", "%0a="];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_export_writes_hostile_texts_as_texts()
    {
        var (site, edition, pack) = await Plant();
        var scope = $"node={site}&from=2024-01&to=2024-12";
        List<string> addresses =
        [
            $"/activities/export?{scope}&format=csv&f.state=all", $"/activities/export?{scope}&format=xlsx&f.state=all", $"/explain/population?{scope}", $"/editions/{edition}/package", "/import/template.csv",
            .. from view in new[] { "scopes", "categories", "sites", "sources", "months", "gases" } from format in new[] { "csv", "xlsx" } select $"/statement/file?{scope}&by={view}&format={format}",
        ];
        addresses.Add(await Problems());
        var wrong = new List<string>();
        var marked = 0;
        foreach (var address in addresses)
        {
            var (bytes, type) = await Get(address);
            marked += Judge(wrong, address, bytes, type);
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong.Take(30)));
        Assert.True(marked > 30, $"Only {marked} planted cells were found.");

        // The one exception: a pack leaves as the very bytes that came in, because its hash is its name. It goes out as a file to save, and not as a table to open.
        var (file, _) = await Get($"/api/v1/factor-packs/{pack}/file");
        Assert.Contains("=1+" + Mark, Encoding.UTF8.GetString(file), StringComparison.Ordinal);
    }

    private async Task<(byte[] Bytes, string Type)> Get(string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        var (status, _, answer) = await port.Send(HttpMethod.Get, address);
        using (answer)
        {
            Assert.True(status == HttpStatusCode.OK, $"{status} {address}");
            Assert.StartsWith("attachment", answer.Content.Headers.ContentDisposition?.ToString(), StringComparison.Ordinal);
            return (await answer.Content.ReadAsByteArrayAsync(Stop), answer.Content.Headers.ContentType!.MediaType!);
        }
    }

    private static int Judge(List<string> wrong, string at, byte[] bytes, string type)
    {
        if (type is "application/zip")
        {
            using var zip = new ZipArchive(new MemoryStream(bytes));
            return zip.Entries.Where(e => e.FullName.EndsWith(".csv", StringComparison.Ordinal) && !e.FullName.Contains("evidence/", StringComparison.Ordinal)).Sum(e =>
            {
                using var part = new MemoryStream();
                using (var open = e.Open())
                {
                    open.CopyTo(part);
                }

                return Csv(wrong, $"{at} {e.FullName}", part.ToArray());
            });
        }

        return type.Contains("spreadsheet", StringComparison.Ordinal) ? Workbook(wrong, at, bytes) : Csv(wrong, at, bytes);
    }

    private static int Csv(List<string> wrong, string at, byte[] bytes)
    {
        var marked = 0;
        foreach (var cell in Cells(Encoding.UTF8.GetString(bytes).TrimStart('\uFEFF')))
        {
            marked += cell.Contains(Mark, StringComparison.Ordinal) ? 1 : 0;
            var text = cell.TrimStart(' ');
            if (text.Length > 0 && "=+-@\t\r\n＝＋－＠".Contains(text[0]) && !double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out _))
            {
                wrong.Add($"{at}: {cell}");
            }
        }

        return marked;
    }

    private static int Workbook(List<string> wrong, string at, byte[] bytes)
    {
        using var zip = new ZipArchive(new MemoryStream(bytes));
        using var part = zip.Entries.Single(e => e.FullName.EndsWith("sheet1.xml", StringComparison.Ordinal)).Open();
        var marked = 0;
        foreach (var cell in XDocument.Load(part).Descendants().Where(e => e.Name.LocalName == "c" && e.Value.Contains(Mark, StringComparison.Ordinal)))
        {
            marked++;
            if ((string?)cell.Attribute("t") != "inlineStr" || cell.Elements().Any(e => e.Name.LocalName == "f"))
            {
                wrong.Add($"{at}: {cell}");
            }
        }

        return marked;
    }

    /// <summary>The cells of a CSV file as a spreadsheet reads them.</summary>
    private static IEnumerable<string> Cells(string text)
    {
        var cell = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (quoted)
            {
                if (text[i] == '"' && i + 1 < text.Length && text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (text[i] == '"')
                {
                    quoted = false;
                }
                else
                {
                    cell.Append(text[i]);
                }
            }
            else if (text[i] == '"' && cell.Length == 0)
            {
                quoted = true;
            }
            else if (text[i] is ',' or '\n')
            {
                yield return cell.ToString().TrimEnd('\r');
                cell.Clear();
            }
            else
            {
                cell.Append(text[i]);
            }
        }
    }

    private async Task<(long Site, long Edition, long Pack)> Plant()
    {
        var services = port.World.Server.Services;
        T Need<T>() where T : notnull => services.GetRequiredService<T>();
        var us = Caller.System(port.Tenant);
        var since = new DateOnly(2020, 1, 1);
        var tree = Need<OrganisationTree>();
        var company = (await tree.Add(us, new NewNode(null, NodeKind.Company, "=1+" + Mark, "=1+" + Mark, "＝1+" + Mark, "CN", "", since), Stop)).Value;
        var site = (await tree.Add(us, new NewNode(company.Id, NodeKind.Site, "@" + Mark, "@SUM(1+9)" + Mark, "-2+3" + Mark, "CN-GD", "", since), Stop)).Value;
        using var document = new MemoryStream(Encoding.UTF8.GetBytes(Mark));
        var evidence = (await Need<EvidenceFiles>().Add(us, document, "=cmd" + Mark + ".txt", site.Id, Stop)).Value;
        var csv = new StringBuilder("site,source,activity,start,end,quantity,unit,region,supplier,quality,evidence,note\n");
        for (var at = 0; at < Starts.Length; at++)
        {
            var start = Uri.UnescapeDataString(Starts[at]);
            var name = start.Any(char.IsControl) ? "=" : start;
            csv.Append(CultureInfo.InvariantCulture, $"@{Mark},\"{name}cmd|' /C calc'!A0 {Mark}{at}\",fuel.diesel,2024-{at + 1:D2}-01,2024-{at + 1:D2}-28,{at + 1},kg,CN-GD,\"{start}HYPERLINK(1) {Mark}\",measured,{evidence.Hash},\"{start}note {Mark}\"\n");
        }

        using var file = new MemoryStream(Encoding.UTF8.GetBytes(csv.ToString()));
        var imported = await Need<Journal>().Import(us, file, "=" + Mark + ".csv", new ImportOptions(Reason: "=reason " + Mark), null, Stop);
        Assert.True(imported.Ok, imported.Ok ? "" : string.Join("; ", imported.Problems.Select(p => $"{p.Row} {p.Column} {p.Message(Language.English)} {p.Found}")));
        var edition = await Need<Editions>().Freeze(
            us, new NewEdition("=title " + Mark, company.Id, Consolidation.OperationalControl, Month.Of(2024, 1), Month.Of(2025, 1), Route.GhgProtocol, GwpSet.Ar6, [new Exclusion("=what " + Mark, "+why " + Mark)]), Stop);
        Assert.True(edition.Ok);
        var pack = $"""
            # pack: calc
            # version: 1
            # name_en: =1+{Mark}
            # publisher: @{Mark}
            # licence: CC0-1.0
            series,version,valid_from,geography,role,components,name_en,source,mark
            peat,2023,2023-01-01,CN,named,co2=1 kg/kg,"=1+{Mark}","-{Mark}",V

            """;
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(pack));
        var made = await Need<FactorPacks>().Import(us, content, "calc.csv", Stop, serve: true);
        Assert.True(made.Ok, made.Ok ? "" : made.Problems[0].Message(Language.English));
        return (site.Id, edition.Value.Number, made.Value.Pack.Id);
    }

    /// <summary>The problems of a checked upload, as the wizard hands them out.</summary>
    private async Task<string> Problems()
    {
        var csv = "site,source,activity,start,end,quantity,unit,region\n" + string.Concat(Starts.Select(s => $"\"{Uri.UnescapeDataString(s)}{Mark}\",s,fuel.diesel,2024-01-01,2024-01-31,\"={Mark}\",t,CN-GD\n"));
        using var upload = new MultipartFormDataContent
        {
            { new StringContent(port.FormToken), "__RequestVerificationToken" }, { new StringContent("upload"), "_handler" }, { new StringContent(csv), "file", "a.csv" },
        };
        var (_, _, sent) = await port.Send(HttpMethod.Post, "/import", upload);
        var check = new Uri(port.Base, sent.Headers.Location!).PathAndQuery.Replace("/import/map", "/import/check", StringComparison.Ordinal);
        sent.Dispose();
        while (true)
        {
            var (_, text, answer) = await port.Send(HttpMethod.Get, check);
            answer.Dispose();
            var page = new AngleSharp.Html.Parser.HtmlParser().ParseDocument(text);
            if (page.QuerySelector("a[href*='problems.csv']")?.GetAttribute("href") is { } href)
            {
                return href;
            }

            check = page.QuerySelector(".job.waiting, .job.running")?.GetAttribute("hx-get") ?? throw new InvalidOperationException(text);
            await Task.Delay(50, Stop);
        }
    }
}
