using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// An environmentally extended input-output model: what one unit of money of each sector's product takes from the others, and what it does to each indicator. Matrices are row by row.
/// </summary>
public sealed record InputOutputModel
{
    public required string Name { get; init; }

    /// <summary>Unit of what sectors give, e.g. <c>USD 2012</c>.</summary>
    public required string Unit { get; init; }

    public IReadOnlyList<InputOutputSector> Sectors { get; init; } = [];

    public IReadOnlyList<InputOutputIndicator> Indicators { get; init; } = [];

    public IReadOnlyList<FlowDataset> Flows { get; init; } = [];

    /// <summary>Direct requirements, sectors × sectors: units of row for one unit of column.</summary>
    public required double[] Requirements { get; init; }

    /// <summary>Direct impacts, indicators × sectors.</summary>
    public required double[] Direct { get; init; }

    /// <summary>Flows × sectors; null where the publisher leaves it out.</summary>
    public double[]? Interventions { get; init; }

    /// <summary>Indicators × flows; null where the publisher leaves it out.</summary>
    public double[]? Characterisation { get; init; }

    /// <summary>Total impacts as the publisher calculated them, indicators × sectors; to compare with.</summary>
    public double[]? Total { get; init; }

    /// <summary>The inverse (Leontief) matrix as the publisher calculated it, sectors × sectors.</summary>
    public double[]? Inverse { get; init; }

    /// <summary>Output of each sector's commodity, in money.</summary>
    public double[]? Output { get; init; }

    /// <summary>Prices of another year over those of the model's year, sectors × years.</summary>
    public double[]? Rho { get; init; }

    /// <summary>Producer price over purchaser price, sectors × years.</summary>
    public double[]? Phi { get; init; }

    public IReadOnlyList<InputOutputDemand> Demands { get; init; } = [];

    public IReadOnlyList<Problem> Notes { get; init; } = [];

    /// <summary>Position of an indicator by its code; negative where there is none.</summary>
    public int Indicator(string code) => Indicators.Select((i, at) => (i, at)).FirstOrDefault(p => p.i.Code == code, (null!, -1)).at;

    /// <summary>Position of a sector by its id; negative where there is none.</summary>
    public int Sector(string id) => Sectors.Select((s, at) => (s, at)).FirstOrDefault(p => p.s.Id == id, (null!, -1)).at;
}

/// <param name="Id">Code and place, e.g. <c>1111A0/US</c>.</param>
public sealed record InputOutputSector(string Id, string Code, string Name, string Location, string Category);

public sealed record InputOutputIndicator(string Id, string Code, string Name, string Unit, string Group);

/// <param name="System"><c>Complete</c> or <c>Domestic</c>.</param>
/// <param name="Amounts">Money by sector.</param>
public sealed record InputOutputDemand(string Id, int? Year, string Type, string System, string Location, double[] Amounts);
