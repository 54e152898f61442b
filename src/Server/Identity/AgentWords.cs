namespace Tanlu.Server.Identity;

/// <summary>
/// Browser and platform of a User-Agent in words, for the list of sessions: enough to recognise one's own laptop. The header itself is never kept; it may hold anything.
/// </summary>
internal static class AgentWords
{
    // In the order in which they must be asked: Edge and Opera call themselves Chrome too, and everybody calls themselves Safari.
    private static readonly (string Mark, string Word)[] Browsers =
    [
        ("MicroMessenger/", "WeChat"), ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"), ("curl/", "curl"), ("python", "Python"), ("PostmanRuntime/", "Postman"),
    ];

    private static readonly (string Mark, string Word)[] Platforms =
    [
        ("HarmonyOS", "HarmonyOS"), ("OpenHarmony", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ];

    /// <summary><c>Firefox, Windows</c>; empty where nothing is recognised.</summary>
    public static string Of(string? agent) => string.Join(", ", new[] { Word(Browsers, agent), Word(Platforms, agent) }.Where(w => w.Length > 0));

    private static string Word((string Mark, string Word)[] words, string? agent) =>
        words.FirstOrDefault(w => agent?.Contains(w.Mark, StringComparison.OrdinalIgnoreCase) == true).Word ?? "";
}
