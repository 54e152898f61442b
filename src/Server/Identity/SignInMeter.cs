using System.Diagnostics.Metrics;
using Tanlu.Kernel;
using Tanlu.Organisation;

namespace Tanlu.Server.Identity;

/// <summary>Sign-ins by their way and end; never by who.</summary>
internal static class SignInMeter
{
    public const string Name = "Tanlu.Server";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Tries = Meter.CreateCounter<long>("tanlu.sign_ins", "{sign-in}", "Tries to sign in");

    public static void Count(string way, Outcome<SignedIn> outcome) =>
        Tries.Add(1, new KeyValuePair<string, object?>("way", way), new KeyValuePair<string, object?>("result", outcome.Ok ? "done" : outcome.Problems[0].Code));
}
