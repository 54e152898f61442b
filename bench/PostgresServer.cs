using System.Globalization;
using System.Text.RegularExpressions;

namespace Tanlu.Bench;

/// <summary>A PostgreSQL of the benchmark's own, on loopback, that waits for the disk.</summary>
internal sealed class PostgresServer : IDisposable
{
    private readonly string _engines;
    private readonly string _folder;
    private readonly int _port;
    private readonly HashSet<string> _made = [];

    private PostgresServer(string engines, string folder, int port)
    {
        _engines = engines;
        _folder = folder;
        _port = port;
    }

    public static PostgresServer Start(BenchmarkRun run)
    {
        var (engines, folder) = (Path.Combine(run.Root, "tests", "engines"), Path.Combine(run.Folder, "postgres"));
        Directory.CreateDirectory(folder);
        Command.Output(engines, ["start", folder], run.Folder, ("TANLU_DURABLE", "1"));
        var port = Regex.Match(File.ReadAllText(Path.Combine(folder, "env")), "Port=([0-9]+)");
        return port.Success
            ? new PostgresServer(engines, folder, int.Parse(port.Groups[1].Value, CultureInfo.InvariantCulture))
            : throw new InvalidOperationException("PostgreSQL is not on this machine; tests/engines start says what to install.");
    }

    /// <summary>Makes a database where it is not there yet, and returns how to reach it.</summary>
    public string Database(string name)
    {
        if (_made.Add(name))
        {
            Psql("postgres", $"CREATE DATABASE {name}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=tanlu;Database={name}");
    }

    public void Psql(string database, string sql) => Command.Output("psql", [.. Arguments(database), "-c", sql], _folder);

    public IReadOnlyList<string> Arguments(string database) => ["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", _port.ToString(CultureInfo.InvariantCulture), "-U", "tanlu", "-d", database];

    public void Dispose() => Command.Output(_engines, ["stop", _folder], _folder);
}
