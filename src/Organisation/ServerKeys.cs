using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>
/// The keys under which the host seals cookies, shared by all servers on one database. They belong to the installation and to no tenant, so they take no caller and no page or
/// route leads to them; whoever can read the database can read the sessions' rows too.
/// </summary>
public sealed class ServerKeys(Db db, TimeProvider time)
{
    public Task<List<string>> All(CancellationToken ct) => db.Read(tx => tx.Query($"SELECT content FROM server_key ORDER BY made_at, name", r => r.Text(0)), ct);

    /// <summary>A key of this name is kept once, whichever server comes first.</summary>
    public Task Add(string name, string content, CancellationToken ct) => db.Write(
        tx => tx.Execute($"INSERT INTO server_key (name, content, made_at) VALUES ({name}, {content}, {time.GetUtcNow()}) ON CONFLICT (name) DO NOTHING"), ct);
}
