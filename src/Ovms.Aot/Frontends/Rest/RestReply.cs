using System.Buffers;
using Ovms.Frontends.Rest.Json;
using Ovms.Inference;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>Sends responses: empty, JSON, or an error.</summary>
internal static class RestReply
{
    /// <summary>Media type of every response with a body, also with tensor bytes after the JSON, as in the original.</summary>
    public const string Json = "application/json";

    // Bytes written between two flushes: a slow reader occupies this much of the connection's buffers, not the whole response.
    private const int Chunk = 64 << 10;

    // A call that failed because of a load or a queue may be retried soon.
    private const string RetrySeconds = "1";

    /// <summary>200 without a body.</summary>
    public static Task EmptyAsync(HttpContext context)
    {
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Sends a failure as <c>{"error":"text"}</c>, with the HTTP status of its code. Clients of OpenAI's API get their form, because they
    /// do not show the text of the other one.
    /// </summary>
    public static Task ErrorAsync(HttpContext context, Outcome failure, CallSubject? subject = null)
    {
        int status = failure.Code.ToHttp();
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = RetrySeconds;
        }

        if (failure.Code is StatusCode.ServerShuttingDown or StatusCode.RequestTooSlow or StatusCode.TooManyConnections)
        {
            // The server does not wait for the rest of the request and takes no other request over this connection.
            context.Response.Headers.Connection = "close";
        }

        return ErrorAsync(context, status, failure.Text, subject);
    }

    /// <summary>Records that the caller disconnected: nothing is sent, and the log gets the failure.</summary>
    public static void Gone(HttpContext context, CallSubject? subject = null)
    {
        context.Features.Set(new RestFailure(StatusCode.Cancelled.Message(), subject));
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
    }

    /// <summary>Sends a failure with an explicit HTTP status.</summary>
    public static async Task ErrorAsync(HttpContext context, int status, string text, CallSubject? subject = null)
    {
        if (status == StatusCodes.Status204NoContent)
        {
            // HTTP allows no body here: a pipeline found nothing.
            context.Response.StatusCode = status;
            context.Features.Set(new RestFailure(text, subject));
            return;
        }

        using NativeBuffer body = new();
        if (OpenAiClients.Ask(context.Request))
        {
            WriteOpenAiError(body, status, text);
        }
        else
        {
            WriteError(body, text);
        }

        context.Response.StatusCode = status;
        context.Features.Set(new RestFailure(text, subject));
        await JsonAsync(context, body).ConfigureAwait(false);
    }

    /// <summary>Writes the JSON body of an error.</summary>
    public static void WriteError(NativeBuffer body, string text)
    {
        body.Raw("{\"error\":"u8);
        body.Text(text);
        body.Raw("}"u8);
    }

    private static void WriteOpenAiError(NativeBuffer body, int status, string text)
    {
        body.Raw("{\"error\":{\"message\":"u8);
        body.Text(text);
        body.Raw(",\"type\":"u8);
        body.Raw(status < StatusCodes.Status500InternalServerError ? "\"invalid_request_error\""u8 : "\"server_error\""u8);
        body.Raw(",\"param\":null,\"code\":"u8);
        body.Number(status);
        body.Raw("}}"u8);
    }

    /// <summary>Sends a whole body as fast as its caller reads; the caller of this method still owns the buffer.</summary>
    /// <returns>Ok when the caller has read it; else why the rest was not sent.</returns>
    public static async ValueTask<Outcome> JsonAsync(HttpContext context, NativeBuffer body)
    {
        HttpResponse response = context.Response;
        response.ContentType = Json;
        response.ContentLength = body.Length;
        Outcome taken = Outcome.Ok;
        for (int sent = 0; sent < body.Length && taken.IsOk; sent += Chunk)
        {
            response.BodyWriter.Write(body.Bytes.Slice(sent, Math.Min(Chunk, body.Length - sent)));
            taken = await FlushAsync(context).ConfigureAwait(false);
        }

        return taken;
    }

    /// <summary>Waits until the caller has read what was written; aborts the connection if it does not.</summary>
    /// <returns>Ok, or why the rest of the response cannot be sent.</returns>
    public static async ValueTask<Outcome> FlushAsync(HttpContext context)
    {
        Outcome taken = await AnswerPace.Of(context).FlushAsync(context).ConfigureAwait(false);
        if (!taken.IsOk)
        {
            // Abort, or the caller could take the part that it got for complete.
            context.Features.Set(new RestFailure(taken.Text));
            context.Abort();
        }

        return taken;
    }
}

/// <summary>Why a call failed or its response broke off; kept in the call's features for the log.</summary>
/// <param name="Text">The error text.</param>
/// <param name="Subject">The model, version and id of the call; null before the model is known.</param>
internal sealed record RestFailure(string Text, CallSubject? Subject = null);
