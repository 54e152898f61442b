namespace Tanlu.Organisation;

/// <summary>Runs password hashing beside the requests: a rush of sign-ins may take half of the cores and no more.</summary>
internal sealed class PasswordWork(int iterations)
{
    private static readonly SemaphoreSlim Cores = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Task<string> Make(string password, CancellationToken ct) => Run(() => PasswordHash.Make(password, iterations), ct);

    /// <summary>Whether the password opens the stored hash; without one the answer is no, after the same work.</summary>
    public Task<bool> Verify(string password, string? stored, CancellationToken ct) =>
        Run(() => PasswordHash.Verify(password, stored ?? PasswordHash.Unopenable(iterations)), ct);

    /// <summary>The hash to store instead where the stored one is weaker than today's, else null.</summary>
    public async Task<string?> Stronger(string password, string stored, CancellationToken ct) =>
        PasswordHash.Outdated(stored, iterations) ? await Make(password, ct) : null;

    private static async Task<T> Run<T>(Func<T> work, CancellationToken ct)
    {
        await Cores.WaitAsync(ct);
        try
        {
            return await Task.Run(work, ct);
        }
        finally
        {
            Cores.Release();
        }
    }
}
