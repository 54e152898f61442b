using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Exchange;

namespace Tanlu.Products;

/// <summary>
/// The hash of a method in a canonical form: what decides its results, and nothing that does not (order of factors, categories, documentation). SHA-256 in lower-case hex.
/// </summary>
public static class MethodHash
{
    public static string Of(MethodDataset method, FlowMappingSet? mapping = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text(hash, "method/1", method.Id, method.Name, method.Version);
        Number(hash, method.Indicators.Count);
        foreach (var indicator in method.Indicators)
        {
            Text(hash, indicator.Id, indicator.Code, indicator.Name, indicator.Unit);
            Number(hash, indicator.Factors.Count);

            // Which of two factors for the same flow comes first decides: within a flow and place the order stays.
            foreach (var factor in indicator.Factors.OrderBy(f => f.Flow.Id, StringComparer.Ordinal).ThenBy(f => f.Flow.Name, StringComparer.Ordinal).ThenBy(f => f.Location, StringComparer.Ordinal))
            {
                var place = FlowPlace.Of(factor.Flow);
                Text(hash, factor.Flow.Id, factor.Flow.Name, place.Compartment, place.Sub, factor.Flow.Cas ?? "", factor.Flow.Unit, factor.Unit, factor.Location, string.Join('\n', factor.Flow.Synonyms));
                Number(hash, factor.Value);
                foreach (var property in factor.Flow.Properties)
                {
                    Text(hash, property.Unit);
                    Number(hash, property.Factor);
                }
            }
        }

        foreach (var set in method.Sets)
        {
            Text(hash, "set", set.Id, set.Name, set.Unit);
            foreach (var weight in set.Indicators)
            {
                Text(hash, weight.IndicatorId);
                Number(hash, weight.Normalisation ?? double.NaN);
                Number(hash, weight.Weight ?? double.NaN);
            }
        }

        if (mapping is not null)
        {
            Text(hash, "mapping", Of(mapping));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    public static string Of(FlowMappingSet mapping)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Text(hash, "mapping/1", mapping.Name, mapping.Version);
        foreach (var row in mapping.Mappings)
        {
            Text(hash, row.SourceList, row.SourceId, row.SourceName, row.SourceContext, row.SourceUnit, row.TargetList, row.TargetId, row.TargetName, row.TargetContext, row.TargetUnit);
            Number(hash, row.Factor);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Text(IncrementalHash hash, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            Number(hash, bytes.Length);
            hash.AppendData(bytes);
        }
    }

    private static void Number(IncrementalHash hash, double value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value == 0 ? 0 : value);
        hash.AppendData(bytes);
    }
}
