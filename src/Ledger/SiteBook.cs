using Tanlu.Organisation;

namespace Tanlu.Ledger;

/// <summary>The parts of the organisation that a caller may post to, by the codes and names that files use.</summary>
internal sealed class SiteBook
{
    private readonly Dictionary<string, Node?> _bySpelling = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Node> _byNumber = [];

    public SiteBook(IEnumerable<Node> nodes)
    {
        var known = nodes.ToList();
        foreach (var node in known)
        {
            foreach (var name in (ReadOnlySpan<string>)[node.NameEn, node.NameZh])
            {
                // A name that two parts share names neither.
                if (name.Length > 0)
                {
                    _bySpelling[name] = _bySpelling.TryGetValue(name, out var other) && other?.Id != node.Id ? null : node;
                }
            }
        }

        // A code always wins over another part's name.
        foreach (var node in known)
        {
            _bySpelling[node.Code] = node;
        }
    }

    public bool Has(string spelling) => _bySpelling.GetValueOrDefault(spelling) is not null;

    /// <summary>The site behind a reader's number.</summary>
    public Node At(int number, string spelling)
    {
        while (_byNumber.Count <= number)
        {
            _byNumber.Add(null!);
        }

        return _byNumber[number] ??= _bySpelling[spelling]!;
    }
}
