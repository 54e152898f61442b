using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Tanlu.Numerics;

namespace Tanlu.Products;

/// <summary>The canonical SHA-256 of a product system: numbers as little-endian bits, texts as length and UTF-8, in the order of the matrices.</summary>
internal static class SystemHash
{
    public static string Of(ProductSystem system)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, "tanlu product system 1");
        foreach (var process in system.Processes)
        {
            Add(hash, process.Id);
            Add(hash, process.Version);
            Add(hash, process.FlowId);
            Add(hash, process.Unit);
        }

        foreach (var flow in system.Flows)
        {
            Add(hash, flow.Flow.Id);
            Add(hash, flow.Flow.Unit);
            Add(hash, flow.Input ? "input" : "output");
        }

        Add(hash, system.A);
        Add(hash, system.B);
        var rules = system.Rules;
        Add(hash, $"{rules.System?.Id} {rules.NamedProviders} {rules.SameLocation} {rules.Markets} {rules.Otherwise} {rules.CoProducts} {rules.PhysicalProperty} {rules.WhereNotPossible}");
        Add(hash, $"{rules.Infrastructure} {rules.FlowRows} {rules.StoredAmounts} {rules.OwnProduct} {rules.Declarations}");
        foreach (var parameter in system.Parameters)
        {
            Add(hash, parameter.ProcessId ?? "");
            Add(hash, parameter.Name);
            Add(hash, parameter.Value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, SparseMatrix matrix)
    {
        Add(hash, matrix.Rows);
        Add(hash, matrix.Columns);
        for (var column = 0; column < matrix.Columns; column++)
        {
            var rows = matrix.RowsOf(column);
            var values = matrix.ValuesOf(column);
            Add(hash, rows.Length);
            if (BitConverter.IsLittleEndian)
            {
                hash.AppendData(MemoryMarshal.AsBytes(rows));
                hash.AppendData(MemoryMarshal.AsBytes(values));
                continue;
            }

            for (var i = 0; i < rows.Length; i++)
            {
                Add(hash, rows[i]);
            }

            for (var i = 0; i < rows.Length; i++)
            {
                Add(hash, values[i]);
            }
        }
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Add(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }

    private static void Add(IncrementalHash hash, double number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
