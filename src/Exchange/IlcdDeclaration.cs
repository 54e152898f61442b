namespace Tanlu.Exchange;

/// <summary>
/// What an environmental product declaration in ILCD+EPD declares, by module and scenario. Names stay as the file writes them (GWP in declarations to EN 15804+A1, GWP-total and its
/// parts in those to +A2); modules stay apart, D among them. What a file leaves empty is not declared, which is not nought.
/// </summary>
internal sealed class IlcdDeclaration(Reading reading)
{
    private readonly List<DeclaredImpact> _impacts = [];
    private readonly SortedSet<string> _undeclared = new(StringComparer.Ordinal);

    public IReadOnlyList<DeclaredImpact> Impacts => _impacts;

    public bool HasModules { get; private set; }

    public static bool HasAmounts(IlcdNode at) => at.At("other")?.All("amount").Any(a => a.At("module") is not null) ?? false;

    /// <param name="at">The result, or the exchange that stands for an indicator.</param>
    /// <param name="reference">The indicator or flow that the amounts are of.</param>
    /// <param name="dataset">For problems.</param>
    public void Take(IlcdNode at, IlcdNode? reference, string dataset)
    {
        var id = reference?.Id("refObjectId") ?? "";
        var name = reference?.Best("shortDescription") ?? "";
        if (id.Length == 0 && name.Length == 0)
        {
            reading.Fault("lca_id_missing", dataset, at.Line, "referenceToLCIAMethodDataSet");
            return;
        }

        var other = at.At("other");
        var unit = other?.At("referenceToUnitGroupDataSet")?.Best("shortDescription") ?? "";
        var amounts = other?.All("amount").Where(a => a.At("module") is not null).ToList() ?? [];
        if (amounts.Count == 0)
        {
            // Results of an ordinary process have one amount; a declaration without amounts declares nothing for this indicator.
            if (reading.Optional(at.Of("meanAmount"), dataset, at.Line, "meanAmount") is { } mean)
            {
                _impacts.Add(new DeclaredImpact(id, name, unit, "", "", mean));
            }

            return;
        }

        HasModules = true;
        foreach (var amount in amounts)
        {
            reading.CountExchange(dataset);
            var (module, scenario) = (amount.Of("module"), amount.Of("scenario"));
            if (amount.Text.Length == 0)
            {
                _undeclared.Add(module);
                continue;
            }

            _impacts.Add(new DeclaredImpact(id, name, unit, module, scenario, reading.Needed(amount.Text, dataset, amount.Line, module)));
        }
    }

    public void NoteUndeclared(string dataset, int line)
    {
        if (_undeclared.Count > 0)
        {
            reading.Note("lca_module_undeclared", dataset, line, "module", string.Join(", ", _undeclared));
        }
    }
}
