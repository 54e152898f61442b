using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>
/// Processes of one's own, or a bill, on a background that is prepared: A = [own, 0; bought, background], so own supplies are solved by themselves and what is bought counts by its
/// intensity, y = A⁻ᵀ (C B)ᵀ of the background. Exact, and as fast as the own part is small. Every product of the background that could be bought stands in the system as a process without
/// inputs; results, contributions and trees end there, and <see cref="BackgroundOf"/> says what goes on behind it.
/// </summary>
public sealed class ForegroundSystem
{
    private readonly Dictionary<int, int> _bought;

    private ForegroundSystem(Background background, CharacterisedSystem behind, PreparedSystem prepared, CharacterisedMethod method, Dictionary<int, int> bought)
    {
        Background = background;
        Behind = behind;
        Prepared = prepared;
        Method = method;
        _bought = bought;
    }

    public Background Background { get; }

    /// <summary>The background under the method.</summary>
    public CharacterisedSystem Behind { get; }

    public PreparedSystem Prepared { get; }

    public ProductSystem System => Prepared.System;

    /// <summary>The method over the flows of this system; <see cref="Behind"/> holds the method itself, whose hash a result names.</summary>
    public CharacterisedMethod Method { get; }

    /// <param name="own">Packages of the foreground, such as loaded libraries of the tenant's own or a bill as one process.</param>
    /// <param name="behind">The background under the method that is wanted.</param>
    /// <param name="rules">As for a whole system; links of a <see cref="LinkRules.System"/> are taken where consumer and provider are own processes.</param>
    public static Outcome<ForegroundSystem> Of(Background background, CharacterisedSystem behind, IReadOnlyList<DatasetPackage> own, LinkRules rules)
    {
        var offer = Offer.Of(background, behind, own);
        return SystemLinker.Link([.. own.Select(offer.Renamed), offer.Package], rules).Then(system => system.Prepare()).Then<ForegroundSystem>(prepared =>
        {
            var bought = prepared.System.Processes.Where(p => offer.Columns.ContainsKey(p.Id)).ToDictionary(p => p.Index, p => offer.Columns[p.Id]);
            return new ForegroundSystem(background, behind, prepared, Matched(background, behind, prepared.System, offer), bought);
        });
    }

    /// <summary>Impacts of an amount of a column's product, with its certificate; refused as <see cref="PreparedSystem.Inventory(ProductDemand)"/> is.</summary>
    public Outcome<ImpactResult> Impacts(ProductDemand demand) => Prepared.Inventory(demand).Then(inventory => inventory.Impacts(Method));

    /// <summary>The column of the background that a column of this system stands for; null for a process of one's own.</summary>
    public int? BackgroundOf(int column) => _bought.TryGetValue(column, out var behind) ? behind : null;

    /// <summary>What a result buys from the background: demands on it, whose own inventory, contributions and trees go on from there.</summary>
    public IReadOnlyList<ProductDemand> Bought(InventoryResult inventory) =>
        [.. _bought.Where(b => inventory.Supply[b.Key] != 0).Select(b => new ProductDemand(b.Value, inventory.OutputOf(b.Key)))];

    /// <summary>The right of a result: the strictest of all background data that it leans on.</summary>
    public DataRight RightOf(InventoryResult inventory) => Background.RightOf(Bought(inventory).Select(d => d.Process));

    /// <summary>Factors of this system's flows: one for the flow that stands for an indicator, those of the method for what own processes emit themselves.</summary>
    private static CharacterisedMethod Matched(Background background, CharacterisedSystem behind, ProductSystem system, Offer offer)
    {
        var method = behind.Method;
        var factors = method.Indicators.Select(_ => new List<CharacterisationFactor>()).ToList();
        foreach (var flow in system.Flows)
        {
            if (offer.Indicators.TryGetValue(flow.Flow.Id, out var indicator))
            {
                factors[indicator].Add(new CharacterisationFactor(flow.Flow, 1, flow.Flow.Unit));
                continue;
            }

            foreach (var (row, factor) in background.FactorsOf(flow.Flow, method))
            {
                factors[row].Add(new CharacterisationFactor(flow.Flow, factor, flow.Flow.Unit));
            }
        }

        var own = method.Method with { Indicators = [.. method.Indicators.Select((i, at) => i with { Factors = factors[at] })] };
        return MethodMatcher.Match(own, [.. system.Flows.Select(f => f.Flow)]);
    }

