using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>A column of a product system: one process with one product (or one waste that it treats).</summary>
/// <param name="Index">Its column, and the row of its product.</param>
/// <param name="Unit">Unit of its product: amounts in its row are in it.</param>
/// <param name="Amount">Reference amount, positive; what stands on the diagonal unless the process uses its own product.</param>
/// <param name="Treats">The product is a service: the treatment of so much waste.</param>
/// <param name="Share">Mean share of the burdens of the whole process; 1 for a process with one product.</param>
/// <param name="Dataset">Null for a column of a labelled matrix.</param>
public sealed record SystemProcess(
    int Index, string Id, string Name, string Location, string Category, string Version, string FlowId, string Flow, string Unit, double Amount, bool Treats, double Share,
    ProcessDataset? Dataset)
{
    /// <summary>The process by name, with its product where that is called otherwise, and its place.</summary>
    public string Title
    {
        get
        {
            var name = Flow.Length == 0 || Name.Contains(Flow, StringComparison.OrdinalIgnoreCase) ? Name : $"{Name} | {Flow}";
            return Location.Length == 0 ? name : $"{name} {{{Location}}}";
        }
    }
}

/// <summary>A row of the intervention matrix.</summary>
/// <param name="Flow">The flow; its unit is the unit of the row.</param>
/// <param name="Input">Amounts are taken from nature; otherwise given to it.</param>
/// <param name="Against">The row holds amounts against the flow's natural direction (only in rows kept as written): they count with the opposite sign.</param>
public sealed record SystemFlow(int Index, FlowDataset Flow, bool Input, bool Against);

/// <summary>An amount of the product of a column.</summary>
/// <param name="Amount">In the unit of <see cref="SystemProcess.Unit"/>.</param>
public readonly record struct ProductDemand(int Process, double Amount);
