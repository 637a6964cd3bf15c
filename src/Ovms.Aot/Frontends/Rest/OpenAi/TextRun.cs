using System.Runtime.CompilerServices;
using Ovms.Generation.Requests;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>Reads the events of a call's generations and sends its answers, whole or as a stream.</summary>
/// <param name="context">The HTTP call.</param>
/// <param name="call">The request, whose generations are under way.</param>
/// <param name="form">Writes the answers.</param>
/// <param name="cutOff">Cancelled when the server stops waiting for answers.</param>
internal sealed class TextRun(HttpContext context, TextCall call, AnswerForm form, CancellationToken cutOff)
{
    // A caller learns by then that its request is taken; until then a failure is an answer of its own.
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(1);

    // From then on the timer must not begin the stream.
    private bool _isAnswered;

    /// <summary>Runs the call to its end. The generations have ended or are cancelled then.</summary>
    /// <returns>Ok, or why it failed.</returns>
    public async Task<Outcome> RunAsync(MemoryShare share)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, cutOff);
        try
        {
            return call.Fields.IsStream
                ? await StreamAsync(end.Token).ConfigureAwait(false)
                : await WholeAsync(share, end.Token).ConfigureAwait(false);
        }
        finally
        {
            call.Cancel();
        }
    }

    private async Task<Outcome> WholeAsync(MemoryShare share, CancellationToken end)
    {
        // Side by side: a stop text must be seen when it comes, not when the prompts before have their answers.
        Outcome[] ends = await Task.WhenAll(call.Prompts.Select(prompt => CollectAsync(prompt, end))).ConfigureAwait(false);
        Outcome generated = ends.FirstOrDefault(static outcome => !outcome.IsOk);
        if (context.RequestAborted.IsCancellationRequested)
        {
            RestReply.Gone(context);
            return Outcome.Fail(StatusCode.Cancelled);
        }

        if (!generated.IsOk)
        {
            await TextReply.ErrorAsync(context, generated).ConfigureAwait(false);
            return generated;
        }

        using NativeBuffer answer = new();
        form.WriteWhole(answer);
        Outcome room = share.TryHoldAnswer(answer.Length);
        if (!room.IsOk)
        {
            await TextReply.ErrorAsync(context, room).ConfigureAwait(false);
            return room;
        }

        return await RestReply.JsonAsync(context, answer).ConfigureAwait(false);
    }

    private async Task<Outcome> CollectAsync(TextPrompt prompt, CancellationToken end)
    {
        try
        {
            while (await prompt.Generation.WaitAsync(end).ConfigureAwait(false))
            {
                while (prompt.Generation.TryRead(out TokenEvent item))
                {
                    if (item.Finish == Finish.Failed)
                    {
                        call.Cancel();
                        return item.Outcome;
                    }

                    Take(prompt, item);
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

    private async Task<Outcome> StreamAsync(CancellationToken end)
    {
        EventStream stream = new(context, call.Cancel);
        await using ConfiguredAsyncDisposable streamEnd = stream.ConfigureAwait(false);
        using Timer silence = new(_ => Begin(stream), null, s_silence, Timeout.InfiniteTimeSpan);
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
                stream.Send();
            }
            else if (isStarted)
            {
                AnswerForm.WriteFailure(stream.Pending, failure);
                stream.Send();
            }
        }

        if (context.RequestAborted.IsCancellationRequested)
        {
            RestReply.Gone(context);
            return Outcome.Fail(StatusCode.Cancelled);
        }

        if (!failure.IsOk && !isStarted)
        {
            await TextReply.ErrorAsync(context, failure).ConfigureAwait(false);
        }
        else if (!failure.IsOk)
        {
            context.Features.Set(new RestFailure(failure.Text));
        }

        return failure;
    }

    private void Begin(EventStream stream)
    {
        lock (stream.Gate)
        {
            if (!_isAnswered && !context.RequestAborted.IsCancellationRequested)
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

    // All events that are there become one piece of the response for each choice that they belong to.
    private Outcome Write(EventStream stream, TextPrompt prompt)
    {
        lock (stream.Gate)
        {
            while (prompt.Generation.TryRead(out TokenEvent item))
            {
                if (item.Finish == Finish.Failed)
                {
                    return item.Outcome;
                }

                Take(prompt, item);
            }

            foreach (ChoiceText choice in prompt.Choices)
            {
                if (choice.TryTakeNews())
                {
                    BeginHeld(stream);
                    form.WriteChunk(stream.Pending, prompt, choice);
                    choice.Clear();
                }
            }

            stream.Send();
            return Outcome.Ok;
        }
    }

    private static void Take(TextPrompt prompt, in TokenEvent item)
    {
        if (item.PromptIndex >= 0)
        {
            foreach (ChoiceText choice in prompt.Choices)
            {
                choice.TakePrompt(item.Choice);
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
