using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Products;

/// <summary>A bill as somebody wrote it, read but not kept.</summary>
/// <param name="Lines">Lines whose process is named exactly have it; the others have what fits best, marked as suggested, or nothing.</param>
/// <param name="Suggestions">Processes that fit each line, best first; by the line's place.</param>
/// <param name="Problems">Lines that could not be read, by row and column of the file. They are not among the lines.</param>
/// <param name="Unread">Headers that mean nothing here.</param>
public sealed record BillReading(
    string Name, IReadOnlyList<BillPart> Lines, IReadOnlyList<IReadOnlyList<ProcessRow>> Suggestions, IReadOnlyList<Problem> Problems, IReadOnlyList<string> Unread);

/// <summary>Reads bills from files and pasted text and looks for the processes of their lines by words, unit and place. Keeps nothing. Reading figures over the whole tenant is enough.</summary>
public sealed class BillImports(Processes processes)
{
    private const int MostSearched = 40;
    private const int MostSuggested = 5;

    /// <summary>Reads a workbook or a CSV file.</summary>
    public async Task<Outcome<BillReading>> Read(Caller caller, Stream content, string name, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? await Matched(caller, await Task.Run(() => BillReader.Read(content, name, cancellation: ct), ct), ct)
        : Refusal.NotPermitted();

    /// <summary>Reads what was pasted from a spreadsheet.</summary>
    public async Task<Outcome<BillReading>> Paste(Caller caller, string text, CancellationToken ct) => caller.MayEverywhere(Right.ReadFigures)
        ? await Matched(caller, await Task.Run(() => BillReader.Paste(text, null, ct), ct), ct)
        : Refusal.NotPermitted();

    /// <summary>Processes for a part, best first: those whose unit fits, then those at the place.</summary>
    public async Task<Outcome<IReadOnlyList<ProcessRow>>> Suggest(Caller caller, string name, string unit, string location, CancellationToken ct)
    {
        // All words first; then fewer and fewer of them, as parts carry sizes and grades that no process has.
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(8).ToList();
        for (; words.Count > 0; words.RemoveAt(words.Count - 1))
        {
            var found = await processes.Search(caller, new ProcessSearch(string.Join(' ', words), Take: MostSearched), ct);
            if (!found.Ok)
            {
                return Outcome<IReadOnlyList<ProcessRow>>.Refused(found.Problems);
            }

            var fitting = found.Value.Processes.Where(p => Fits(p, unit)).OrderByDescending(p => location.Length > 0 && p.Location.Equals(location, StringComparison.OrdinalIgnoreCase)).Take(MostSuggested).ToList();
            if (fitting.Count > 0)
            {
                return fitting;
            }
        }

        return Outcome<IReadOnlyList<ProcessRow>>.Done([]);
    }

    private async Task<Outcome<BillReading>> Matched(Caller caller, Outcome<BillFile> read, CancellationToken ct)
    {
        if (!read.Ok)
        {
            return Outcome<BillReading>.Refused(read.Problems);
        }

        var known = new Dictionary<(string Words, string Unit, string Place), IReadOnlyList<ProcessRow>>();
        var (lines, suggestions) = (new List<BillPart>(), new List<IReadOnlyList<ProcessRow>>());
        foreach (var line in read.Value.Lines)
        {
            var words = line.Process.Length > 0 ? line.Process : line.Part;
            if (!known.TryGetValue((words, line.Unit, line.Location), out var fitting))
            {
                var found = await Suggest(caller, words, line.Unit, line.Location, ct);
                if (!found.Ok)
                {
                    return Outcome<BillReading>.Refused(found.Problems);
                }

                known.Add((words, line.Unit, line.Location), fitting = found.Value);
            }

            var best = fitting.Count > 0 ? fitting[0] : null;
            var named = fitting.FirstOrDefault(p => line.Process.Length > 0 && (p.Uid == line.Process || p.Name.Equals(line.Process, StringComparison.OrdinalIgnoreCase)));
            var taken = named ?? best;
            lines.Add(new BillPart
            {
                Position = line.Number, Name = line.Part, Amount = line.Quantity, Unit = line.Unit, Process = taken?.Uid, Flow = taken?.ReferenceFlow, Library = taken?.Library, Location = line.Location,
                Supplier = line.Supplier, Stage = line.Stage, Comment = line.Comment, Suggested = taken is not null && named is null,
            });
            suggestions.Add(fitting);
        }

        return new BillReading(read.Value.Name, lines, suggestions, read.Value.Problems, read.Value.Unread);
    }

    private static bool Fits(ProcessRow process, string unit) =>
        !process.Retired && process.ReferenceFlow.Length > 0 && (unit.Length > 0 && Nomenclature.UnitRatio(unit, process.Unit) is not null);
}
