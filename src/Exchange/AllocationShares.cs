namespace Tanlu.Exchange;

/// <summary>Looks at the shares that a dataset gives for one exchange: they must sum to one, and none may be negative (ISO 14044:2006, 4.3.4.1).</summary>
internal static class AllocationShares
{
    private const double Near = 1e-6;

    public static void Note(IEnumerable<AllocationShare> shares, string dataset, int line, string field, Reading reading)
    {
        var (sum, count) = (0.0, 0);
        foreach (var share in shares)
        {
            sum += share.Share;
            count++;
            if (share.Share < 0)
            {
                reading.Note("lca_allocation_negative", dataset, line, field, $"{share.Share * 100:0.######} %");
            }
        }

        if (count > 0 && Math.Abs(sum - 1) > Near)
        {
            reading.Note("lca_allocation_sum", dataset, line, field, $"{sum * 100:0.######} %");
        }
    }
}
