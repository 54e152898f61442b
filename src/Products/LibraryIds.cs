using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>
/// Ids that mean the same everywhere. A UUID stays; any other id, which means something in its library only, becomes the UUID (version 8 of RFC 9562) of the library's key, the kind
/// of thing and the id: the same library read again gives the same ids, two libraries never share one.
/// </summary>
internal sealed class LibraryIds(string key)
{
    private readonly Dictionary<(string Kind, string Id), string> _made = [];

    /// <summary>Ids as the file wrote them, by what they became; UUIDs do not stand here.</summary>
    private readonly Dictionary<string, string> _source = new(StringComparer.Ordinal);

    /// <summary>The key of a library of this name: versions of the same library share it.</summary>
    public static string KeyOf(string name) => string.Join(' ', name.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>The id as the file wrote it.</summary>
    public string Source(string uid) => _source.GetValueOrDefault(uid, uid);

    public string Of(string kind, string id)
    {
        if (IsUuid(id))
        {
            return id;
        }

        if (!_made.TryGetValue((kind, id), out var made))
        {
            made = Guid.TryParseExact(id, "D", out var upper) ? upper.ToString("D") : Made(kind, id);
            _made[(kind, id)] = made;
            _source[made] = id;
        }

        return made;
    }

    /// <summary>The package with ids that mean the same everywhere.</summary>
    public DatasetPackage In(DatasetPackage package) => package with
    {
        UnitGroups = [.. package.UnitGroups.Select(g => g with { Id = Of("unit_group", g.Id) })],
        FlowProperties = [.. package.FlowProperties.Select(p => p with { Id = Of("flow_property", p.Id), UnitGroupId = Of("unit_group", p.UnitGroupId) })],
        Flows = [.. package.Flows.Select(In)],
        Processes = [.. package.Processes.Select(In)],
        Methods = [.. package.Methods.Select(m => m with
        {
            Id = Of("method", m.Id),
            Indicators = [.. m.Indicators.Select(i => i with { Factors = [.. i.Factors.Select(f => f with { Flow = In(f.Flow) })] })],
        })],
        Systems = [.. package.Systems.Select(s => s with
        {
            Id = Of("system", s.Id),
            ReferenceProcessId = Of("process", s.ReferenceProcessId),
            ReferenceFlowId = Of("flow", s.ReferenceFlowId),
            Links = [.. s.Links.Select(l => l with { ConsumerId = Of("process", l.ConsumerId), FlowId = Of("flow", l.FlowId), ProviderId = Of("process", l.ProviderId) })],
            Parameters = [.. s.Parameters.Select(p => p with { ProcessId = Optional("process", p.ProcessId) })],
        })],
        Results = [.. package.Results.Select(r => r with
        {
            Id = Of("result", r.Id),
            SystemId = Optional("system", r.SystemId),
            ProcessId = Optional("process", r.ProcessId),
            MethodId = Optional("method", r.MethodId),
            Flows = [.. r.Flows.Select(f => f with { FlowId = Of("flow", f.FlowId) })],
        })],
    };

    public ProcessDataset In(ProcessDataset process) => process with
    {
        Id = Of("process", process.Id),
        Exchanges = [.. process.Exchanges.Select(e => e with { FlowId = Of("flow", e.FlowId), PropertyId = Optional("flow_property", e.PropertyId), ProviderId = Optional("process", e.ProviderId) })],
        Allocation = [.. process.Allocation.Select(a => a with { ProductFlowId = Of("flow", a.ProductFlowId) })],
    };

    public FlowDataset In(FlowDataset flow) => flow with
    {
        Id = Of("flow", flow.Id),
        PropertyId = Optional("flow_property", flow.PropertyId),
        Properties = [.. flow.Properties.Select(p => p with { PropertyId = Optional("flow_property", p.PropertyId) })],
    };

    /// <summary>Lower-case hexadecimal digits in the groups 8-4-4-4-12.</summary>
    public static bool IsUuid(string id)
    {
        if (id.Length != 36)
        {
            return false;
        }

        for (var at = 0; at < id.Length; at++)
        {
            var dash = at is 8 or 13 or 18 or 23;
            if (dash ? id[at] != '-' : !(char.IsAsciiDigit(id[at]) || id[at] is >= 'a' and <= 'f'))
            {
                return false;
            }
        }

        return true;
    }

    private string? Optional(string kind, string? id) => id is null ? null : Of(kind, id);

    private string Made(string kind, string id)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{kind}\n{id}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(BinaryPrimitives.ReadUInt32BigEndian(hash), BinaryPrimitives.ReadUInt16BigEndian(hash[4..]), BinaryPrimitives.ReadUInt16BigEndian(hash[6..]), hash[8], hash[9], hash[10],
            hash[11], hash[12], hash[13], hash[14], hash[15]).ToString("D");
    }
}
