namespace Tanlu.Exchange;

/// <summary>
/// An input-output model as datasets, so that a sector can provide a line of a bill. Where the publisher leaves out the flows of the sectors, each indicator has a flow of its own that
/// carries a sector's direct impact; the method counts that flow with one, beside the factors for the real flows.
/// </summary>
internal static class InputOutputDatasets
{
    public static DatasetPackage Of(InputOutputModel model, string format, Reading reading)
    {
        var (n, k) = (model.Sectors.Count, model.Indicators.Count);
        if (model.Requirements.Length < n * n || model.Direct.Length < k * n)
        {
            return new DatasetPackage { Format = format, Name = model.Name };
        }

        var products = model.Sectors.Select(s => new FlowDataset { Id = s.Id, Name = s.Name, Kind = FlowKind.Product, Unit = model.Unit, Category = s.Category, Location = s.Location }).ToList();

        // The groups of indicators (Resource Use …) are no compartments: a carrier counts as it stands, whatever it carries.
        var carriers = model.Interventions is null
            ? model.Indicators.Select(i => new FlowDataset { Id = $"indicator/{i.Code}", Name = i.Name, Kind = FlowKind.Elementary, Unit = i.Unit, Category = "Indicators" }).ToList()
            : [];
        reading.CountExchanges(model.Name, (long)n * n);
        return new DatasetPackage
        {
            Format = format,
            Name = model.Name,
            Flows = [.. products, .. carriers, .. model.Flows.DistinctBy(f => f.Id)],
            Processes = [.. Enumerable.Range(0, n).Select(j => Process(model, j, products, carriers))],
            Methods = [Method(model, carriers)],
            Results = model.Total is null ? [] : [.. Enumerable.Range(0, n).Select(j => Result(model, j))],
        };
    }

    private static ProcessDataset Process(InputOutputModel model, int sector, List<FlowDataset> products, List<FlowDataset> carriers)
    {
        var n = model.Sectors.Count;
        var exchanges = new List<ProcessExchange> { new() { Number = 1, FlowId = products[sector].Id, Amount = 1, Unit = model.Unit, Reference = true } };
        for (var i = 0; i < n; i++)
        {
            if (model.Requirements[(i * n) + sector] is not 0 and var amount)
            {
                exchanges.Add(new ProcessExchange { Number = exchanges.Count + 1, FlowId = products[i].Id, Input = true, Amount = amount, Unit = model.Unit, ProviderId = model.Sectors[i].Id });
            }
        }

        for (var i = 0; i < carriers.Count; i++)
        {
            if (model.Direct[(i * n) + sector] is not 0 and var amount)
            {
                exchanges.Add(new ProcessExchange { Number = exchanges.Count + 1, FlowId = carriers[i].Id, Amount = amount, Unit = carriers[i].Unit });
            }
        }

        for (var i = 0; model.Interventions is { } interventions && i < model.Flows.Count; i++)
        {
            if (interventions[(i * n) + sector] is not 0 and var amount)
            {
                var resource = model.Flows[i].Compartment.StartsWith("resource", StringComparison.OrdinalIgnoreCase);
                exchanges.Add(new ProcessExchange { Number = exchanges.Count + 1, FlowId = model.Flows[i].Id, Input = resource, Amount = amount, Unit = model.Flows[i].Unit });
            }
        }

        var of = model.Sectors[sector];
        return new ProcessDataset { Id = of.Id, Name = of.Name, Category = of.Category, Location = of.Location, Exchanges = exchanges };
    }

    private static MethodDataset Method(InputOutputModel model, List<FlowDataset> carriers)
    {
        var m = model.Flows.Count;
        return new MethodDataset
        {
            Id = model.Name,
            Name = model.Name,
            Indicators =
            [
                .. model.Indicators.Select((indicator, i) => new IndicatorDataset(indicator.Id, indicator.Code, indicator.Name, indicator.Unit,
                [
                    .. carriers.Skip(i).Take(1).Select(c => new CharacterisationFactor(c, 1, c.Unit)),
                    .. Enumerable.Range(0, model.Characterisation is null ? 0 : m).Where(f => model.Characterisation![(i * m) + f] != 0)
                        .Select(f => new CharacterisationFactor(model.Flows[f], model.Characterisation![(i * m) + f], model.Flows[f].Unit)),
                ])),
            ],
        };
    }

    private static StoredResult Result(InputOutputModel model, int sector)
    {
        var n = model.Sectors.Count;
        return new StoredResult
        {
            Id = $"total/{model.Sectors[sector].Id}",
            Name = model.Sectors[sector].Name,
            ProcessId = model.Sectors[sector].Id,
            MethodId = model.Name,
            ReferenceFlowId = model.Sectors[sector].Id,
            Amount = 1,
            Unit = model.Unit,
            Impacts = [.. model.Indicators.Select((indicator, i) => new StoredImpact(indicator.Id, indicator.Name, model.Total![(i * n) + sector], indicator.Unit))],
        };
    }
}
