using Tanlu.Factors;
using Tanlu.Kernel;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Factors;

/// <summary>How a factor's numbers are written.</summary>
internal static class FactorWords
{
    /// <summary>The numbers that a reader compares first: what comes out per unit, else what a fuel holds.</summary>
    public static string Headline(Ui ui, FactorVersion version) =>
        string.Join(" · ", version.Components.OrderBy(Rank).Take(version.Components.Any(c => Rank(c) == 0) ? 1 : 3).Select(c => $"{Kind(ui, c)} {Value(c)}"));

    /// <summary>Number and unit in full.</summary>
    public static string Value(FactorComponent component) => component.Kind is ComponentKind.Oxidation or ComponentKind.LeakRate && component.Unit.Code == "1"
        ? FigureText.Percent(component.Value)
        : FigureText.Full(component.Value, component.Unit.Code);

    public static string Kind(Ui ui, FactorComponent component) => component.Kind switch
    {
        ComponentKind.GasMass => GasName(ui, component.Gas!),
        ComponentKind.GasAsCo2e => ui.T("component.gas_as_co2e", GasName(ui, component.Gas!)),
        ComponentKind.Co2e => "CO₂e",
        _ => ui.T("component." + component.Kind.ToString().ToLowerInvariant()),
    };

    /// <summary>From the first day to the last, or open.</summary>
    public static string Validity(Ui ui, FactorVersion version) => version.ValidTo is { } end
        ? version.ValidFrom.AddYears(1) == end && version.ValidFrom.DayOfYear == 1 ? ui.Period(Month.Of(version.ValidFrom), Month.Of(end.AddDays(-1))) : $"{ui.Date(version.ValidFrom)} – {ui.Date(end.AddDays(-1))}"
        : ui.T("factor.since", ui.Date(version.ValidFrom));

    public static Tone ToneOf(string mark) => mark switch { "V" => Tone.Good, "S" => Tone.Info, _ => Tone.Warning };

    public static string Place(Ui ui, string code) => Regions.Find(code)?.Name(ui.Language) ?? code;

    public static string ActivityName(Ui ui, FactorVersion version) => version.Activity.Length == 0 ? ui.T("factor.by_name") : ActivityTypes.Find(version.Activity)?.Name(ui.Language) ?? version.Activity;

    // A gas of the book with a plain formula is known by it; others have names.
    private static string GasName(Ui ui, Gas gas) =>
        gas.Code.Contains('_', StringComparison.Ordinal) ? ui.Language == Language.Chinese ? gas.Zh : gas.En : FigureText.Pretty(gas.Code.ToUpperInvariant());

    private static int Rank(FactorComponent component) => component.Kind switch { ComponentKind.Co2e => 0, ComponentKind.GasMass => 1, ComponentKind.NetCalorificValue => 2, ComponentKind.CarbonContent => 3, ComponentKind.Oxidation => 4, _ => 5 };
}
