using System.Buffers;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>Sends answers: empty, JSON, or why there is none.</summary>
internal static class RestReply
{
    /// <summary>Media type of every answer with a body, also of those with tensor bytes after the JSON: as users of the original know it.</summary>
    public const string Json = "application/json";

    // Bytes handed to the transport between two flushes: a caller who reads slowly holds that much of its buffers, not the whole answer.
    private const int Chunk = 64 << 10;

    // What waits for a load or a queue is worth another try soon.
    private const string RetrySeconds = "1";

    /// <summary>200 without a body.</summary>
    public static Task EmptyAsync(HttpContext context)
    {
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>Sends a failure as <c>{"error":"text"}</c> with the status its code stands for.</summary>
    public static Task ErrorAsync(HttpContext context, Outcome failure, CallSubject? subject = null)
    {
        int status = failure.Code.ToHttp();
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetrySeconds;
        }

        if (failure.Code is StatusCode.ServerShuttingDown or StatusCode.RequestTooSlow or StatusCode.TooManyConnections)
        {
            // What is left of the request is not waited for, and no other one comes over this connection.
            context.Response.Headers.Connection = "close";
        }

        return ErrorAsync(context, status, failure.Text, subject);
    }

    /// <summary>There is nobody to answer: what would have been said is kept for the log.</summary>
    public static void Gone(HttpContext context, CallSubject? subject = null)
    {
        context.Features.Set(new RestFailure(StatusCode.Cancelled.Message(), subject));
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    /// <summary>Sends a failure under a status of its own.</summary>
    public static async Task ErrorAsync(HttpContext context, int status, string text, CallSubject? subject = null)
    {
        using NativeBuffer body = new();
        WriteError(body, text);
        context.Response.StatusCode = status;
        context.Features.Set(new RestFailure(text, subject));
        await JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Writes what an error is told as.</summary>
    public static void WriteError(NativeBuffer body, string text)
    {
        body.Raw("{\"error\":"u8);
        body.Text(text);
        body.Raw("}"u8);
    }

    /// <summary>Sends a whole body as its caller takes it; the buffer stays the caller's.</summary>
    public static async Task JsonAsync(HttpContext context, NativeBuffer body)
    {
        HttpResponse response = context.Response;
        response.ContentType = Json;
        response.ContentLength = body.Length;
        bool goesOn = true;
        for (int sent = 0; sent < body.Length && goesOn; sent += Chunk)
        {
            response.BodyWriter.Write(body.Bytes.Slice(sent, Math.Min(Chunk, body.Length - sent)));
            goesOn = await FlushAsync(context).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until the caller has taken what was written of an answer; breaks the answer off where the caller does not.</summary>
    /// <returns>Whether the answer goes on.</returns>
    public static async ValueTask<bool> FlushAsync(HttpContext context)
    {
        Outcome taken = await AnswerPace.Of(context).FlushAsync(context).ConfigureAwait(false);
        if (!taken.IsOk)
        {
            // The caller must not take what came for the whole.
            context.Features.Set(new RestFailure(taken.Text));
            context.Abort();
        }

        return taken.IsOk;
    }
}

/// <summary>What a caller was told instead of an answer, or why the answer broke off, kept with the call for the log.</summary>
/// <param name="Text">The sentence.</param>
/// <param name="Subject">What the call was about; null where it did not get further than its path.</param>
internal sealed record RestFailure(string Text, CallSubject? Subject = null);
