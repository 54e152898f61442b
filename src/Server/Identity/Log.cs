namespace Tanlu.Server.Identity;

/// <summary>What of sign-in an operator must see. No address that was typed, no password, no token stands in a line: people type into the wrong field.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Information, Message = "A passkey was refused: {Reason}")]
    public static partial void Refused(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in from {Address} is closed for a while after too many failures.")]
    public static partial void Throttled(ILogger log, string address);
}
