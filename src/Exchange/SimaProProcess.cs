namespace Tanlu.Exchange;

/// <summary>A process or product stage of a SimaPro file.</summary>
internal sealed class SimaProProcess
{
    private readonly SimaProBlock _block;
    private readonly SimaProNumbers _numbers;
    private readonly SimaProFlows _flows;
    private readonly Reading _reading;
    private readonly List<ProcessExchange> _exchanges = [];
    private readonly List<(string Product, double Share, string? Formula)> _shares = [];
    private readonly List<ParameterDataset> _parameters = [];
    private readonly HashSet<int> _links = [];
    private string _category = "";

    public SimaProProcess(SimaProBlock block, SimaProNumbers numbers, SimaProFlows flows, Reading reading)
    {
        (_block, _numbers, _flows, _reading) = (block, numbers, flows, reading);
        var first = block.Sections.Find(s => s.Rows.Count > 0 && (s.Name.Equals("Products", StringComparison.OrdinalIgnoreCase) || SimaProHeadings.Treatments.Contains(s.Name)))?.Rows[0][0] ?? "";
        Name = block["Process name"] is { Length: > 0 } name ? name : first.Length > 0 ? first : block.Name;
        foreach (var section in block.Sections)
        {
            Section(section);
        }
    }

    public string Name { get; }

    /// <summary>Flows that others can get from the process, or have treated by it.</summary>
    public IEnumerable<string> Offers => _exchanges.Where(x => !x.Avoided && !_links.Contains(x.Number)).Select(x => x.FlowId);

    /// <param name="id">Its id in the package.</param>
    /// <param name="provider">
    /// The process that makes or treats a flow. SimaPro links by the product's name, which is unique in a library. Whether a row means a product that comes in or a waste that goes out
    /// is decided by what the flow is, not by the section that the row stands in.
    /// </param>
    public ProcessDataset Dataset(string id, Func<string, string?> provider)
    {
        if (_exchanges.Count > 0 && !_exchanges.Exists(x => x.Reference))
        {
            _reading.Note("lca_reference_missing", Name, _block.Line, "Products");
        }

        FormulaCycles.Note(_parameters, Name, _reading);
        var several = _shares.Count > 1;
        return new ProcessDataset
        {
            Id = id,
            Name = Name,
            Kind = _block["Type"].Equals("System", StringComparison.OrdinalIgnoreCase) || SimaProNames.IsSystem(Name) ? ProcessKind.SystemProcess : ProcessKind.UnitProcess,
            Category = string.Join('/', new[] { _block["Category type"], _category }.Where(c => c.Length > 0)),
            Location = SimaProNames.Location(_exchanges.Find(x => x.Reference)?.FlowId ?? Name),
            Infrastructure = _block["Infrastructure"].Equals("Yes", StringComparison.OrdinalIgnoreCase),
            DefaultAllocation = several ? AllocationRule.Causal : AllocationRule.None,
            Allocation = several ? [.. _shares.Select(s => new AllocationShare(AllocationRule.Causal, s.Product, null, s.Share, s.Formula))] : [],
            Parameters = _parameters,
            Exchanges = [.. _exchanges.Select(x => _links.Contains(x.Number) ? x with { ProviderId = provider(x.FlowId), Input = !x.Avoided && !_flows.IsWaste(x.FlowId) } : x)],
            Documentation = Documentation(),
        };
    }

    /// <summary>Id of the process in the file: SimaPro's own identifier, or the name of what it makes.</summary>
    public string OwnId => _block["Process identifier"] is { Length: > 0 } id ? id : Name;

    public int Line => _block.Line;

    private void Section(SimaProSection section)
    {
        if (section.Name.Equals("Products", StringComparison.OrdinalIgnoreCase))
        {
            Each(section, 3, row => Product(row, section.Name));
        }
        else if (SimaProHeadings.Treatments.Contains(section.Name))
        {
            Each(section, 3, row => Treatment(row, section.Name));
        }
        else if (SimaProHeadings.Inputs.Contains(section.Name))
        {
            Each(section, 3, row => Input(row, section.Name, avoided: false));
        }
        else if (section.Name.Equals("Avoided products", StringComparison.OrdinalIgnoreCase))
        {
            Each(section, 3, row => Input(row, section.Name, avoided: true));
        }
        else if (SimaProHeadings.Elementary.TryGetValue(section.Name, out var compartment))
        {
            Each(section, 4, row => Elementary(row, section.Name, compartment));
        }
        else if (section.Name.Equals("Input parameters", StringComparison.OrdinalIgnoreCase))
        {
            Each(section, 2, row => _parameters.Add(SimaProReader.InputParameter(row, _numbers, Name, section.Name)));
        }
        else if (section.Name.Equals("Calculated parameters", StringComparison.OrdinalIgnoreCase))
        {
            Each(section, 2, row => _parameters.Add(SimaProReader.CalculatedParameter(row, _numbers, Name, section.Name)));
        }
        else if (section.Rows.Count > 0 && (!SimaProHeadings.IsKnown(section.Name) || section.Name.EndsWith(" waste", StringComparison.OrdinalIgnoreCase)))
        {
            _reading.Note("lca_simapro_section", Name, section.Line, section.Name, section.Name, $"{section.Rows.Count}");
        }
    }

