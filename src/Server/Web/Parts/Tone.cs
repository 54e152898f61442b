namespace Tanlu.Server.Web.Parts;

/// <summary>What a badge or notice says before it is read; never by colour alone, the words always stand beside it.</summary>
public enum Tone
{
    Neutral,
    Info,
    Good,
    Warning,
    Bad,
}
