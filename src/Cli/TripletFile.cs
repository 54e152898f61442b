using System.Buffers.Text;
using Tanlu.Numerics;

namespace Tanlu.Cli;

/// <summary>A matrix as CSV: <c>row,col,value</c>, zero-based, and <c>sigma</c> where its entries are uncertain. Values come back to the last bit.</summary>
internal static class TripletFile
{
    private const int Full = 1 << 16;

    // Two whole numbers, two doubles in their shortest form, separators.
    private const int LongestLine = 128;

    public static void Write(string path, Triplets matrix)
    {
        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1);
        var uncertain = matrix.Sigma.Length > 0;
        file.Write(uncertain ? "row,col,value,sigma\n"u8 : "row,col,value\n"u8);
        var buffer = new byte[Full + LongestLine];
        var at = 0;
        for (var entry = 0; entry < matrix.Count; entry++)
        {
            Put(matrix.Row[entry]);
            buffer[at++] = (byte)',';
            Put(matrix.Column[entry]);
            buffer[at++] = (byte)',';
            PutValue(matrix.Value[entry]);
            if (uncertain)
            {
                buffer[at++] = (byte)',';
                PutValue(matrix.Sigma[entry]);
            }

            buffer[at++] = (byte)'\n';
            if (at >= Full)
            {
                file.Write(buffer, 0, at);
                at = 0;
            }
        }

        file.Write(buffer, 0, at);

        void Put(int number)
        {
            Utf8Formatter.TryFormat(number, buffer.AsSpan(at), out var written);
            at += written;
        }

        void PutValue(double number)
        {
            Utf8Formatter.TryFormat(number, buffer.AsSpan(at), out var written);
            at += written;
        }
    }
}
