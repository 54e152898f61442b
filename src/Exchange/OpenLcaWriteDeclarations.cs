using System.Text.Json;

namespace Tanlu.Exchange;

/// <summary>Writes a declaration as an EPD: its product, and for each module and scenario a result with the declared impacts.</summary>
internal static class OpenLcaWriteDeclarations
{
    public static void Add(ProcessDataset process, OpenLcaNames names, Action<string, string, Action<Utf8JsonWriter>> entry)
    {
        var modules = process.Declared.GroupBy(d => OpenLcaDeclarations.ModuleName(d.Module, d.Scenario), StringComparer.Ordinal).Select(g => (Name: g.Key, Id: DatasetIds.Named("Result", names.Id(process.Id), g.Key), Impacts: g.ToList())).ToList();
        foreach (var module in modules)
        {
            entry("results", module.Id, json =>
            {
                names.Head(json, "Result", module.Id, $"{process.Name} - {module.Name}");
                OpenLcaWriteSystems.Impacts(json, module.Impacts.Select(d => new StoredImpact(d.IndicatorId, d.Indicator, d.Amount, d.Unit)), names, process.Name);
            });
        }

        entry("epds", names.Id(process.Id), json =>
        {
            names.Head(json, "Epd", process.Id, process.Name);
            OpenLcaNames.Text(json, "category", process.Category);
            OpenLcaNames.Text(json, "version", process.Version);
            OpenLcaNames.Text(json, "description", process.Documentation.Description);
            names.Location(json, process.Location);
            OpenLcaWriteProcesses.Date(json, "validFrom", process.ValidFrom);
            OpenLcaWriteProcesses.Date(json, "validUntil", process.ValidUntil);
            names.Actor(json, "manufacturer", process.Documentation.Owner);
            if (process.Exchanges.FirstOrDefault(x => x.Reference) is { } product)
            {
                json.WriteStartObject("product");
                names.FlowReference(json, "flow", product.FlowId);
                names.Number(json, "amount", product.Amount, process.Name, product.Number);
                names.Units.Write(json, product.FlowId, product.PropertyId, product.Unit, process.Name, product.Number);
                json.WriteEndObject();
            }

            json.WriteStartArray("modules");
            foreach (var module in modules)
            {
                json.WriteStartObject();
                json.WriteString("@type", "EpdModule");
                json.WriteString("name", module.Name);
                json.WriteNumber("multiplicator", 1.0);
                names.Reference(json, "result", "Result", module.Id, module.Name);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (process.Exchanges.Any(x => !x.Reference))
            {
                names.Note("lca_write_lost", process.Name, null, "exchanges", $"{process.Exchanges.Count(x => !x.Reference)}");
            }
        });
    }
}
