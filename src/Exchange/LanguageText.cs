namespace Tanlu.Exchange;

/// <summary>One text in several languages: English is taken where there is one, then Chinese, then whichever comes first.</summary>
internal struct LanguageText
{
    private string? _best;
    private int _rank;

    public readonly string Best => _best ?? "";

    /// <param name="language">Tag such as <c>zh-CN</c>; a text without one counts as English, which the formats take for granted.</param>
    /// <param name="text">Blank texts are passed over.</param>
    public void Add(string language, string? text)
    {
        var rank = language.Length == 0 || language.StartsWith("en", StringComparison.OrdinalIgnoreCase) ? 3 : language.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? 2 : 1;
        if (rank > _rank && !string.IsNullOrWhiteSpace(text))
        {
            (_best, _rank) = (text.Trim(), rank);
        }
    }

    public override readonly string ToString() => Best;
}
