using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Cli;

/// <summary>An explanation tree as indented lines: label, value, unit, formula with its clause, source, and notes below.</summary>
internal static class ExplanationText
{
    private const string Step = "  ";

    public static void Write(Terminal terminal, Explanation node, string indent)
    {
        var formula = node.Formula is null ? "" : node.Clause is { Length: > 0 } clause ? $"  = {node.Formula}  [{clause}]" : $"  = {node.Formula}";
        var source = node.Source is { } from ? $"  ← {from.Reference}{(from.Text.Length > 0 ? $" ({from.Text})" : "")}" : "";
        terminal.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{indent}{node.Label(terminal.Language)}: {node.Value} {node.Unit}{formula}{source}"));
        foreach (var note in node.Notes)
        {
            terminal.Out.WriteLine($"{indent}{Step}· {note.Text(terminal.Language)}");
        }

        foreach (var child in node.Children)
        {
            Write(terminal, child, indent + Step);
        }
    }
}
