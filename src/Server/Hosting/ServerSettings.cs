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

    public LimitSettings Limits { get; init; } = new();

    public OutboundSettings Outbound { get; init; } = new();

    /// <summary>Addresses or networks of the reverse proxies in front of the server, separated by commas; nobody else is believed about <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c>.</summary>
    public string? Proxies { get; init; }

    /// <summary>The address that people use, such as <c>https://carbon.example.com</c>: passkeys are bound to its name. Where it is left out, it is the address of each request.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>Hours that a sign-in lasts at most.</summary>
    public double SessionHours { get; init; } = 12;

    /// <summary>Minutes that a sign-in lasts without a request.</summary>
    public double SessionIdleMinutes { get; init; } = 120;

    internal Uri? PublicOrigin => string.IsNullOrEmpty(PublicAddress) ? null
        : Uri.TryCreate(PublicAddress, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address
        : throw new InvalidDataException($"Tanlu:PublicAddress: {PublicAddress} is not an address such as https://carbon.example.com.");

    /// <summary>How long requests and imports may take to end after the host was told to stop.</summary>
    public int StopSeconds { get; init; } = 30;

    /// <summary>Form of the log: <c>text</c> for people, <c>json</c> for collectors. Its level is <c>Logging:LogLevel:Default</c>.</summary>
    public string LogForm { get; init; } = "text";

    /// <summary>Address of an OpenTelemetry collector that takes metrics by OTLP, such as <c>http://localhost:4317</c>; empty sends none.</summary>
    public string? Otlp { get; init; }

    /// <summary>The folder as a full path.</summary>
    public string DataPath => Path.GetFullPath(DataFolder);
}
