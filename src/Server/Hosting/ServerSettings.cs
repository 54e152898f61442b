namespace Tanlu.Server.Hosting;

/// <summary>Settings of the host (configuration section <c>Tanlu</c>, environment <c>Tanlu__…</c>; <c>TANLU_DATA</c> and <c>TANLU_POSTGRES</c> serve the host and the commands alike).</summary>
public sealed record ServerSettings
{
    /// <summary>The one folder that holds everything the product keeps: book, evidence, keys. Relative paths start at the working directory.</summary>
    public string DataFolder { get; init; } = System.Environment.GetEnvironmentVariable("TANLU_DATA") ?? "data-folder";

    /// <summary>A PostgreSQL connection string; empty keeps the book in SQLite in the data folder.</summary>
    public string? Postgres { get; init; } = System.Environment.GetEnvironmentVariable("TANLU_POSTGRES");

    /// <summary>The book holds generated data; every page says so.</summary>
    public bool Demo { get; init; }

    public JobSettings Jobs { get; init; } = new();

    /// <summary>The folder as a full path.</summary>
    public string DataPath => Path.GetFullPath(DataFolder);
}
