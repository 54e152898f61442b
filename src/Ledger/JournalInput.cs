using System.Globalization;
using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>What people and other systems hand to the journal's verbs: streams, names, reasons.</summary>
internal static class JournalInput
{
    public const int LongestName = 200;
    private const int LongestReason = 2000;

    /// <summary>Puts a stream where it can be read several times; only this process's user can read it, and it goes afterwards.</summary>
    public static async Task<T> Spooled<T>(Stream content, Func<string, Task<T>> work, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("tanlu-");
        try
        {
            var path = Path.Combine(folder.FullName, "table");
            await using (var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 17, FileOptions.Asynchronous))
            {
                await content.CopyToAsync(file, ct);
            }

            return await work(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    public static string FileName(string name)
    {
        var own = name[(name.LastIndexOfAny(['/', '\\', ':', '\0']) + 1)..];
        return new string([.. own.Where(c => !char.IsControl(c)).Take(LongestName)]);
    }

    public static Problem? NameProblem(string name) =>
        name.Length is 0 or > LongestName || name.Any(char.IsControl) ? new Problem("source_name_invalid", Column: "name", Found: name) : null;

    public static Problem? TextProblem(string text, string column, bool needed) => text switch
    {
        _ when needed && string.IsNullOrWhiteSpace(text) => new Problem("reason_needed", Column: column),
        { Length: > LongestReason } => new Problem("text_too_long", Column: column, Args: [LongestReason.ToString(CultureInfo.InvariantCulture)]),
        _ when text.Contains('\0') => new Problem("text_broken", Column: column),
        _ => null,
    };
}
