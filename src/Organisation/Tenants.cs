using Tanlu.Kernel;
using Tanlu.Storage;

namespace Tanlu.Organisation;

/// <summary>One customer of the installation: no row of one tenant is ever visible to another.</summary>
public sealed record Tenant(long Id, string NameEn, string NameZh, DateTimeOffset CreatedAt)
{
    public string Name(Language language) => language == Language.Chinese && NameZh.Length > 0 || NameEn.Length == 0 ? NameZh : NameEn;
}

/// <summary>A tenant to be made, with the address and language of the person who will be its first administrator.</summary>
public sealed record NewTenant(string NameEn, string NameZh, string Email, Language Language);

/// <summary>A tenant right after it was made, and the invitation by which its first administrator joins.</summary>
public sealed record OpenedTenant(Tenant Tenant, MadeInvitation Administrator);

/// <summary>The tenants of the installation.</summary>
public sealed class Tenants(Db db, TimeProvider time, Audit audit)
{
    /// <summary>
    /// Makes a tenant. It belongs to whoever runs the installation and not to any tenant's people, so it takes no caller and no page or
    /// route leads to it.
    /// </summary>
    public Task<Outcome<Tenant>> Add(string nameEn, string nameZh, CancellationToken ct) =>
        NodeRules.NameProblems(nameEn, nameZh) is { Count: > 0 } problems
            ? Task.FromResult(Outcome<Tenant>.Refused(problems))
            : db.Write(tx => Outcome<Tenant>.Done(Insert(tx, audit, nameEn.Trim(), nameZh.Trim(), time.GetUtcNow())), ct);

    /// <summary>
    /// Makes a tenant with an invitation for its first administrator, both or neither: without somebody who may invite, nobody could ever enter it. As <see cref="Add"/>, no page
    /// or route leads to it.
    /// </summary>
    public async Task<Outcome<OpenedTenant>> Open(NewTenant draft, CancellationToken ct)
    {
        var invited = new NewInvitation(draft.Email, Role.Administrator, 0, draft.Language);
        if (NodeRules.NameProblems(draft.NameEn, draft.NameZh).Concat(invited.Problems()).ToList() is { Count: > 0 } problems)
        {
            return Outcome<OpenedTenant>.Refused(problems);
        }

        return await db.Write<Outcome<OpenedTenant>>(
            tx =>
            {
                // An address signs in to one tenant, so it must be free in all of them.
                var email = draft.Email.Trim();
                if (PersonStore.EmailTaken(tx, email))
                {
                    return new Problem("email_taken", Column: "email", Found: email);
                }

                var now = time.GetUtcNow();
                var tenant = Insert(tx, audit, draft.NameEn.Trim(), draft.NameZh.Trim(), now);
                return new OpenedTenant(tenant, Invitations.Insert(tx, audit, Caller.System(tenant.Id), invited with { Email = email }, Caller.WholeTenant, now));
            },
            ct);
    }

    /// <summary>Every tenant, for whoever runs the installation; as <see cref="Add"/>, no page or route leads to it.</summary>
    public Task<List<Tenant>> All(CancellationToken ct) =>
        db.Read(tx => tx.Query($"SELECT id, name_en, name_zh, created_at FROM tenant ORDER BY id", r => new Tenant(r.Int64(0), r.Text(1), r.Text(2), r.Instant(3))), ct);

    /// <summary>The caller's own tenant.</summary>
    public async Task<Outcome<Tenant>> Own(Caller caller, CancellationToken ct)
    {
        if (!caller.May(Right.ReadFigures))
        {
            return Refusal.NotPermitted();
        }

        return await db.Read(tx => Find(tx, caller.Tenant), ct) is { } tenant ? tenant : Refusal.NotFound($"tenant/{caller.Tenant}");
    }

    /// <summary>Renames the caller's own tenant; the right must reach the whole of it.</summary>
    public async Task<Outcome<Tenant>> Rename(Caller caller, string nameEn, string nameZh, CancellationToken ct)
    {
        if (!caller.MayEverywhere(Right.ManageOrganisation))
        {
            return Refusal.NotPermitted();
        }

        if (NodeRules.NameProblems(nameEn, nameZh) is { Count: > 0 } problems)
        {
            return Outcome<Tenant>.Refused(problems);
        }

        var (en, zh) = (nameEn.Trim(), nameZh.Trim());
        return await db.Write<Outcome<Tenant>>(
            tx =>
            {
                if (Find(tx, caller.Tenant) is not { } before)
                {
                    return Refusal.NotFound($"tenant/{caller.Tenant}");
                }

                tx.Execute($"UPDATE tenant SET name_en = {en}, name_zh = {zh} WHERE id = {caller.Tenant}");
                audit.Write(tx, caller, "tenant.rename", $"tenant/{caller.Tenant}", ("before_en", before.NameEn), ("before_zh", before.NameZh), ("after_en", en), ("after_zh", zh));
                return before with { NameEn = en, NameZh = zh };
            },
            ct);
    }

    internal static Tenant Insert(Tx tx, Audit audit, string nameEn, string nameZh, DateTimeOffset now)
    {
        var id = tx.InsertId($"INSERT INTO tenant (name_en, name_zh, created_at) VALUES ({nameEn}, {nameZh}, {now})");
        audit.Write(tx, Caller.System(id), "tenant.add", $"tenant/{id}", ("name_en", nameEn), ("name_zh", nameZh));
        return new Tenant(id, nameEn, nameZh, now);
    }

    internal static Tenant? Find(Tx tx, long id) =>
        tx.First($"SELECT id, name_en, name_zh, created_at FROM tenant WHERE id = {id}", r => new Tenant(r.Int64(0), r.Text(1), r.Text(2), r.Instant(3)));
}
