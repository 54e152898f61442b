using System.Globalization;
using Tanlu.Exchange;
using Tanlu.Numerics;
using Tanlu.Products;
using Tanlu.Server.Api;
using Tanlu.Server.Web.Parts;

namespace Tanlu.Server.Web.Lca;

/// <summary>How life cycle data is put into words on its pages.</summary>
internal static class LibraryText
{
    /// <summary>The 97.5 % point of the standard normal distribution.</summary>
    private const double Two = 1.959963984540054;

    public static IReadOnlyList<(string Value, string Text)> Rights(Ui ui) =>
        [.. Enum.GetValues<DataRight>().Select(r => (LibraryWords.Of(r), $"{ui.T("lca.rights." + LibraryWords.Of(r))} – {ui.T($"libraries.rights.{LibraryWords.Of(r)}.about")}"))];

    /// <summary>One line about how far a library links by itself; a dash where it was never linked.</summary>
    public static string Linked(Ui ui, LinkSummary? link) => link switch
    {
        null => "–",
        { Problem.Length: > 0 } => ui.T("libraries.not_linked"),
        _ => ui.T("libraries.linked.line", FigureText.Full(link.Linked), FigureText.Full(link.CutOff + link.Untreated)),
    };

    public static string Exact(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The distribution in words, a lognormal one with GSD² and the interval that holds 95 % of it; empty where the value is certain.</summary>
    public static string Uncertainty(Ui ui, Distribution of)
    {
        if (of.IsCertain)
        {
            return "";
        }

        string N(double value) => FigureText.Significant(value);
        switch (of.Kind)
        {
            case DistributionKind.Lognormal:
                var (low, high) = (of.First * Math.Exp(-Two * of.Second), of.First * Math.Exp(Two * of.Second));
                return ui.T("process.lognormal", N(Math.Exp(2 * of.Second)), N(Math.Min(low, high)), N(Math.Max(low, high)));
            case DistributionKind.Normal:
                return ui.T("process.normal", N(of.Second), N(of.First - (Two * of.Second)), N(of.First + (Two * of.Second)));
            case DistributionKind.Triangular:
                return ui.T("process.triangular", N(of.First), N(of.Second), N(of.Third));
            default:
                return ui.T("process.uniform", N(of.First), N(of.Second));
        }
    }

    public static IReadOnlyList<(string Value, string Text)> Kinds(Ui ui) =>
        [.. Enum.GetValues<ProcessKind>().Select(k => (LibraryWords.Of(k), ui.T("process.kind." + LibraryWords.Of(k))))];
}
