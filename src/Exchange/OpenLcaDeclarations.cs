namespace Tanlu.Exchange;

/// <summary>Environmental product declarations of an openLCA package: a product whose modules point to stored results.</summary>
internal static class OpenLcaDeclarations
{
    public static ProcessDataset Read(OpenLcaEntity e, OpenLcaReference known, Dictionary<string, StoredResult> results, HashSet<string> used, Reading reading)
    {
        var exchanges = new List<ProcessExchange>();
        if (e.Json.Field("product") is { } product && known.Flow(product.Field("flow"), e.Name, 1) is { } flow)
        {
            exchanges.Add(new ProcessExchange
            {
                Number = 1,
                FlowId = flow.Id,
                Amount = OpenLcaValues.Needed(product, "amount", e.Name, 1, reading),
                Unit = known.Unit(product, flow, e.Name, 1),
                PropertyId = known.Property(product, flow, e.Name, 1),
                Reference = true,
            });
        }
        else
        {
            reading.Note("lca_reference_missing", e.Name, null, "product");
        }

        var declared = new List<DeclaredImpact>();
        foreach (var module in e.Json.Objects("modules"))
        {
            var id = OpenLcaReference.Id(module.Field("result"));
            if (!results.TryGetValue(id, out var result))
            {
                known.Missing(e.Name, null, "result", module.Field("result"));
                continue;
            }

            var multiplicator = OpenLcaValues.Optional(module, "multiplicator", e.Name, null, reading) ?? 1;
            used.Add(id);
            var (name, scenario) = ModuleAndScenario(module.Text("name"));
            foreach (var impact in result.Impacts)
            {
                var amount = impact.Amount * multiplicator;
                if (!double.IsFinite(amount))
                {
                    reading.Fault("lca_number_not_finite", e.Name, null, "multiplicator", $"{amount}");
                }

                declared.Add(new DeclaredImpact(impact.IndicatorId, impact.Indicator, impact.Unit, name, scenario, amount));
            }
        }

        return new ProcessDataset
        {
            Id = e.Id,
            Name = e.Name,
            Kind = ProcessKind.Declaration,
            Category = known.Category(e.Json),
            Location = known.Location(e.Json, e.Name),
            Version = e.Json.Text("version"),
            ValidFrom = OpenLcaValues.Date(e.Json, "validFrom", e.Name, reading),
            ValidUntil = OpenLcaValues.Date(e.Json, "validUntil", e.Name, reading),
            Exchanges = exchanges,
            Declared = declared,
            Documentation = new ProcessDocumentation { Description = e.Json.Text("description"), Owner = known.Actor(e.Json, "manufacturer", e.Name) },
        };
    }

    /// <summary>openLCA has one name for a module and its scenario; this product writes the scenario in brackets behind it.</summary>
    public static string ModuleName(string module, string scenario) => scenario.Length == 0 ? module : $"{module} [{scenario}]";

    private static (string Module, string Scenario) ModuleAndScenario(string name) =>
        name.EndsWith(']') && name.IndexOf(" [", StringComparison.Ordinal) is > 0 and var at ? (name[..at], name[(at + 2)..^1]) : (name, "");
}
