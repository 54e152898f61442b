using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>Why a line of a bill counts for nothing.</summary>
public enum BillGapReason
{
    /// <summary>It names neither a process nor a bill.</summary>
    Unmatched,

    /// <summary>What it names is not in the libraries that are calculated with.</summary>
    NotThere,

    /// <summary>Its unit can not be brought into that of the process's product.</summary>
    NoConversion,
}

/// <summary>Bills as processes of the foreground: the bill's product, then an input for each line that somebody makes.</summary>
internal sealed class BillNetwork
{
    private static readonly LibraryIds Ids = new("bill");

    private readonly Background _background;
    private readonly Dictionary<string, ProcessDataset> _own;
    private readonly Dictionary<long, StoredBill> _bills;

    private BillNetwork(IReadOnlyList<StoredBill> bills, Background background, IReadOnlyList<LoadedLibrary> own)
    {
        Bills = bills;
        _background = background;
        _bills = bills.ToDictionary(b => b.Row.Id);
        _own = own.SelectMany(l => l.Package.Processes).DistinctBy(p => p.Id).ToDictionary(p => p.Id, StringComparer.Ordinal);
        Package = new DatasetPackage { Format = "", Name = bills[0].Dataset.Name, Flows = [.. bills.Select(Product)], Processes = [.. bills.Select(Process)] };
    }

    public IReadOnlyList<StoredBill> Bills { get; }

    public DatasetPackage Package { get; }

    /// <summary>Lines that have no input, by bill and number of the line.</summary>
    public Dictionary<(long Bill, int Line), BillGapReason> Gaps { get; } = [];

    public static BillNetwork Of(IReadOnlyList<StoredBill> bills, Background background, IReadOnlyList<LoadedLibrary> own) => new(bills, background, own);

    /// <summary>Number of the exchange that a line is; the product has 1.</summary>
    public static int Exchange(BillPart line) => line.Number + 1;

    /// <summary>The bill that a process of the system stands for; null for any other.</summary>
    public StoredBill? BillOf(SystemProcess process) => Bills.FirstOrDefault(b => b.Row.Uid == process.Id);

    private static FlowDataset Product(StoredBill bill) => new() { Id = FlowOf(bill), Name = bill.Dataset.Name, Kind = FlowKind.Product, Unit = bill.Dataset.Unit };

    private static string FlowOf(StoredBill bill) => Ids.Of("product", bill.Row.Uid + " product");

    private ProcessDataset Process(StoredBill bill)
    {
        var exchanges = new List<ProcessExchange> { new() { Number = 1, FlowId = FlowOf(bill), Amount = bill.Dataset.Amount, Unit = bill.Dataset.Unit, Reference = true } };
        foreach (var line in bill.Dataset.Lines)
        {
            if (Input(line) is { } input)
            {
                exchanges.Add(input);
            }
            else
            {
                Gaps[(bill.Row.Id, line.Number)] = line.Matched ? BillGapReason.NotThere : BillGapReason.Unmatched;
            }
        }

        return new ProcessDataset { Id = bill.Row.Uid, Name = bill.Dataset.Name, Version = $"{bill.Version.Number}", Exchanges = exchanges };
    }

    private ProcessExchange? Input(BillPart line)
    {
        if (line.Bill is { } part)
        {
            return _bills.TryGetValue(part, out var bill) ? Made(line, bill.Row.Uid, FlowOf(bill), treats: false) : null;
        }

        if (line.Process is not { } uid)
        {
            return null;
        }

        if (_own.TryGetValue(uid, out var own))
        {
            var products = own.Exchanges.Where(e => e.Reference).ToList();
            return products.Find(e => line.Flow is null || e.FlowId == line.Flow) is { } product ? Made(line, uid, product.FlowId, product.Input || product.Amount < 0) : null;
        }

        return _background.System.Find(uid, line.Flow is { Length: > 0 } flow ? flow : null) is { } column && _background.System.Processes[column] is var process
            ? Made(line, uid, process.FlowId, process.Treats)
            : null;
    }

    // A waste goes out to its treatment; everything else comes in.
    private static ProcessExchange Made(BillPart line, string provider, string flow, bool treats) => new()
    {
        Number = Exchange(line), FlowId = flow, Input = !treats, Amount = line.Amount, Unit = line.Unit, ProviderId = provider, Location = line.Location, Comment = line.Name,
    };
}
