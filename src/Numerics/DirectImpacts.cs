namespace Tanlu.Numerics;

/// <summary>What every process causes itself, by indicator.</summary>
public static class DirectImpacts
{
    /// <summary>(C B)ᵀ, process by process, as many indicators a process as C has rows.</summary>
    /// <param name="interventions">B, flows × processes.</param>
    /// <param name="characterisation">C, indicators × flows; flows beyond its columns have no factor.</param>
    public static double[] Of(SparseMatrix interventions, SparseMatrix characterisation)
    {
        var k = characterisation.Rows;
        var direct = new double[interventions.Columns * k];
        for (var process = 0; process < interventions.Columns; process++)
        {
            var flows = interventions.RowsOf(process);
            var amounts = interventions.ValuesOf(process);
            var own = direct.AsSpan(process * k, k);
            for (var i = 0; i < flows.Length; i++)
            {
                if (flows[i] >= characterisation.Columns)
                {
                    continue;
                }

                var indicators = characterisation.RowsOf(flows[i]);
                var factors = characterisation.ValuesOf(flows[i]);
                for (var j = 0; j < indicators.Length; j++)
                {
                    own[indicators[j]] += factors[j] * amounts[i];
                }
            }
        }

        return direct;
    }
}
