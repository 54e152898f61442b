using System.Diagnostics;
using System.Security.Cryptography;

namespace Tanlu.Bench;

/// <summary>The generator itself: quick enough not to matter, and what the rows that use it may rely on.</summary>
internal sealed class GeneratorRow : BenchmarkRow
{
    private const long Rows = 1_000_000;
    private const double LimitSeconds = 5;

    public override string Name => "generate-1m";

    public override string Says => "1 000 000 activity rows from a seed, written to a file; limit 5 s";

    public override IReadOnlyList<Figure> Measure(BenchmarkRun run)
    {
        var path = Path.Combine(run.Folder, "activities.csv");
        var started = Stopwatch.GetTimestamp();
        ActivityFileContent content;
        using (var file = File.Create(path))
        {
            content = new ActivityRows(run.Seed).Write(file, Rows);
        }

        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        Require(content.Combinations >= 50_000, $"only {content.Combinations} combinations");
        Require(Math.Abs((content.Bad / (double)Rows) - 0.005) < 0.0005, $"{content.Bad} bad rows");
        Require(Math.Abs((content.Corrections / (double)Rows) - 0.01) < 0.001, $"{content.Corrections} corrections");
        using var again = new HashingStream();
        new ActivityRows(run.Seed).Write(again, Rows);
        using var first = File.OpenRead(path);
        Require(SHA256.HashData(first).AsSpan().SequenceEqual(again.Hash()), "the same seed gave other bytes");
        return [new Figure(Name, seconds, LimitSeconds, "s", "limit", Goal: 1, AtMost: true)];
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException("generate-1m: " + otherwise);
        }
    }

    /// <summary>Takes bytes only to hash them.</summary>
    private sealed class HashingStream : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public byte[] Hash() => _hash.GetHashAndReset();

        public override void Write(byte[] buffer, int offset, int count) => _hash.AppendData(buffer, offset, count);

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