    private void Each(SimaProSection section, int least, Action<SimaProRow> read)
    {
        foreach (var row in section.Rows)
        {
            _reading.CountExchange(Name);
            if (row.Cells.Count < least || row[0].Length == 0)
            {
                _reading.Fault("lca_simapro_row", Name, row.Line, section.Name, string.Join(' ', row.Cells), $"{least}");
                continue;
            }

            read(row);
        }
    }

    private void Product(SimaProRow row, string section)
    {
        // A product stage has no allocation and no waste type: its category stands where a process has the share.
        var stage = !_block.Name.Equals("Process", StringComparison.OrdinalIgnoreCase);
        var category = row[stage ? 3 : 5].Replace('\\', '/');
        _category = _category.Length == 0 ? category : _category;
        var flow = _flows.Product(row[0], Unit(row, 1, section), waste: false, category, defined: true);
        var (amount, formula) = _numbers.Amount(row[2], Name, row.Line, section);
        if (!stage)
        {
            var (percent, shareFormula) = row[3].Length == 0 ? (100, null) : _numbers.Amount(row[3].TrimEnd('%'), Name, row.Line, section);
            _shares.Add((flow.Id, percent / 100, shareFormula is null ? null : $"({shareFormula})/100"));
        }

        Add(new ProcessExchange { Number = 0, FlowId = flow.Id, Amount = amount, Formula = formula, Unit = row[1], Reference = !_exchanges.Exists(x => x.Reference), Comment = row[stage ? 4 : 6] });
    }

    private void Treatment(SimaProRow row, string section)
    {
        var category = row[4].Replace('\\', '/');
        _category = _category.Length == 0 ? category : _category;
        var flow = _flows.Product(row[0], Unit(row, 1, section), waste: true, category, defined: true);
        var (amount, formula) = _numbers.Amount(row[2], Name, row.Line, section);
        Add(new ProcessExchange { Number = 0, FlowId = flow.Id, Input = true, Amount = amount, Formula = formula, Unit = row[1], Reference = !_exchanges.Exists(x => x.Reference), Comment = row[5] });
    }

    private void Input(SimaProRow row, string section, bool avoided)
    {
        var flow = _flows.Product(row[0], Unit(row, 1, section), waste: section.Equals("Waste to treatment", StringComparison.OrdinalIgnoreCase));
        var (amount, formula) = _numbers.Amount(row[2], Name, row.Line, section);
        var comment = row[7];
        _links.Add(_exchanges.Count + 1);
        Add(new ProcessExchange
        {
            Number = 0, FlowId = flow.Id, Input = !avoided, Avoided = avoided, Amount = amount, Formula = formula, Unit = row[1],
            Uncertainty = _numbers.Uncertainty(row, 3, amount, formula is not null, Name, section), Pedigree = SimaProNames.Pedigree(comment), Comment = comment,
        });
    }

    private void Elementary(SimaProRow row, string section, string compartment)
    {
        var flow = _flows.Elementary(compartment, row[1], row[0], Unit(row, 2, section));
        var (amount, formula) = _numbers.Amount(row[3], Name, row.Line, section);
        var comment = row[8];
        Add(new ProcessExchange
        {
            Number = 0, FlowId = flow.Id, Input = compartment == "Raw", Amount = amount, Formula = formula, Unit = row[2],
            Uncertainty = _numbers.Uncertainty(row, 4, amount, formula is not null, Name, section), Pedigree = SimaProNames.Pedigree(comment), Comment = comment,
        });
    }

    private string Unit(SimaProRow row, int at, string section)
    {
        if (row[at].Length == 0)
        {
            _reading.Fault("lca_unit_missing", Name, row.Line, section, row[0]);
        }

        return row[at];
    }

    private void Add(ProcessExchange exchange) => _exchanges.Add(exchange with { Number = _exchanges.Count + 1 });

    private ProcessDocumentation Documentation() => new()
    {
        Description = _block["Comment"],
        Technology = Stated("Technology", "Representativeness"),
        Geography = Stated("Geography"),
        Time = Stated("Time period"),
        Sampling = Stated("Collection method"),
        DataTreatment = Stated("Data treatment", "Multiple output allocation", "Substitution allocation", "Cut off rules", "Capital goods", "Boundary with nature", "Allocation rules"),
        Review = Stated("Verification"),
        Owner = _block["Generator"] is { Length: > 0 } generator ? generator : _block["Record"],
        Sources = [.. _block.Sections.Where(s => s.Name is "Literature references").SelectMany(s => s.Rows).Select(r => r[0]).Where(t => t.Length > 0)],
    };

    /// <summary>What the sections say; one that has not been filled in says nothing.</summary>
    private string Stated(params string[] sections) =>
        string.Join('\n', sections.Select(s => (Name: s, Text: _block[s])).Where(s => s.Text.Length > 0 && s.Text is not ("Unspecified" or "Unknown")).Select(s => sections.Length == 1 ? s.Text : $"{s.Name}: {s.Text}"));
}
