namespace Tanlu.Server.Hosting;

/// <summary>How this process works on the board of jobs (<c>Tanlu:Jobs</c>).</summary>
public sealed record JobSettings
{
    /// <summary>Jobs worked on at once; 0 leaves them to other processes on the same book.</summary>
    public int AtOnce { get; init; } = 2;

    /// <summary>How long a job stays with a process that is not heard of any more.</summary>
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>How often work of other processes is looked for.</summary>
    public int PollMilliseconds { get; init; } = 1000;
}