    /// <summary>What the background offers of the flows that the foreground has, as processes without inputs that cause their intensities.</summary>
    private sealed record Offer(
        DatasetPackage Package, IReadOnlyDictionary<string, int> Columns, IReadOnlyDictionary<string, int> Indicators, IReadOnlyDictionary<(string Process, string Flow), string> Names)
    {
        private static readonly LibraryIds Ids = new("intensity");

        public static Offer Of(Background background, CharacterisedSystem behind, IReadOnlyList<DatasetPackage> own)
        {
            var ours = own.SelectMany(p => p.Processes).Select(p => p.Id).ToHashSet(StringComparer.Ordinal);
            var wanted = own.SelectMany(p => p.Processes).SelectMany(p => p.Exchanges).Select(e => e.FlowId).ToHashSet(StringComparer.Ordinal);
            var indicators = behind.Method.Indicators.Select((i, at) => new FlowDataset { Id = Ids.Of("indicator", at.ToString(CultureInfo.InvariantCulture)), Name = i.Name, Unit = i.Unit }).ToList();
            var columns = new Dictionary<string, int>(StringComparer.Ordinal);
            var names = new Dictionary<(string, string), string>();
            var processes = new List<ProcessDataset>();
            foreach (var column in wanted.SelectMany(background.Offering).Order())
            {
                var process = background.System.Processes[column];
                if (ours.Contains(process.Id))
                {
                    continue;
                }

                // A process with several products stands here once for each of them, the further ones under ids of their own.
                var id = columns.ContainsKey(process.Id) ? Ids.Of("process", $"{process.Id} {process.FlowId}") : process.Id;
                columns.Add(id, column);
                names.Add((process.Id, process.FlowId), id);
                processes.Add(Causing(process, id, indicators, behind.IntensityOf(column)));
            }

            var sold = processes.Select(p => p.Exchanges[0].FlowId).ToHashSet(StringComparer.Ordinal);
            var packages = background.Libraries.Select(l => l.Package).ToList();
            var package = new DatasetPackage
            {
                Format = "", Name = string.Join(" + ", packages.Select(p => p.Name)), Processes = processes,
                Flows = [.. packages.SelectMany(p => p.Flows).Where(f => sold.Contains(f.Id)).DistinctBy(f => f.Id), .. indicators],
                FlowProperties = [.. packages.SelectMany(p => p.FlowProperties).DistinctBy(p => p.Id)], UnitGroups = [.. packages.SelectMany(p => p.UnitGroups).DistinctBy(g => g.Id)],
            };
            return new Offer(package, columns, indicators.Select((f, at) => (f.Id, at)).ToDictionary(f => f.Id, f => f.at, StringComparer.Ordinal), names);
        }

        /// <summary>The package with providers named as they are called here.</summary>
        public DatasetPackage Renamed(DatasetPackage package) => Names.All(n => n.Key.Process == n.Value) ? package : package with
        {
            Processes =
            [
                .. package.Processes.Select(p => p with
                {
                    Exchanges = [.. p.Exchanges.Select(e => e.ProviderId is { } provider && Names.TryGetValue((provider, e.FlowId), out var name) && name != provider ? e with { ProviderId = name } : e)],
                }),
            ],
        };

        private static ProcessDataset Causing(SystemProcess process, string id, List<FlowDataset> indicators, ReadOnlySpan<double> intensity)
        {
            var written = process.Dataset?.Exchanges.FirstOrDefault(e => e.FlowId == process.FlowId && e.Unit == process.Unit);
            var exchanges = new List<ProcessExchange>(indicators.Count + 1)
            {
                new() { Number = 1, FlowId = process.FlowId, Input = process.Treats, Amount = 1, Unit = process.Unit, PropertyId = written?.PropertyId, Reference = true },
            };
            for (var k = 0; k < indicators.Count; k++)
            {
                if (intensity[k] != 0)
                {
                    exchanges.Add(new ProcessExchange { Number = k + 2, FlowId = indicators[k].Id, Amount = intensity[k], Unit = indicators[k].Unit });
                }
            }

            return new ProcessDataset { Id = id, Name = process.Name, Location = process.Location, Category = process.Category, Version = process.Version, Exchanges = exchanges };
        }
    }
}
