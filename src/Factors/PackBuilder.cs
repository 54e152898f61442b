using Tanlu.Kernel;

namespace Tanlu.Factors;

/// <summary>
/// Collects the versions of one pack and refuses those that break a rule of the whole: a version given twice, two versions of a series
/// whose days overlap, a series that changes what it is for. Used by the pack parser and by every importer, so that no way in is laxer.
/// </summary>
internal sealed class PackBuilder(FactorPack pack)
{
    private readonly List<FactorVersion> _versions = [];
    private readonly List<Problem> _quarantine = [];
    private readonly Dictionary<string, List<FactorVersion>> _bySeries = new(StringComparer.Ordinal);

    public FactorPack Pack => pack;

    public void Refuse(Problem problem) => _quarantine.Add(problem);

    /// <summary>Adds the version, or puts the row into quarantine and answers why.</summary>
    public Problem? Add(FactorVersion version, int row)
    {
        if (Refusal(version) is { } found)
        {
            var problem = found with { Row = row };
            _quarantine.Add(problem);
            return problem;
        }

        if (!_bySeries.TryGetValue(version.Series, out var series))
        {
            _bySeries.Add(version.Series, series = []);
        }

        series.Add(version);
        _versions.Add(version);
        return null;
    }

    public PackReading Build() => new(pack, _versions, _quarantine);

    private Problem? Refusal(FactorVersion version)
    {
        if ((KeyProblem("series", version.Series) ?? KeyProblem("version", version.Version)) is { } key)
        {
            return key;
        }

        if (FactorComponents.Check(version.Components) is { } numbers)
        {
            return numbers with { Column = "components" };
        }

        if (version.ValidTo <= version.ValidFrom)
        {
            return new Problem("factor_dates_order", Column: "valid_to", Found: Iso(version.ValidTo));
        }

        if (BasisProblem(version) is { } basis)
        {
            return basis;
        }

        foreach (var other in _bySeries.GetValueOrDefault(version.Series) ?? [])
        {
            if (other.Version == version.Version)
            {
                // The very same row once more is a duplicate; another number under the same key is a contradiction.
                return other.Components.SequenceEqual(version.Components) && other.Technology == version.Technology
                    ? new Problem("factor_row_repeated", Found: $"{version.Series}@{version.Version}")
                    : new Problem("factor_version_twice", Column: "version", Found: $"{version.Series}@{version.Version}");
            }

            if (other.Activity != version.Activity || other.Role != version.Role || other.Geography != version.Geography)
            {
                return new Problem("factor_series_differs", Column: "series", Found: version.Series, Args: other.Version);
            }

            if (version.ValidFrom < (other.ValidTo ?? DateOnly.MaxValue) && other.ValidFrom < (version.ValidTo ?? DateOnly.MaxValue))
            {
                return new Problem("factor_versions_overlap", Column: "valid_from", Found: Iso(version.ValidFrom), Args: other.Version);
            }
        }

        return null;
    }

    private static Problem? KeyProblem(string column, string key) =>
        key.Length is 0 or > PackFile.LongestKey || key.Contains('@', StringComparison.Ordinal) || key.Any(char.IsControl) ? new Problem("factor_key", Column: column, Found: key) : null;

    /// <summary>
    /// A fuel's mass per energy means nothing without its calorific basis (UK natural gas differs by 11 %), and a unit that names one
    /// basis cannot stand in a version of the other.
    /// </summary>
    private static Problem? BasisProblem(FactorVersion version)
    {
        foreach (var component in version.Components)
        {
            var named = component.Unit.Condition is UnitCondition.GrossCalorific or UnitCondition.NetCalorific;
            if (named && component.Unit.Condition != version.Basis)
            {
                return new Problem("factor_basis_conflict", Column: "basis", Found: component.Unit.Code);
            }

            var isMass = component.Kind is ComponentKind.GasMass or ComponentKind.GasAsCo2e or ComponentKind.Co2e;
            var perEnergy = component.Unit.Dimension == Dimension.OfMass * Dimension.OfEnergy.Power(-1);
            if (isMass && perEnergy && version.Basis == UnitCondition.None && version.Activity.StartsWith("fuel.", StringComparison.Ordinal))
            {
                return new Problem("factor_basis_missing", Column: "basis", Found: component.Unit.Code);
            }
        }

        return null;
    }

    private static string Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd") ?? "";
}
