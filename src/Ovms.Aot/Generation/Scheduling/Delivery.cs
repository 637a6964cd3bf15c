using Ovms.Generation.Requests;
using Ovms.Generation.Steps;
using Ovms.Language.Sampling;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// What follows a step that was computed: the sequences advance, their next tokens are chosen, and their callers get them. Used by the
/// engine's thread.
/// </summary>
/// <param name="runner">Has the rows of logits.</param>
/// <param name="schedule">Copies sequences whose prompt is computed.</param>
/// <param name="calls">Receives the events.</param>
/// <param name="counts">The counts.</param>
/// <param name="clock">The source of time.</param>
internal sealed class Delivery(IStepRunner runner, Schedule schedule, LiveCalls calls, EngineCounts counts, TimeProvider clock)
{
    private readonly RowSampling _sampling = new(runner);
    private readonly List<Sequence> _forks = [];
    private float[] _copy = [];

    /// <summary>Delivers a step. The rows of logits are those of these parts.</summary>
    public void Deliver(ReadOnlySpan<StepPart> parts)
    {
        int row = 0;
        _sampling.Clear();
        foreach (StepPart part in parts)
        {
            Sequence sequence = part.Sequence;
            int from = sequence.Computed;
            sequence.Advance(part.Count);
            if (sequence.WantsAllRows && part.Rows > 0)
            {
                ReportPrompt(sequence, sequence.Computed - part.Rows, row, part.Rows);
            }

            row += part.Rows;
            if (sequence.HasEnded || sequence.Computed < sequence.Length)
            {
                continue;
            }

            if (sequence.Owner.Request.MaxTokens == 0)
            {
                calls.End(sequence, Finish.Length);
            }
            else
            {
                _sampling.Add(sequence, row - 1);
            }
        }

        _sampling.Run();
        long now = clock.GetTimestamp();
        foreach (SampledRow sampled in _sampling.Rows)
        {
            if (sampled.Sequence.WillFork)
            {
                Fork(sampled.Sequence, sampled.Row, now);
            }
            else
            {
                Take(sampled.Sequence, sampled.Choice, now);
            }
        }

        _sampling.Clear();
    }

    private void ReportPrompt(Sequence sequence, int first, int row, int rows)
    {
        LogProbabilities probabilities = new(sequence.Owner.Request.PromptLogProbs);
        int to = Math.Min(first + rows, sequence.PromptLength - 1);

        // The row of a token tells of the next one.
        for (int i = Math.Max(first, sequence.Reported - 1); i < to; i++)
        {
            TokenChoice choice = probabilities.Of(runner.Logits(row + i - first), sequence.Ids[i + 1]);
            if (choice.Fault != RowFault.None)
            {
                Fail(sequence, choice.Fault);
                return;
            }

            calls.Write(sequence.Owner, TokenEvent.OfPrompt(i + 1, choice));
            sequence.Reported = i + 2;
        }
    }

    // All answers choose their first token from the prompt's row.
    private void Fork(Sequence sequence, int row, long now)
    {
        Span<float> logits = runner.Logits(row);
        if (_copy.Length < logits.Length)
        {
            _copy = new float[logits.Length];
        }

        // All copies are made before the first of them may end.
        _forks.Clear();
        while (sequence.WillFork)
        {
            _forks.Add(schedule.Fork(sequence, sequence.Owner.Request.Answers - sequence.Owner.Unforked));
        }

        Span<float> copy = _copy.AsSpan(0, logits.Length);
        foreach (Sequence fork in _forks)
        {
            logits.CopyTo(copy);
            Take(fork, fork.Sampler.Next(copy), now);
        }

        _forks.Clear();
        Take(sequence, sequence.Sampler.Next(logits), now);
    }

    private void Take(Sequence sequence, TokenChoice choice, long now)
    {
        if (choice.Fault != RowFault.None)
        {
            Fail(sequence, choice.Fault);
            return;
        }

        GenerationRequest request = sequence.Owner.Request;
        sequence.Append(choice.Id);
        counts.Generated(sequence.Generated == 1, now - (sequence.Generated == 1 ? sequence.Owner.Submitted : sequence.LastToken));
        sequence.LastToken = now;
        Finish finish = request.EndIds.AsSpan().Contains(choice.Id) ? Finish.Stop
            : sequence.Generated >= request.MaxTokens ? Finish.Length
            : Finish.None;
        TokenEvent item = TokenEvent.Of(sequence.Answer, choice, finish);
        if (finish == Finish.None)
        {
            calls.Write(sequence.Owner, item);
        }
        else
        {
            calls.End(sequence, item);
        }
    }

    private void Fail(Sequence sequence, RowFault fault)
    {
        if (fault == RowFault.NothingAllowed)
        {
            Outcome outcome = Outcome.Fail(
                StatusCode.GenerationInvalid, "the request's logit_bias and min_tokens leave no token to choose");
            calls.End(sequence, Finish.Failed, outcome);
            return;
        }

        // What the cache holds of it may be no numbers either.
        sequence.Blocks?.Withdraw();
        sequence.States?.Withdraw(sequence.Computed);
        calls.End(
            sequence, Finish.Failed, Outcome.Fail(StatusCode.InternalInferenceError, "the model computed logits that are not numbers"));
    }
}
