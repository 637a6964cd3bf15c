using System.Buffers;

namespace Ovms.Language.Sampling;

/// <summary>
/// Chooses the tokens of one answer. It is not thread-safe, but any thread may call it. After construction a token allocates nothing,
/// except for the alternatives of log-probabilities, and where the penalties' counts double.
/// </summary>
internal sealed class Sampler
{
    private readonly SamplingRules _rules;
    private readonly int _answer;
    private readonly Penalties _penalties;
    private readonly TopSelection? _top;
    private readonly LogProbabilities? _logProbabilities;
    private int _generated;

    /// <summary>The sampler of an answer.</summary>
    /// <param name="rules">Rules that passed <see cref="SamplingRules.Check"/>.</param>
    /// <param name="answer">Which of the request's answers: each has its own random numbers.</param>
    /// <param name="prompt">The prompt's ids; they are only read here.</param>
    public Sampler(SamplingRules rules, int answer, ReadOnlySpan<int> prompt)
    {
        _rules = rules;
        _answer = answer;
        _penalties = new Penalties(rules, prompt);
        _top = !rules.IsGreedy && rules.TopK is > 0 and <= TopSelection.Most ? new TopSelection(rules.TopK) : null;
        _logProbabilities = rules.LogProbs >= 0 ? new LogProbabilities(rules.LogProbs) : null;
    }

    /// <summary>Chooses the next token and counts it in. Nothing is counted if the choice has a fault.</summary>
    /// <param name="row">
    /// The logits, one for each token of the model. They are overwritten: callers that sample several answers from one row copy it first.
    /// </param>
    public TokenChoice Next(Span<float> row)
    {
        TokenChoice choice = _logProbabilities is null ? Choose(row) : ChooseWithLogProbability(row, _logProbabilities);
        if (choice.Fault == RowFault.None)
            Replay(choice.Id);
        return choice;
    }

    /// <summary>Counts in a token that was chosen before, by a sampler with the same rules, answer and prompt.</summary>
    public void Replay(int id)
    {
        _penalties.Add(id);
        _generated++;
    }

    private TokenChoice ChooseWithLogProbability(Span<float> row, LogProbabilities logProbabilities)
    {
        // The choice overwrites the row. The pool keeps such an array for each thread, so that this is a copy and no allocation.
        float[] copy = ArrayPool<float>.Shared.Rent(row.Length);
        Span<float> raw = copy.AsSpan(0, row.Length);
        row.CopyTo(raw);
        TokenChoice choice = Choose(row);
        if (choice.Fault == RowFault.None)
            choice = logProbabilities.Of(raw, choice.Id);
        ArrayPool<float>.Shared.Return(copy);
        return choice;
    }

    private TokenChoice Choose(Span<float> row)
    {
        _penalties.Apply(row, _generated);
        RowPeak peak = RowPeak.Of(row);
        return peak.Fault != RowFault.None ? TokenChoice.Failed(peak.Fault)
            : new TokenChoice(_rules.IsGreedy ? peak.Index : Draw(row, peak), float.NaN, default);
    }

    private int Draw(Span<float> row, RowPeak peak)
    {
        Span<double> sums = stackalloc double[Blocks.Most];
        var random = new TokenRandom(_rules.Seed, _answer, _generated);
        if (_top is not null && _rules.TopK < row.Length)
        {
            _top.Read(row);
            int best = _top.Ids.IndexOf(peak.Index);
            var few = new ProbabilityRow(_top.Values, peak with { Index = best }, _rules.Temperature, sums);
            return _top.Ids[few.Draw(ref random, _rules.MinP, _rules.TopP)];
        }

        if (_rules.TopK > 0 && _rules.TopK < row.Length)
            TopMask.Apply(row, _rules.TopK);
        var all = new ProbabilityRow(row, peak, _rules.Temperature, sums);
        return all.Draw(ref random, _rules.MinP, _rules.TopP);
    }
}
