using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Modules.Tests.Products;

/// <summary>The EF 3.1 characterisation table for ecoinvent's flows; open test data that does not ship with the product.</summary>
internal static class Ef31Table
{
    public static IReadOnlyList<DataRow> Rows() => [.. DataRows.Parse(File.ReadAllBytes(OpenData.Lca("ef31/ef31_characterisation_ecoinvent39_flows.csv")))];

    public static MethodDataset Method(IEnumerable<DataRow> rows) => new()
    {
        Id = "ef31",
        Name = "EF 3.1",
        Indicators =
        [
            .. rows.GroupBy(r => (Code: r["indicator"], Unit: r["unit"])).Select(g => new IndicatorDataset(
                g.Key.Code, g.Key.Code, g.Key.Code, g.Key.Unit, [.. g.Select(r => new CharacterisationFactor(Flow(r), double.Parse(r["cf"], CultureInfo.InvariantCulture), "kg"))])),
        ],
    };

    public static FlowDataset Flow(DataRow row) => new()
    {
        Id = row["flow_uuid"], Name = row["flow_name"], Unit = "kg", Compartment = row["compartment"], Subcompartment = row["subcompartment"],
    };
}
