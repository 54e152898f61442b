namespace Tanlu.Organisation;

/// <summary>What a short text that a person types must be before it is stored: one line of whole characters.</summary>
internal static class PlainText
{
    public static bool Fits(string text, int longest)
    {
        if (text.Length > longest)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) || (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))))
            {
                return false;
            }

            i += char.IsHighSurrogate(text[i]) ? 1 : 0;
        }

        return true;
    }
}
