using Ovms.Frontends.Rest.Body;
using Ovms.Inference;
using Ovms.Serving.Draining;
using Ovms.Serving.Signatures;
using Ovms.Serving.Table;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>The inference path: read, run, write, and give the engine's memory back before the first byte waits for the network.</summary>
internal sealed class InferRoute(
    InferForm form, ServableRegistry registry, CallCounts counts, Drain drain, InferenceCall call, RestSettings settings)
{
    /// <summary>Length of the JSON where tensors follow it, in requests and answers.</summary>
    public const string LengthHeader = "Inference-Header-Content-Length";

    /// <summary>Answers one inference.</summary>
    public async Task InferAsync(HttpContext context, RestTarget target)
    {
        CancellationToken gone = context.RequestAborted;

        // A caller who names nothing that is served learns it before the body was read.
        Outcome<(ModelEntry Model, VersionEntry Version)> found = registry.Find(target.Model, target.Version);
        if (!found.IsOk)
        {
            CountFailed(target);
            await RestReply.ErrorAsync(context, found.WithoutValue).ConfigureAwait(false);
            return;
        }

        // What calls leave unsaid is as the model was loaded; the size of a batch can be told from the length of a body.
        Servable servable = found.Value.Version.Servable!;
        Signature signature = servable.Variants is { IsBatch: true } ? servable.Accepted : servable.Signature;
        using MemoryShare share = new MemoryShare().Of(settings.Memory.For(context));
        BodyBounds bounds = new(settings.MaxBodyBytes, share, settings.Arrival, drain.Draining);
        Outcome<InferDocument> read = await ReadAsync(context.Request, target, signature, bounds, gone).ConfigureAwait(false);
        if (!read.IsOk)
        {
            CountFailed(target);
            if (read.Code == StatusCode.RestUnsupportedEncoding)
            {
                context.Response.Headers.AcceptEncoding = RequestCoding.Supported;
            }

            await RestReply.ErrorAsync(context, read.WithoutValue).ConfigureAwait(false);
            return;
        }

        read.Value.Message.AnswerRoom = share.AnswerRoom;
        Outcome<InferResult> run = await call.RunAsync(read.Value.Message, gone).ConfigureAwait(false);
        if (gone.IsCancellationRequested)
        {
            run.Value?.Dispose();
            CallSubject.Keep(context, target.Model, target.Version, read.Value.Message.Id);
            RestReply.Gone(context);
            return;
        }

        if (!run.IsOk)
        {
            CallSubject.Keep(context, target.Model, target.Version, read.Value.Message.Id);
            await RestReply.ErrorAsync(context, run.WithoutValue).ConfigureAwait(false);
            return;
        }

        drain.Answers.Begin();
        try
        {
            (Outcome Written, NativeBuffer Answer, int? JsonLength) written = Write(read.Value, run.Value, share);
            using NativeBuffer answer = written.Answer;
            await (written.Written.IsOk ? SendAsync(context, answer, written.JsonLength) : RestReply.ErrorAsync(context, written.Written)).ConfigureAwait(false);
        }
        finally
        {
            drain.Answers.End();
        }
    }

    private async ValueTask<Outcome<InferDocument>> ReadAsync(HttpRequest request, RestTarget target, Signature signature, BodyBounds bounds, CancellationToken gone)
    {
        try
        {
            return await form.ReadAsync(request, target, signature, bounds, gone).ConfigureAwait(false);
        }
        catch
        {
            CountFailed(target);
            throw;
        }
    }

    private void CountFailed(RestTarget target) => counts.Count(form.Kind, target.Model, target.Version, isSuccess: false);

    // The result ends here, before anything is sent.
    private (Outcome Written, NativeBuffer Answer, int? JsonLength) Write(InferDocument document, InferResult result, MemoryShare share)
    {
        using (result)
        {
            int length = form.EstimateLength(document, result);
            Outcome room = share.TryHoldAnswer(length);
            NativeBuffer answer = new(room.IsOk ? length : 0);
            try
            {
                int? jsonLength = null;
                Outcome written = room.IsOk ? form.Write(answer, document, result, out jsonLength) : room;

                // Numbers may have longer texts than expected, and strings were not counted.
                written = written.IsOk ? share.TryHoldAnswer(answer.Length) : written;
                if (!written.IsOk)
                {
                    result.Refuse();
                }

                return (written, answer, jsonLength);
            }
            catch
            {
                result.Refuse();
                answer.Dispose();
                throw;
            }
        }
    }

    private static async Task SendAsync(HttpContext context, NativeBuffer answer, int? jsonLength)
    {
        if (jsonLength is { } length)
        {
            context.Response.Headers[LengthHeader] = length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (AnswerCoding.Choose(context.Request.Headers.AcceptEncoding, answer.Length) is { } coding)
        {
            context.Response.Headers.ContentEncoding = coding;
            using NativeBuffer packed = AnswerCoding.Compress(answer, coding);
            await RestReply.JsonAsync(context, packed).ConfigureAwait(false);
            return;
        }

        await RestReply.JsonAsync(context, answer).ConfigureAwait(false);
    }
}
