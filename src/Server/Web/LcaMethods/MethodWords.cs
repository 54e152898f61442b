using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Kernel;
using Tanlu.Products;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.LcaMethods;

/// <summary>How the pages of impact methods write methods, indicators, places of flows and factors.</summary>
internal static class MethodWords
{
    private static readonly string[] Tables = ["ef", "ecobalyse", "en15804"];

    /// <summary>Name and edition, as its publisher calls them.</summary>
    public static string Name(MethodRow method) => $"{method.Name} {method.Edition}".Trim();

    public static string Right(Ui ui, DataRight right) => ui.T("lca_right." + right.ToString().ToLowerInvariant());

    public static Tone ToneOf(DataRight right) => right switch { DataRight.Open => Tone.Good, DataRight.Licensed => Tone.Neutral, _ => Tone.Warning };

    /// <summary>Whether it belongs to the product, to the reader's organisation, or came from a publisher's file.</summary>
    public static string Origin(Ui ui, MethodRow method) => ui.T(method.BuiltIn ? "methods.built_in" : method.Own ? "methods.own" : "methods.imported");

    /// <summary>The name of an indicator in Chinese where the product knows it, for Chinese readers; null otherwise: then its publisher's name stands alone.</summary>
    public static string? Chinese(Ui ui, IndicatorDataset indicator) => ui.Language != Language.Chinese ? null
        : Tables.Select(t => IndicatorTable.Find(t, indicator.Id, indicator.Code, indicator.Name)).FirstOrDefault(i => i is not null)?.Zh;

    /// <summary>The name of an indicator in a list to choose from.</summary>
    public static string Indicator(Ui ui, IndicatorDataset indicator) => Chinese(ui, indicator) ?? indicator.Name;

    /// <summary>Compartment and sub-compartment in the reader's language; empty where a flow's place is spelt in no known way.</summary>
    public static string Place(Ui ui, FlowPlace place) => place.Compartment.Length == 0 ? ""
        : place.Sub.Length == 0 ? ui.T("lca_place." + place.Compartment)
        : ui.T("lca_place.both", ui.T("lca_place." + place.Compartment), ui.T("lca_place.sub." + place.Sub));

    /// <summary>Six digits, which is more than factors are known to; the exact value stands on hover.</summary>
    public static string Number(double value) => value.ToString("G6", CultureInfo.InvariantCulture);

    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>Whether a method has every indicator of the Environmental Footprint that EN 15804+A2 takes over.</summary>
    public static bool ServesDeclarations(MethodDataset method) => DeclarationMethod.Sources.All(s => method.Indicators.Any(i => IndicatorTable.Find("ef", i.Id, i.Code, i.Name) == s.Of));
}
