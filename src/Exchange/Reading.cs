using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Exchange;

/// <summary>Carries a problem out of a reader's depth to the boundary, where it becomes an <see cref="Outcome{T}"/>; never leaves the module.</summary>
internal sealed class Refusal(Problem problem) : Exception(problem.Code)
{
    public Problem Problem { get; } = problem;
}

/// <summary>
/// One reading of a file: what is noted, what makes the file unusable, and how much of its limits is used up. A <em>fault</em> (an amount that is no number, an exchange without a
/// unit) refuses the file when it has been read to its end, so that all faults are named at once; a <em>note</em> goes with the package.
/// </summary>
internal sealed class Reading(ReadLimits limits, CancellationToken cancellation)
{
    private readonly List<Problem> _notes = [];
    private readonly List<Problem> _faults = [];
    private int _unkeptNotes;
    private int _datasets;
    private long _exchanges;

    public ReadLimits Limits { get; } = limits;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <param name="dataset">The dataset as its file calls it, or the file within the archive.</param>
    /// <param name="line">Line of the file, or number of the exchange where the format has no lines.</param>
    public void Note(string code, string dataset, int? line = null, string? field = null, string? found = null, params ReadOnlySpan<string> more)
    {
        if (_notes.Count < Limits.Notes)
        {
            _notes.Add(new Problem(code, line, field, found, [dataset, .. more]));
        }
        else
        {
            _unkeptNotes++;
        }
    }

    /// <summary>Faults named so far.</summary>
    public int Faults => _faults.Count;

    /// <summary>Names a fault for which the file will be refused.</summary>
    public void Fault(string code, string dataset, int? line = null, string? field = null, string? found = null, params ReadOnlySpan<string> more)
    {
        if (_faults.Count < Limits.Notes)
        {
            _faults.Add(new Problem(code, line, field, found, [dataset, .. more]));
        }
    }

    public void CountDataset(string dataset)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (++_datasets > Limits.Datasets)
        {
            throw new Refusal(new Problem("lca_too_many_datasets", Args: [dataset, $"{Limits.Datasets}"]));
        }
    }

    public void CountExchange(string dataset) => CountExchanges(dataset, 1);

    public void CountExchanges(string dataset, long count)
    {
        _exchanges += count;
        if (_exchanges > Limits.Exchanges)
        {
            throw new Refusal(new Problem("lca_too_many_exchanges", Args: [dataset, $"{Limits.Exchanges}"]));
        }
    }

    /// <summary>A number that the dataset cannot do without. What is no finite number is a fault, and zero comes back to go on with.</summary>
    public double Needed(string? text, string dataset, int? line, string field)
    {
        if (Problem(text, out var value) is { } code)
        {
            Fault(code, dataset, line, field, text);
        }

        return value;
    }

    /// <summary>A number that may be missing. What stands there and is no finite number is noted and taken as missing.</summary>
    public double? Optional(string? text, string dataset, int? line, string field)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        if (Problem(text, out var value) is not { } code)
        {
            return value;
        }

        Note(code, dataset, line, field, text);
        return null;
    }

    public Outcome<DatasetPackage> End(DatasetPackage package)
    {
        if (_faults.Count > 0)
        {
            return Outcome<DatasetPackage>.Refused(_faults);
        }

        if (_unkeptNotes > 0)
        {
            _notes.Add(new Problem("lca_more_notes", Found: $"{_unkeptNotes}", Args: [package.Name]));
        }

        return package with { Notes = _notes };
    }

    /// <summary>Reads a number as the standards write it; the code of the problem where it is none.</summary>
    private static string? Problem(string? text, out double value)
    {
        value = 0;
        if (string.IsNullOrWhiteSpace(text))
        {
            return "lca_number_missing";
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var read))
        {
            return text.Trim() is "INF" or "-INF" or "+INF" ? "lca_number_not_finite" : text.Contains(',') ? "lca_number_comma" : "lca_number_broken";
        }

        if (!double.IsFinite(read))
        {
            return "lca_number_not_finite";
        }

        value = read;
        return null;
    }
}
