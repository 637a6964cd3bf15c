using System.Runtime.CompilerServices;
using Ovms.Generation.Requests;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Reads the events of a call's generations and sends its answers, whole or as a stream.</summary>
/// <param name="exchange">The HTTP call.</param>
/// <param name="call">The request, whose generations are under way.</param>
/// <param name="form">Writes the answers.</param>
/// <param name="clock">The source of time.</param>
internal sealed class TextRun(TextExchange exchange, TextCall call, AnswerForm form, TimeProvider clock)
{
    // A caller learns by then that its request is taken; until then a failure is an answer of its own.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    private readonly HttpContext _context = exchange.Context;

    // Bytes of a whole answer that are made so far. Answers to several prompts grow side by side.
    private readonly Lock _growing = new();
    private long _grown;

    // From then on the timer must not begin the stream.
    private bool _isAnswered;

    /// <summary>Runs the call to its end. The generations have ended or are cancelled then.</summary>
    /// <returns>Ok, or why it failed.</returns>
    public async Task<Outcome> RunAsync()
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(_context.RequestAborted, exchange.CutOff);
        try
        {
            return call.Fields.IsStream
                ? await StreamAsync(end.Token).ConfigureAwait(false)
                : await WholeAsync(end.Token).ConfigureAwait(false);
        }
        finally
        {
            call.Cancel();
        }
    }

    private async Task<Outcome> WholeAsync(CancellationToken end)
    {
        // Side by side: a stop text must be seen when it comes, not when the prompts before have their answers.
        Outcome[] ends = await Task.WhenAll(call.Prompts.Select(prompt => CollectAsync(prompt, end))).ConfigureAwait(false);
        Outcome generated = ends.FirstOrDefault(static outcome => !outcome.IsOk);
        if (_context.RequestAborted.IsCancellationRequested)
        {
            RestReply.Gone(_context);
            return Outcome.Fail(StatusCode.Cancelled);
        }

        if (!generated.IsOk)
        {
            await exchange.ErrorAsync(generated).ConfigureAwait(false);
            return generated;
        }

        using NativeBuffer answer = new();
        form.WriteWhole(answer);
        Outcome room = exchange.Share.TryHoldAnswer(_grown + answer.Length);
        if (!room.IsOk)
        {
            await exchange.ErrorAsync(room).ConfigureAwait(false);
            return room;
        }

        return await exchange.SendAsync(answer).ConfigureAwait(false);
    }

    private async Task<Outcome> CollectAsync(TextPrompt prompt, CancellationToken end)
    {
        long grown = 0;
        try
        {
            while (await prompt.Generation.WaitAsync(end).ConfigureAwait(false))
            {
                Outcome taken = TakeAll(prompt) is { IsOk: false } failed ? failed : Hold(prompt, ref grown);
                if (!taken.IsOk)
                {
                    call.Cancel();
                    return taken;
                }

                if (prompt.Choices.All(static choice => choice.Finish is not null))
                {
                    break;
                }
            }

            return Outcome.Ok;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.ServerShuttingDown);
        }
    }

    // The call's memory counts the answers while they grow, not only when they are whole.
    private Outcome Hold(TextPrompt prompt, ref long grown)
    {
        long bytes = 0;
        foreach (ChoiceText choice in prompt.Choices)
        {
            bytes += choice.Bytes;
        }

        if (bytes <= grown)
        {
            return Outcome.Ok;
        }

        lock (_growing)
        {
            _grown += bytes - grown;
            grown = bytes;
            return exchange.Share.TryHoldAnswer(_grown);
        }
    }

    private async Task<Outcome> StreamAsync(CancellationToken end)
    {
        EventStream stream = new(_context, call.Cancel, clock);
        Outcome outcome;
        await using (stream.ConfigureAwait(false))
        {
            outcome = await StreamAsync(stream, end).ConfigureAwait(false);
        }

        // A caller that stops reading is cut off while the rest is sent.
        return outcome.IsOk && stream.IsBroken ? Outcome.Fail(StatusCode.Cancelled) : outcome;
    }

    private async Task<Outcome> StreamAsync(EventStream stream, CancellationToken end)
    {
        // The timer's end waits for a callback that runs, also after an exception: that must not write to a stream that is gone.
        ITimer silence = clock.CreateTimer(_ => Begin(stream), null, s_silence, Timeout.InfiniteTimeSpan);
        await using ConfiguredAsyncDisposable _ = silence.ConfigureAwait(false);
        Outcome[] ends = await Task.WhenAll(call.Prompts.Select(prompt => PumpAsync(stream, prompt, end))).ConfigureAwait(false);
        Outcome failure = ends.FirstOrDefault(static outcome => !outcome.IsOk);
        bool isStarted;
        lock (stream.Gate)
        {
            _isAnswered = true;
            isStarted = stream.IsStarted;
            if (failure.IsOk)
            {
                BeginHeld(stream);
                form.WriteEnd(stream.Pending);
                EndIfSent(stream, Outcome.Ok);
                stream.Send();
            }
            else if (isStarted)
            {
                AnswerForm.WriteFailure(stream.Pending, failure);
                EndIfSent(stream, failure);
                stream.Send();
            }
        }

        if (_context.RequestAborted.IsCancellationRequested)
        {
            RestReply.Gone(_context);
            return Outcome.Fail(StatusCode.Cancelled);
        }

        if (!failure.IsOk && !isStarted)
        {
            await exchange.ErrorAsync(failure).ConfigureAwait(false);
        }
        else if (!failure.IsOk)
        {
            _context.Features.Set(new RestFailure(failure.Text));
        }

        return failure;
    }

    // A caller that has the last event finds the call counted; only a long rest can break off before it is sent.
    private void EndIfSent(EventStream stream, Outcome outcome)
    {
        if (!stream.IsBroken && !_context.RequestAborted.IsCancellationRequested && stream.Pending.Length <= AnswerPace.UnflushedLimit)
        {
            exchange.Meter.End(outcome);
        }
    }

    private void Begin(EventStream stream)
    {
        lock (stream.Gate)
        {
            if (!_isAnswered && !_context.RequestAborted.IsCancellationRequested)
            {
                BeginHeld(stream);
                stream.Send();
            }
        }
    }

    private void BeginHeld(EventStream stream)
    {
        if (!stream.IsStarted)
        {
            stream.Start();
            form.WriteBegin(stream.Pending);
        }
    }

    private async Task<Outcome> PumpAsync(EventStream stream, TextPrompt prompt, CancellationToken end)
    {
        try
        {
            while (await prompt.Generation.WaitAsync(end).ConfigureAwait(false))
            {
                Outcome written = Write(stream, prompt);
                if (!written.IsOk)
                {
                    call.Cancel();
                    return written;
                }

                if (prompt.Choices.All(static choice => choice.Finish is not null))
                {
                    break;
                }
            }

            return stream.IsBroken ? Outcome.Fail(StatusCode.Cancelled) : Outcome.Ok;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.ServerShuttingDown);
        }
    }

    // All events that are there become one piece of the response for each choice that they belong to. What came before a failure is sent,
    // unless the failure can still be an answer of its own.
    private Outcome Write(EventStream stream, TextPrompt prompt)
    {
        lock (stream.Gate)
        {
            Outcome failure = TakeAll(prompt);
            if (!failure.IsOk && !stream.IsStarted)
            {
                return failure;
            }

            foreach (ChoiceText choice in prompt.Choices)
            {
                if (choice.TryTakeNews())
                {
                    BeginHeld(stream);
                    form.WriteChunk(stream.Pending, prompt, choice);
                    exchange.Meter.Responded();
                    choice.Clear();
                }
            }

            stream.Send();
            return failure;
        }
    }

    // Up to a failure, which is returned.
    private static Outcome TakeAll(TextPrompt prompt)
    {
        while (prompt.Generation.TryRead(out TokenEvent item))
        {
            if (item.Finish == Finish.Failed)
            {
                return item.Outcome;
            }

            Take(prompt, item);
        }

        return Outcome.Ok;
    }

    private static void Take(TextPrompt prompt, in TokenEvent item)
    {
        if (item.PromptIndex >= 0)
        {
            foreach (ChoiceText choice in prompt.Choices)
            {
                choice.TakePrompt(item.PromptIndex, item.Choice);
            }

            return;
        }

        // A stop text ends the answer; the engine learns it here.
        if (prompt.Choices[item.Answer].Take(item))
        {
            prompt.Generation.CancelAnswer(item.Answer);
        }
    }
}
