using System.Globalization;

namespace Tanlu.Factors;

/// <summary>What the versions of a pack are counted and filtered by, as small numbers into lists of values.</summary>
internal sealed class FacetColumns(IReadOnlyList<FactorVersion> versions)
{
    public FacetColumn Region { get; } = new(versions, v => v.Geography);

    public FacetColumn Activity { get; } = new(versions, v => v.Activity);

    public FacetColumn Unit { get; } = new(versions, v => UnitOf(v));

    public FacetColumn Mark { get; } = new(versions, v => v.Mark);

    public FacetColumn Year { get; } = new(versions, v => v.ValidFrom.Year.ToString(CultureInfo.InvariantCulture));

    /// <summary>The unit of the number that a version is known by: its CO2e, else its first gas, else its first number.</summary>
    public static string UnitOf(FactorVersion version) =>
        (version.Find(ComponentKind.Co2e) ?? version.Find(ComponentKind.GasMass) ?? version.Components[0]).Unit.Code;
}

/// <summary>One column: a number per version, and the value that each number stands for.</summary>
internal sealed class FacetColumn
{
    private readonly Dictionary<string, ushort> _numbers = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];

    public FacetColumn(IReadOnlyList<FactorVersion> versions, Func<FactorVersion, string> of)
    {
        Of = new ushort[versions.Count];
        for (var at = 0; at < versions.Count; at++)
        {
            var value = of(versions[at]);
            if (!_numbers.TryGetValue(value, out var number))
            {
                _numbers.Add(value, number = checked((ushort)_values.Count));
                _values.Add(value);
            }

            Of[at] = number;
        }
    }

    public ushort[] Of { get; }

    public IReadOnlyList<string> Values => _values;

    /// <summary>The number of a value; −1 where no version has it, null where none is asked for.</summary>
    public int? Number(string? value) => value is null ? null : _numbers.TryGetValue(value, out var number) ? number : -1;
}
