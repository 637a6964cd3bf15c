using Ovms.Generation;
using Ovms.Serving.Loading;
using Ovms.Status;

namespace Ovms.Frontends.Rest.OpenAi;

/// <summary>A request for text and its model, which is leased until the request is answered.</summary>
/// <param name="Context">The HTTP call.</param>
/// <param name="Fields">The request's fields.</param>
/// <param name="Name">The model's name as the caller wrote it.</param>
/// <param name="Language">The model.</param>
/// <param name="Share">Counts the memory of the call.</param>
/// <param name="CutOff">Cancelled when the server stops waiting for answers.</param>
internal sealed record TextExchange(
    HttpContext Context, RequestFields Fields, string Name, LanguageModel Language, MemoryShare Share, CancellationToken CutOff)
{
    /// <summary>Reads a request, generates, and sends the answers.</summary>
    /// <param name="read">Reads the request and records the first fault in <see cref="Fields"/>.</param>
    /// <param name="start">Starts the generations.</param>
    /// <param name="form">Makes the writer of the answers.</param>
    public async Task GenerateAsync<TRequest>(
        Func<RequestFields, LanguageSettings, TRequest> read,
        Func<TextExchange, TRequest, Task<Outcome<TextCall>>> start,
        Func<TextCall, AnswerForm> form)
    {
        TRequest request = read(Fields, Language.Settings);
        if (!Fields.Fault.IsOk)
        {
            await RestReply.ErrorAsync(Context, Fields.Fault).ConfigureAwait(false);
            return;
        }

        Outcome<TextCall> started = await start(this, request).ConfigureAwait(false);
        if (!started.IsOk)
        {
            await TextReply.ErrorAsync(Context, started.WithoutValue, Language.Engine.RetryAfter).ConfigureAwait(false);
            return;
        }

        TextRun run = new(Context, started.Value, form(started.Value), CutOff);
        await run.RunAsync(Share).ConfigureAwait(false);
    }
}
