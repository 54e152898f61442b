namespace Tanlu.Exchange;

/// <summary>Impact categories of EcoSpold 1: each is a dataset, and those of one category are one method.</summary>
internal sealed class EcoSpold1Methods
{
    private readonly List<(string Method, string Version, string Id, string Name, string Unit, List<(int Flow, double Factor, string Unit, string Location)> Factors)> _indicators = [];

    public void Add(EcoSpold1Dataset dataset) => _indicators.Add(
        (dataset.Category, dataset.Version, dataset.Number, dataset.SubCategory.Length > 0 && dataset.SubCategory != dataset.Name ? $"{dataset.SubCategory}/{dataset.Name}" : dataset.Name, dataset.Unit, [.. dataset.Factors]));

    public IReadOnlyList<MethodDataset> Datasets(EcoSpold1Flows flows)
    {
        if (_indicators.Count == 0)
        {
            return [];
        }

        var byId = flows.Datasets().ToDictionary(f => f.Id, StringComparer.Ordinal);
        return
        [
            .. _indicators.GroupBy(i => i.Method).Select(method => new MethodDataset
            {
                Id = method.Key, Name = method.Key, Version = method.First().Version,
                Indicators =
                [
                    .. method.Select(i => new IndicatorDataset(i.Id, "", i.Name, i.Unit, [.. i.Factors.Select(f => new CharacterisationFactor(byId[flows.IdOf(f.Flow)], f.Factor, f.Unit, f.Location))])),
                ],
            }),
        ];
    }
}
