using Tanlu.Kernel;
using Tanlu.Numerics;

namespace Tanlu.Exchange;

/// <summary>
/// Matrices of a process network as numbers, without names: what brightway keeps for calculation. Rows and columns are told apart by integer ids that mean something in the database
/// that the package came from.
/// </summary>
public sealed record MatrixPackage
{
    public required string Name { get; init; }

    public string Licence { get; init; } = "";

    /// <summary>Scenarios are taken in their order; otherwise at random.</summary>
    public bool Sequential { get; init; }

    /// <summary>Every combination of the scenarios of different groups is meant.</summary>
    public bool Combinatorial { get; init; }

    /// <summary>Entries of one group at the same place are added; otherwise the last one counts.</summary>
    public bool AddsWithinGroup { get; init; } = true;

    /// <summary>Entries of several groups at the same place are added; otherwise those of the last group count.</summary>
    public bool AddsAcrossGroups { get; init; }

    public IReadOnlyList<MatrixGroup> Groups { get; init; } = [];

    /// <summary>What the reader could not take as it stood.</summary>
    public IReadOnlyList<Problem> Notes { get; init; } = [];
}

/// <summary>Entries of one matrix that belong together: those of a database, or of one impact category.</summary>
public sealed record MatrixGroup
{
    public required string Name { get; init; }

    /// <summary><c>technosphere_matrix</c>, <c>biosphere_matrix</c>, <c>characterization_matrix</c>, <c>normalization_matrix</c> or <c>weighting_matrix</c>; other names are the maker's own.</summary>
    public required string Matrix { get; init; }

    /// <summary>Names that the maker gave the group, e.g. those of an impact category.</summary>
    public IReadOnlyList<string> Identifier { get; init; } = [];

    /// <summary>Column of the entries that hold for everywhere; null where all do.</summary>
    public long? GlobalColumn { get; init; }

    public IReadOnlyList<long> Rows { get; init; } = [];

    /// <summary>Ids of activities; in characterisation the place that a factor is for.</summary>
    public IReadOnlyList<long> Columns { get; init; } = [];

    /// <summary>As they stand, without the sign of <see cref="Flip"/>. Where there are <see cref="Scenarios"/>, those of the first.</summary>
    public IReadOnlyList<double> Values { get; init; } = [];

    /// <summary>Entries whose value enters the matrix with the other sign (inputs); empty where there are none.</summary>
    public IReadOnlyList<bool> Flip { get; init; } = [];

    /// <summary>Distributions of the values before <see cref="Flip"/>; empty where all are certain.</summary>
    public IReadOnlyList<Distribution> Uncertainty { get; init; } = [];

    /// <summary>Values of each scenario; empty where there are none.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Scenarios { get; init; } = [];

    /// <summary>An entry's value as it enters the matrix.</summary>
    /// <param name="scenario">Counted from zero, and again from the first one after the last.</param>
    public double Value(int entry, int scenario = 0) => Signed(entry, Scenarios.Count > 0 ? Scenarios[scenario % Scenarios.Count][entry] : Values[entry]);

    /// <summary>A value drawn for an entry, with the sign with which it enters the matrix.</summary>
    public double Signed(int entry, double value) => Flip.Count > 0 && Flip[entry] ? -value : value;
}

/// <summary>An entry of an assembled matrix, with where its value comes from.</summary>
public readonly record struct MatrixEntry(int Row, int Column, double Value, int Group, int Entry);
