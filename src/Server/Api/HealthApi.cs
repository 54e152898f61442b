using Microsoft.AspNetCore.Http.HttpResults;
using Tanlu.Organisation;
using Tanlu.Server.Hosting;
using Tanlu.Storage;

namespace Tanlu.Server.Api;

/// <summary>State of the machine, for whoever runs it.</summary>
internal static class HealthApi
{
    public static void Map(RouteGroupBuilder routes) =>
        routes.MapGet("/health", Look).Says("health", "State of the platform: engine, migrations, disk, last backup, waits, last errors", Right.OperatePlatform);

    private static async Task<Results<Ok<HealthBody>, Refused>> Look(HttpContext http, PlatformHealth health, CancellationToken ct) =>
        (await health.Look(http.Caller(), ct)).Answer(HealthBody.Of);
}

/// <summary>State of the platform.</summary>
/// <param name="Engine">sqlite or postgres.</param>
/// <param name="MigrationsPending">0 unless a newer program is about to be started.</param>
/// <param name="LastBackup">Null where the audit log knows none.</param>
/// <param name="WriteWaitMedian">Seconds that the last thousand writes waited for their turn.</param>
/// <param name="OpenImports">Imports of this organisation that are under way.</param>
/// <param name="Errors">Last errors of this process, newest first, without their values.</param>
public sealed record HealthBody(
    string Program, DateTimeOffset StartedAt, string Engine, string EngineVersion, long DatabaseBytes, long Migrations, long MigrationsPending, long FreeBytes, long DiskBytes,
    BackupBody? LastBackup, long Writes, double WriteWaitMedian, double WriteWaitLongest, long OpenImports, int FactorPacks, IReadOnlyList<ErrorBody> Errors)
{
    internal static HealthBody Of(PlatformState s) => new(
        s.Program, s.StartedAt, s.Database.Engine == Dialect.Postgres ? "postgres" : "sqlite", s.Database.Version, s.Database.Bytes, s.Database.Migrations,
        s.KnownMigrations - s.Database.Migrations, s.FreeBytes, s.DiskBytes, s.Backup is { } b ? new BackupBody(b.At, b.File, b.Size) : null, s.Writes.Writes, s.Writes.Median, s.Writes.Longest,
        s.OpenBatches, s.Packs.Count, [.. s.Errors.Select(e => new ErrorBody(e.At, e.Level.ToString().ToLowerInvariant(), e.Category, e.Text, e.Failure))]);
}

/// <summary>A backup that was made.</summary>
public sealed record BackupBody(DateTimeOffset At, string File, long Size);

/// <summary>An error of the process.</summary>
/// <param name="Text">Its pattern, without values.</param>
/// <param name="Failure">Type of the exception.</param>
public sealed record ErrorBody(DateTimeOffset At, string Level, string Category, string Text, string? Failure);
