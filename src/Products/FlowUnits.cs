using Tanlu.Exchange;
using Tanlu.Kernel;

namespace Tanlu.Products;

/// <summary>From the unit of a flow in an inventory to the unit that a method's factor is for.</summary>
internal static class FlowUnits
{
    /// <summary>1 of <paramref name="from"/> is so many of <paramref name="to"/>; null where no factor leads there. Two units of the same spelling are the same, known or not.</summary>
    public static double? Ratio(string from, string to)
    {
        if (to.Length == 0 || from.Length == 0 || string.Equals(from.Trim(), to.Trim(), StringComparison.Ordinal))
        {
            return 1;
        }

        return Find(from) is { } a && Find(to) is { } b ? Units.Ratio(a, b) : null;
    }

    /// <summary>As <see cref="Ratio(string, string)"/>, or through a property that the flow has in both (its calorific value, its density …).</summary>
    public static double? Ratio(string from, string to, FlowDataset inventory, FlowDataset method)
    {
        if (Ratio(from, to) is { } direct)
        {
            return direct;
        }

        // The inventory's own properties speak of its own flow; the method's are the next best.
        return Through(inventory, from, to) ?? Through(method, from, to);
    }

    private static double? Through(FlowDataset flow, string from, string to)
    {
        if (Ratio(from, flow.Unit) is { } toReference)
        {
            foreach (var property in flow.Properties)
            {
                if (Ratio(property.Unit, to) is { } ratio && double.IsFinite(property.Factor))
                {
                    return toReference * property.Factor * ratio;
                }
            }
        }

        if (Ratio(flow.Unit, to) is { } fromReference)
        {
            foreach (var property in flow.Properties)
            {
                if (Ratio(from, property.Unit) is { } ratio && property.Factor != 0 && double.IsFinite(property.Factor))
                {
                    return ratio / property.Factor * fromReference;
                }
            }
        }

        return null;
    }

    /// <summary>The unit that the text names, also in the spellings of life cycle data (<c>m2a</c> for m2 × a).</summary>
    internal static Unit? Find(string text) =>
        Units.Find(text) ?? (text.Length > 2 && text[^1] is 'a' or 'y' && char.IsAsciiDigit(text[^2]) ? Units.Find(text[..^1] + "*a") : null);
}
