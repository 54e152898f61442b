using Tanlu.Kernel;

namespace Tanlu.Ledger;

/// <summary>A text of a chunk; <see cref="Length"/> 0 where there is none.</summary>
internal readonly record struct TextSpan(int Start, int Length);

/// <summary>An activity on its way into the book. Source and calculation are still numbers of the reader.</summary>
internal struct ActivityRow
{
    public int Row;
    public long Site;
    public int Source;
    public int Prepared;
    public double Quantity;
    public double Uncertainty;
    public TextSpan Evidence;
    public TextSpan Supplier;
    public TextSpan Note;
    public DataQuality Quality;

    /// <summary>The activity it takes back; batch 0 is this batch, row 0 none.</summary>
    public ActivityId Target;

    /// <summary>The first so many of its postings are its own; the rest take another activity back.</summary>
    public int OwnPostings;

    /// <summary>Postings in the chunk up to and including this row's.</summary>
    public int PostingsEnd;
}

/// <summary>A posting on its way into the book.</summary>
internal struct PostingRow
{
    public long Site;

    /// <summary>Id of the source; below 0 the complement of the reader's number.</summary>
    public long Source;

    /// <summary>Id of the calculation; below 0 the complement of the prepared activity's number.</summary>
    public long Calculation;

    public int Part;
    public PostingKey Key;
    public Month Month;
    public DataQuality Quality;
    public bool Evidenced;
    public Amounts Amounts;
}

/// <summary>
/// Rows that go into the book in one short transaction, as plain arrays: what the reading thread hands to the writing one. Reused.
/// </summary>
internal sealed class RowChunk
{
    private ActivityRow[] _activities = new ActivityRow[1024];
    private PostingRow[] _postings = new PostingRow[4096];
    private byte[] _texts = new byte[4096];
    private int _textLength;

    public int Count { get; private set; }

    public int PostingCount { get; private set; }

    /// <summary>Work in it, in rows: a combination never seen before costs as much as several rows.</summary>
    public int Weight => Count + (PostingCount / 2) + (8 * (NewPrepared.Count + NewSources.Count));

    public Span<ActivityRow> Activities => _activities.AsSpan(0, Count);

    public Span<PostingRow> Postings => _postings.AsSpan(0, PostingCount);

    /// <summary>Calculations and sources that stand in this chunk first.</summary>
    public List<PreparedActivity> NewPrepared { get; } = [];

    public List<(int Number, long Site, string Code)> NewSources { get; } = [];

    public ReadOnlySpan<byte> Text(TextSpan span) => _texts.AsSpan(span.Start, span.Length);

    public TextSpan Keep(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
        {
            return default;
        }

        if (_textLength + text.Length > _texts.Length)
        {
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _textLength + text.Length));
        }

        text.CopyTo(_texts.AsSpan(_textLength));
        _textLength += text.Length;
        return new TextSpan(_textLength - text.Length, text.Length);
    }

    /// <summary>The place of a new posting; it belongs to the next row that is added.</summary>
    public ref PostingRow AddPosting()
    {
        if (PostingCount == _postings.Length)
        {
            Array.Resize(ref _postings, PostingCount * 2);
        }

        return ref _postings[PostingCount++];
    }

    public void Add(in ActivityRow row)
    {
        if (Count == _activities.Length)
        {
            Array.Resize(ref _activities, Count * 2);
        }

        _activities[Count] = row;
        _activities[Count++].PostingsEnd = PostingCount;
    }

    /// <summary>Takes away postings that were added for a row that is not.</summary>
    public void Rewind(int postings) => PostingCount = postings;

    public void Clear()
    {
        (Count, PostingCount, _textLength) = (0, 0, 0);
        NewPrepared.Clear();
        NewSources.Clear();
    }
}
