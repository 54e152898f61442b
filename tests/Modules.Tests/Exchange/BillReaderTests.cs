using System.Text;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Tables;

namespace Tanlu.Modules.Tests.Exchange;

public sealed class BillReaderTests
{
    [Fact]
    public void A_chinese_workbook_with_a_title_above_is_read()
    {
        var to = new MemoryStream();
        using (var writer = new XlsxTableWriter(to, "BOM"))
        {
            writer.Text("2 MW 风机 机舱 物料清单");
            writer.EndRow();
            foreach (var header in new[] { "序号", "物料名称", "用量", "单位", "数据集", "产地", "供应商", "生命周期阶段", "备注", "图号" })
            {
                writer.Text(header);
            }

            writer.EndRow();
            writer.Text("1");
            writer.Text("铸铁轮毂");
            writer.Number(12500.5);
            writer.Text("kg");
            writer.Text("铸铁生产");
            writer.Text("CN-JS");
            writer.Text("某铸造厂");
            writer.Text("A1");
            writer.Text("含加工");
            writer.EndRow();
        }

        to.Position = 0;
        var bill = BillReader.Read(to, "机舱.xlsx", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal([new BillLine(3, "1", "铸铁轮毂", 12500.5, "kg", "铸铁生产", "CN-JS", "某铸造厂", "A1", "含加工")], bill.Lines);
        Assert.Equal(["图号"], bill.Unread);
        Assert.Equal("用量", bill.Columns["quantity"]);
        Assert.Empty(bill.Problems);
    }

    [Fact]
    public void An_english_csv_with_decimal_commas_and_a_unit_in_the_header_is_read()
    {
        var bill = Read("Level;Part name;Weight [kg];Provider\n1;Hub;1.250,5;casting, iron\n.2;Bolt;0,35;\n").Value;
        Assert.Equal([new BillLine(2, "", "Hub", 1250.5, "kg", "casting, iron", Level: 1), new BillLine(3, "", "Bolt", 0.35, "kg", Level: 2)], bill.Lines);
    }

    [Fact]
    public void Pasted_cells_are_read_with_and_without_a_header()
    {
        var plain = BillReader.Paste("Steel\t12.5\tkg\tsteel, hot rolled\tCN\nCopper\t3\tkg", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal([new BillLine(1, "", "Steel", 12.5, "kg", "steel, hot rolled", "CN"), new BillLine(2, "", "Copper", 3, "kg")], plain.Lines);
        var headed = BillReader.Paste("数量\t单位\t名称\n3\tkg\t铜\n", cancellation: TestContext.Current.CancellationToken).Value;
        Assert.Equal([new BillLine(2, "", "铜", 3, "kg")], headed.Lines);
    }

    [Fact]
    public void Each_problem_names_row_and_column_and_the_good_lines_stay()
    {
        var bill = Read("part,qty,unit,level\nHub,12,kg,1\n,3,kg,1\nBolt,many,kg,1\nNut,1e999,kg,x\nPin,,kg,2\n").Value;
        Assert.Equal(["Hub"], bill.Lines.Select(l => l.Part));
        Assert.Equal(
            [("bill_part_missing", 3, "part"), ("not_a_number", 4, "qty"), ("number_not_finite", 5, "qty"), ("bill_level", 5, "level"), ("number_missing", 6, "qty")],
            bill.Problems.Select(p => (p.Code, p.Row ?? 0, p.Column ?? "")));
        Assert.Equal(("not_a_number", 2), BillReader.Paste("Bolt\t1\nNut\tx", cancellation: TestContext.Current.CancellationToken).Value.Problems.Select(p => (p.Code, p.Row ?? 0)).Single());
    }

    [Fact]
    public void A_table_without_name_or_quantity_is_refused_unless_the_user_says_which_columns_hold_them()
    {
        const string Text = "Was,Wieviel,unit\nHub,12,kg\n";
        Assert.Equal(["part", "quantity"], Read(Text).Problems.Where(p => p.Code == "column_missing").Select(p => p.Column!));
        var mapped = BillReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(Text)), "b.csv", mapping: new Dictionary<string, string> { ["Was"] = "part", ["Wieviel"] = "quantity" }, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal([new BillLine(2, "", "Hub", 12, "kg")], mapped.Value.Lines);
    }

    private static Outcome<BillFile> Read(string text) => BillReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "bill.csv", cancellation: TestContext.Current.CancellationToken);
}
