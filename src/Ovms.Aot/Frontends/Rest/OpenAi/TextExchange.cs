using Ovms.Generation;
using Ovms.Serving.Loading;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request for text and its model, which is leased until the request is answered.</summary>
/// <param name="Context">The HTTP call.</param>
/// <param name="Fields">The request's fields.</param>
/// <param name="Name">The model's name as the caller wrote it.</param>
/// <param name="Language">The model.</param>
/// <param name="Meter">Counts the call.</param>
/// <param name="Share">Counts the memory of the call.</param>
/// <param name="CutOff">Cancelled when the server stops waiting for answers.</param>
internal sealed record TextExchange(
    HttpContext Context, RequestFields Fields, string Name, LanguageModel Language, TextMeter Meter, MemoryShare Share,
    CancellationToken CutOff)
{
    /// <summary>The source of time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Reads a request, generates, and sends the answers.</summary>
    /// <param name="read">Reads the request and records the first fault in <see cref="Fields"/>.</param>
    /// <param name="start">Starts the generations.</param>
    /// <param name="form">Makes the writer of the answers.</param>
    public async Task GenerateAsync<TRequest>(
        Func<RequestFields, LanguageSettings, TRequest> read,
        Func<TextExchange, TRequest, Task<Outcome<TextCall>>> start,
        Func<TextCall, AnswerForm> form)
    {
        Outcome<TextCall> started;
        Language.Engine.Announce();
        try
        {
            TRequest request = read(Fields, Language.Settings);
            started = Fields.Fault.IsOk ? await start(this, request).ConfigureAwait(false) : Fields.Fault;
        }
        finally
        {
            Language.Engine.EndAnnouncement();
        }

        if (!started.IsOk)
        {
            await ErrorAsync(started.WithoutValue).ConfigureAwait(false);
            return;
        }

        Meter.Accepted(started.Value);
        TextRun run = new(this, started.Value, form(started.Value), Clock);
        Meter.End(await run.RunAsync().ConfigureAwait(false));
    }

    /// <summary>Sends an answer that was made without generating.</summary>
    public Task<Outcome> AnswerAsync(NativeBuffer answer)
    {
        Meter.Accepted();
        return SendAsync(answer);
    }

    /// <summary>Sends a whole answer. A caller that has it finds the call counted; only a large answer can break off before.</summary>
    /// <returns>Ok, or why the caller does not have it.</returns>
    public async Task<Outcome> SendAsync(NativeBuffer answer)
    {
        Meter.Responded();
        if (answer.Length <= AnswerPace.UnflushedLimit)
        {
            Meter.End(Outcome.Ok);
        }

        Outcome sent = await RestReply.JsonAsync(Context, answer).ConfigureAwait(false);
        sent = sent.IsOk && Context.RequestAborted.IsCancellationRequested ? Outcome.Fail(StatusCode.Cancelled) : sent;
        Meter.End(sent);
        return sent;
    }

    /// <summary>Sends a failure.</summary>
    public Task ErrorAsync(Outcome failure)
    {
        Meter.End(failure);
        return TextReply.ErrorAsync(Context, failure, Language.Engine.RetryAfter);
    }
}
