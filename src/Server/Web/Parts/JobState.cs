namespace Tanlu.Server.Web.Parts;

/// <summary>Where a longer piece of work stands.</summary>
public enum JobState
{
    Running,
    Done,
    Failed,
}
