using Tanlu.Kernel;
using Tanlu.Ledger;

namespace Tanlu.Inventory;

/// <summary>
/// Turns the lines of a calculation into the parts of its postings: one for each line, and one more for each further gas that has no column of its own.
/// </summary>
internal sealed class PackageParts
{
    private readonly List<PackagePart> _parts = [];

    public IReadOnlyList<PackagePart> Done => _parts;

    public void Add(PackageLine line, PackageRates rates, PackageFactor? factor, string origin, double? wh)
    {
        var columns = new double[9];
        var others = new List<(short Gas, double Mg)>();
        foreach (var (gas, kg) in rates.Gases)
        {
            var column = Column(gas);
            if (column < 0)
            {
                others.Add((gas, kg * 1e6));
            }
            else
            {
                columns[column] += kg * 1e6;
            }
        }

        columns[7] = rates.Co2eKg * 1e6;
        columns[8] = wh ?? 0;
        var first = others.Count > 0 ? others[0] : default;
        columns[6] = first.Mg;
        _parts.Add(new PackagePart(new PostingKey(line.Account, line.Route, rates.HasCo2e ? factor!.Gwp : GwpSet.None, first.Gas), columns, origin));
        foreach (var (gas, mg) in others.Skip(1))
        {
            _parts.Add(new PackagePart(new PostingKey(line.Account, line.Route, GwpSet.None, gas), [0, 0, 0, 0, 0, 0, mg, 0, 0], origin));
        }
    }

    /// <summary>Place of a gas among the nine amounts; below zero where it has no column of its own.</summary>
    private static int Column(short gas) =>
        gas == Gases.Co2.Id ? 0 : gas == Gases.Co2Biogenic.Id ? 1 : gas == Gases.Ch4Fossil.Id ? 2 : gas == Gases.Ch4NonFossil.Id ? 3 : gas == Gases.Ch4.Id ? 4 : gas == Gases.N2O.Id ? 5 : -1;
}
