using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Tanlu.Bench;

/// <summary>The file that a run leaves behind: the figures with the machine and the seed they belong to.</summary>
internal static class Results
{
    private static readonly JsonSerializerOptions Form = new()
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static void Write(string path, ulong seed, DateTimeOffset at, IReadOnlyList<Figure> figures) =>
        File.WriteAllText(path, JsonSerializer.Serialize(
            new
            {
                At = at,
                Seed = seed,
                Machine = new { Environment.ProcessorCount, Os = RuntimeInformation.OSDescription, Runtime = RuntimeInformation.FrameworkDescription, Load = Load() },
                Rows = figures.Select(f => new { f.Row, f.Ours, f.OursIs, f.Peer, f.Unit, f.PeerIs, f.Ratio, f.Goal, Bound = f.AtMost ? "at_most" : "at_least", f.Ok }),
            },
            Form));

    /// <summary>Processes that want a processor, over the last minute, where the system says it: figures of a busy machine are worth less.</summary>
    private static string? Load() => File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : null;
}
