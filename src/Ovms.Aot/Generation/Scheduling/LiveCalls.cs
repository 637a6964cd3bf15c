using Ovms.Generation.Requests;
using Ovms.Status;

namespace Ovms.Generation.Scheduling;

/// <summary>
/// The calls that an engine works on, and how they end: with an event for each answer, unless the caller cancelled. Used by the engine's
/// thread.
/// </summary>
/// <param name="schedule">The calls' sequences.</param>
/// <param name="admission">Told of each sequence that ends.</param>
/// <param name="counts">The counts.</param>
internal sealed class LiveCalls(Schedule schedule, Admission admission, EngineCounts counts)
{
    private readonly HashSet<LiveCall> _calls = [];
    private readonly List<LiveCall> _news = [];
    private long _arrivals;
    private long _nextDeadline = long.MaxValue;

    /// <summary>Number of calls.</summary>
    public int Count => _calls.Count;

    /// <summary>Adds a call; its sequences wait.</summary>
    public void Add(LiveCall call)
    {
        call.Arrival = ++_arrivals;
        _calls.Add(call);
        _nextDeadline = Math.Min(_nextDeadline, call.Deadline);

        // On the stateful lane sequences cannot be copied: each answer computes the prompt.
        int answers = call.Request.Answers;
        call.Unforked = schedule.CanFork ? answers - 1 : 0;
        for (int i = 0; i < answers - call.Unforked; i++)
        {
            schedule.Add(schedule.New(call, i));
        }
    }

    /// <summary>Writes an event; <see cref="Flush"/> tells the reader.</summary>
    public void Write(LiveCall call, in TokenEvent item)
    {
        call.Call.Write(item);
        if (!call.HasNews)
        {
            call.HasNews = true;
            _news.Add(call);
        }
    }

    /// <summary>Tells the readers of all events since the last time.</summary>
    public void Flush()
    {
        foreach (LiveCall call in _news)
        {
            call.HasNews = false;
            call.Call.Flush();
        }

        _news.Clear();
    }

    /// <summary>Ends a sequence with its last event.</summary>
    public void End(Sequence sequence, in TokenEvent last)
    {
        LiveCall call = sequence.Owner;
        Write(call, last);
        Remove(sequence);
        if (call.Unforked > 0)
        {
            // It ended before the other answers began.
            for (int answer = call.Request.Answers - call.Unforked; answer < call.Request.Answers; answer++)
            {
                Write(call, TokenEvent.End(answer, last.Finish, last.Outcome));
            }

            LeaveUnforked(call);
        }

        CompleteIfEnded(call);
    }

    /// <summary>Ends a sequence without a token.</summary>
    public void End(Sequence sequence, Finish finish, Outcome outcome = default) =>
        End(sequence, TokenEvent.End(sequence.Answer, finish, outcome));

    /// <summary>Ends a sequence that has filled the whole cache: with what there is, or as failed if there is nothing.</summary>
    public void EndForMemory(Sequence sequence)
    {
        if (sequence.Generated > 0)
        {
            End(sequence, Finish.Memory);
            return;
        }

        int tokens = schedule.Cache!.Count * schedule.Cache.BlockTokens;
        End(
            sequence,
            Finish.Failed,
            Outcome.Fail(
                StatusCode.OutOfMemory,
                $"the KV cache holds {tokens} tokens, the prompt has {sequence.PromptLength}; shorten it, or raise cache_size"));
    }

    /// <summary>Ends all answers of all calls.</summary>
    public void EndAll(Outcome outcome)
    {
        foreach (LiveCall call in _calls.ToArray())
        {
            EndAll(call, outcome);
        }
    }

    /// <summary>Frees what cancelled calls and answers hold.</summary>
    public void EndCancelled()
    {
        foreach (LiveCall call in _calls.ToArray())
        {
            // Looked at first: a reader cancels the call after its answers, and a call whose answers have all ended was not cut off.
            bool isCancelled = call.Call.IsCancelled;
            foreach (int answer in call.Call.TakeUnwanted() ?? [])
            {
                EndUnwanted(call, answer);
            }

            if (isCancelled && call.Sequences.Count > 0)
            {
                counts.Cancelled();
                EndAll(call, Outcome.Fail(StatusCode.Cancelled));
            }
        }
    }

    /// <summary>Ends the calls whose time is over.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    public void EndLate(long now)
    {
        if (now < _nextDeadline)
        {
            return;
        }

        foreach (LiveCall call in _calls.Where(call => call.Deadline <= now).ToArray())
        {
            EndAll(call, call.Call.Late);
        }

        _nextDeadline = _calls.Select(static call => call.Deadline).DefaultIfEmpty(long.MaxValue).Min();
    }

    // Without an event: its reader has ended it. An answer has events only when it has a sequence of its own.
    private void EndUnwanted(LiveCall call, int answer)
    {
        if (call.Sequences.Find(sequence => sequence.Answer == answer) is { } sequence)
        {
            Remove(sequence);
            CompleteIfEnded(call);
        }
    }

    private void EndAll(LiveCall call, Outcome outcome)
    {
        foreach (Sequence sequence in call.Sequences.ToArray())
        {
            End(sequence, Finish.Failed, outcome);
        }
    }

    private void Remove(Sequence sequence)
    {
        sequence.HasEnded = true;
        schedule.Remove(sequence);
        sequence.Owner.Sequences.Remove(sequence);
        admission.Leave();
    }

    private void LeaveUnforked(LiveCall call)
    {
        for (; call.Unforked > 0; call.Unforked--)
        {
            admission.Leave();
        }
    }

    private void CompleteIfEnded(LiveCall call)
    {
        if (call.Sequences.Count == 0 && _calls.Remove(call))
        {
            call.Call.Complete();
        }
    }
}
