using System.Globalization;
using System.Text;
using Tanlu.Factors;
using Tanlu.Inventory;
using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>A gigabyte of activities, as somebody will send it one day: read in chunks, summed exactly, every wrong row told.</summary>
public sealed class LargeFileSoakTests
{
    private const long Bytes = 1L << 30;
    private const int WrongEvery = 10_000;
    private const double LargestGrowthBytes = 1.5 * (1 << 30);

    [Fact(Explicit = true)]
    public void A_gigabyte_is_calculated_within_bounded_memory()
    {
        var path = Path.Combine(Path.GetTempPath(), "tanlu-soak-" + Path.GetRandomFileName());
        try
        {
            var (rows, wrong) = Write(path);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            using var file = ActivityFile.Open(path).Value;
            StatelessCalculation? calculation = null;
            var reader = file.Read(FactorLibrary.BuiltIn, siteExists: null, r =>
            {
                calculation = new StatelessCalculation(r, GwpSet.Ar6, RouteChoice.ByPlace);
                return calculation.Add;
            }, ct: TestContext.Current.CancellationToken);

            Assert.Equal(rows, reader.Rows);
            Assert.Equal(wrong, reader.RefusedRows);

            // Rows are 1 kWh each at 0.5827 kg/kWh (Jiangsu 2023), rounded to a milligram.
            Assert.Equal((rows - wrong) * 0.5827, calculation!.Statement().Scope2Location.Kilograms, 1e-3);
            Assert.True(GC.GetTotalMemory(forceFullCollection: false) - before < LargestGrowthBytes);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (int Rows, int Wrong) Write(string path)
    {
        using var writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 20);
        writer.WriteLine("site,source,activity,start,end,quantity,unit,region,note");
        var (rows, wrong) = (0, 0);
        for (var written = 0L; written < Bytes; rows++)
        {
            var bad = rows % WrongEvery == 0;
            var line = string.Create(CultureInfo.InvariantCulture, $"S{rows % 500},Meter,electricity.grid,2023-01-01,2023-01-31,{(bad ? "-1" : "1")},kWh,CN-JS,reading {rows} of the long file");
            writer.WriteLine(line);
            written += line.Length + 1;
            wrong += bad ? 1 : 0;
        }

        return (rows, wrong);
    }
}
