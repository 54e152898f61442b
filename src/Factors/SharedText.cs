namespace Tanlu.Factors;

/// <summary>
/// One copy of texts that come again and again: names, series and sources stand in every year of a publisher. A table of fixed size in which the last comer keeps its
/// place: it forgets, but never grows, and needs no lock because any copy of a text is as good as another.
/// </summary>
internal static class SharedText
{
    private static readonly string?[] Places = new string?[1 << 18];

    public static string Of(string text)
    {
        ref var place = ref Places[(uint)text.GetHashCode() & ((1 << 18) - 1)];
        if (place is { } known && known == text)
        {
            return known;
        }

        place = text;
        return text;
    }
}
