using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>
/// What one file of life cycle data holds, in the form that all formats share. A reader takes values as they stand: units are not converted, exchanges not linked, nothing is
/// dropped without a note. An id that is a UUID (lower case) means the same thing in every package; any other id means something in this package only.
/// </summary>
public sealed record DatasetPackage
{
    /// <summary>Code of the format, e.g. <c>ecospold1</c>, <c>openlca_jsonld</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Name of the database or file as it calls itself.</summary>
    public required string Name { get; init; }

    public string Version { get; init; } = "";

    /// <summary>Terms of use as the file states them; empty where it does not.</summary>
    public string Licence { get; init; } = "";

    public IReadOnlyList<UnitGroupDataset> UnitGroups { get; init; } = [];

    public IReadOnlyList<FlowPropertyDataset> FlowProperties { get; init; } = [];

    public IReadOnlyList<FlowDataset> Flows { get; init; } = [];

    public IReadOnlyList<ProcessDataset> Processes { get; init; } = [];

    public IReadOnlyList<MethodDataset> Methods { get; init; } = [];

    public IReadOnlyList<SystemDataset> Systems { get; init; } = [];

    /// <summary>Results that the file's maker calculated, to compare with ours.</summary>
    public IReadOnlyList<StoredResult> Results { get; init; } = [];

    public IReadOnlyList<FlowMapping> Mappings { get; init; } = [];

    /// <summary>Parameters that hold for every process of the package.</summary>
    public IReadOnlyList<ParameterDataset> Parameters { get; init; } = [];

    /// <summary>
    /// What the reader could not take as it stood. <see cref="Problem.Row"/> is the line of the file or the number of the exchange in its dataset, <see cref="Problem.Column"/> the
    /// field, and the first of <see cref="Problem.Args"/> the dataset (its name, or the file within the archive).
    /// </summary>
    public IReadOnlyList<Problem> Notes { get; init; } = [];
}

/// <summary>Units of one kind with their factors to the reference unit.</summary>
public sealed record UnitGroupDataset(string Id, string Name, string ReferenceUnit, IReadOnlyList<UnitDataset> Units);

/// <param name="Factor">1 of this unit is so many of the group's reference unit.</param>
/// <param name="Id">The unit's own id where the format has one: openLCA finds units by it.</param>
public sealed record UnitDataset(string Name, double Factor, string? Id = null);

/// <summary>What an amount of a flow measures: mass, energy, area × time …</summary>
public sealed record FlowPropertyDataset(string Id, string Name, string UnitGroupId);
