namespace Ovms.Language.Sampling;

/// <summary>
/// Log-probabilities of tokens under a row of raw logits: the log-softmax, before bias, penalties and temperature. One object serves one
/// sequence, as its buffers are its own.
/// </summary>
/// <param name="alternatives">How many of the most probable tokens are wanted beside the given one: 0 to 20.</param>
internal sealed class LogProbabilities(int alternatives)
{
    private readonly TopSelection? _top = alternatives > 0 ? new TopSelection(alternatives) : null;

    /// <summary>The log-probability of a token, chosen or given.</summary>
    /// <param name="row">Raw logits, which stay as they are.</param>
    /// <param name="id">An index of the row.</param>
    public TokenChoice Of(ReadOnlySpan<float> row, int id)
    {
        RowPeak peak = RowPeak.Of(row);
        if (peak.Fault != RowFault.None)
            return TokenChoice.Failed(peak.Fault);
        double logSum = peak.Value + Math.Log(Sum(row, peak.Value));
        return new TokenChoice(id, (float)(row[id] - logSum), Top(row, logSum));
    }

    private static double Sum(ReadOnlySpan<float> row, float peak)
    {
        double sum = 0;
        int length = Blocks.LengthOf(row.Length);
        for (int start = 0; start < row.Length; start += length)
        {
            sum += Exponential.Sum(row.Slice(start, Math.Min(length, row.Length - start)), peak);
        }

        return sum;
    }

    private TopLogProbs Top(ReadOnlySpan<float> row, double logSum)
    {
        if (_top is null)
            return default;
        _top.Read(row);

        // Few: each is put before those that are smaller. Equal ones stay in the order of the row.
        var entries = new TopLogProbs.Entry[_top.Ids.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            float value = (float)(_top.Values[i] - logSum);
            int place = i;
            for (; place > 0 && entries[place - 1].LogProbability < value; place--)
            {
                entries[place] = entries[place - 1];
            }

            entries[place] = new TopLogProbs.Entry(_top.Ids[i], value);
        }

        return new TopLogProbs(entries);
    }
}
