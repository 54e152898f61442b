using System.Collections.Frozen;

namespace Tanlu.Exchange;

/// <summary>What the headings of a SimaPro file mean.</summary>
internal static class SimaProHeadings
{
    /// <summary>Sections of elementary flows in a process, with the compartment as method files write it.</summary>
    public static readonly FrozenDictionary<string, string> Elementary = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Resources"] = "Raw", ["Emissions to air"] = "Air", ["Emissions to water"] = "Water", ["Emissions to soil"] = "Soil", ["Final waste flows"] = "Waste",
        ["Non material emissions"] = "Non mat.", ["Social issues"] = "Social", ["Economic issues"] = "Economic",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Blocks that list elementary flows with their unit and CAS number.</summary>
    public static readonly FrozenDictionary<string, string> Substances = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["Raw materials"] = "Raw", ["Airborne emissions"] = "Air", ["Waterborne emissions"] = "Water", ["Emissions to soil"] = "Soil", ["Final waste flows"] = "Waste",
        ["Non material emissions"] = "Non mat.", ["Social issues"] = "Social", ["Economic issues"] = "Economic",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Sections of inputs from other processes; a product stage has names of its own for them.</summary>
    public static readonly FrozenSet<string> Inputs = Set(
        "Materials/fuels", "Electricity/heat", "Waste to treatment", "Assembly", "Reference assembly", "Materials/assemblies", "Processes", "Waste/Disposal scenario", "Waste scenarios",
        "Disassemblies", "Disposal scenarios", "Reuses", "Additional life cycles");

    public static readonly FrozenSet<string> Treatments = Set("Waste treatment", "Waste scenario");

    /// <summary>Sections that hold texts or are of use to SimaPro's own screens only.</summary>
    private static readonly FrozenSet<string> Texts = Set(
        "PlatformId", "Platform identifier", "Category type", "Process identifier", "Type", "Process name", "Status", "Time period", "Geography", "Technology", "Representativeness",
        "Multiple output allocation", "Substitution allocation", "Cut off rules", "Capital goods", "Boundary with nature", "Waste treatment allocation", "Infrastructure", "Date", "Record",
        "Generator", "External documents", "Literature references", "Collection method", "Data treatment", "Verification", "Comment", "Allocation rules", "System description", "Waste type");

    private static readonly FrozenSet<string> Rows = Set("Products", "Avoided products", "Input parameters", "Calculated parameters", "Separated waste", "Remaining waste");

    private static readonly FrozenSet<string> Method = Set(
        "Name", "Version", "Comment", "Category", "Use Damage Assessment", "Use Normalization", "Use Weighting", "Use Addition", "Weighting unit", "Impact category", "Substances",
        "Damage category", "Impact categories", "Normalization-Weighting set", "Normalization", "Weighting");

    public static bool IsProcess(string block) => block.Equals("Process", StringComparison.OrdinalIgnoreCase) || block.Equals("Product stage", StringComparison.OrdinalIgnoreCase);

    public static bool IsMethod(string block) => block.Equals("Method", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether a line that stands alone after a blank one begins a section. In processes any such line does, known or not: rows follow their heading without a gap. In methods only the
    /// known ones do, because a comment may go over several lines; other blocks have sections only where they describe something in words.
    /// </summary>
    public static bool IsSection(string block, string heading) =>
        IsProcess(block) ? heading.Length > 0
        : IsMethod(block) ? Method.Contains(heading)
        : block is "System description" or "Literature reference";

    /// <summary>A section of a process whose rows have a meaning here.</summary>
    public static bool IsKnown(string section) =>
        section.Length == 0 || Elementary.ContainsKey(section) || Inputs.Contains(section) || Treatments.Contains(section) || Texts.Contains(section) || Rows.Contains(section);

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}
