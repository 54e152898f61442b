using System.Diagnostics;
using Tanlu.Modules.Tests.Architecture;

namespace Tanlu.Modules.Tests.Inventory;

/// <summary>The second verifier, <c>tests/verifier/verify_package.py</c>: written from the format's document alone, with the standard library of another language.</summary>
internal static class PythonVerifier
{
    private const string Script = "tests/verifier/verify_package.py";

    /// <summary>Runs it over a package. The test is skipped where there is no Python, and fails where engines are required.</summary>
    public static async Task<(int Code, string Said)> Run(byte[] package, params string[] arguments)
    {
        var ct = TestContext.Current.CancellationToken;
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".zip");
        await File.WriteAllBytesAsync(file, package, ct);
        try
        {
            var start = new ProcessStartInfo("python3", [Repository.PathOf(Script), file, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var process = Started(start);
            var (said, errors) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, await said + await errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Process Started(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Assert.False(Environment.GetEnvironmentVariable("TANLU_REQUIRE_ENGINES") == "1", "python3 is not there: " + missing.Message);
            Assert.Skip("python3 is not there.");
            throw;
        }
    }
}
