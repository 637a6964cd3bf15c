using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// Writes responses no faster than their callers read them. The connection buffers at most one piece; a caller that does not read it in
/// time is cut off.
/// </summary>
/// <param name="limit">How long a caller may take to read one piece; zero for no limit.</param>
internal sealed class AnswerPace(TimeSpan limit)
{
    /// <summary>
    /// Bytes of the longest response that is written in one go and flushed once. The connection buffers all of it while the caller reads;
    /// the infer request is returned before that.
    /// </summary>
    public const int AtOnce = 1 << 20;

    /// <summary>A shorter answer is sent with the end of the call, without a flush of its own.</summary>
    public const int UnflushedLimit = 64 << 10;

    // Each piece costs a hand-over between two threads.
    private const int Piece = 256 << 10;

    private static readonly AnswerPace s_unbounded = new(TimeSpan.Zero);

    private readonly Recycled<StallWatch> _watches = new(home => new StallWatch(home, limit));

    /// <summary>
    /// Sets the same limit for responses that are still buffered after their calls have ended: Kestrel closes a connection that reads
    /// nothing. The limit applies to the whole server.
    /// </summary>
    public void Use(KestrelServerOptions server)
    {
        // Kestrel's own limit is a rate in bytes per second, with a grace period of five seconds. At this rate bytes add no time, so only
        // the grace period is left; it restarts with each write. All callers of a connection share it. It is longer than the limit, so
        // that a stalled call is first reset by its own watch.
        server.Limits.MinResponseDataRate = limit == TimeSpan.Zero ? null : new MinDataRate(double.MaxValue, limit + StallWatch.Grace);
    }

    /// <summary>Attaches this pace to all connections of a listener.</summary>
    public void Use(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(this);
        return next(connection);
    });

    /// <summary>The pace of the connection that a call came over.</summary>
    public static AnswerPace Of(HttpContext call) => call.Features.Get<AnswerPace>() ?? s_unbounded;

    /// <summary>Sends a message piece by piece.</summary>
    /// <returns>Ok when the caller has read the last piece; else why the rest was not sent.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> SendAsync(HttpContext call, GatheredBytes message)
    {
        Outcome sent = Outcome.Ok;
        while (message.Left > 0 && sent.IsOk)
        {
            WritePiece(call.Response.BodyWriter, message);
            sent = await FlushAsync(call).ConfigureAwait(false);
        }

        return sent;
    }

    /// <summary>Flushes, and waits until the caller has read what was written.</summary>
    /// <returns>Ok, or that the caller has disconnected or was cut off.</returns>
    /// <exception cref="OperationCanceledException">The caller disconnected meanwhile.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome> FlushAsync(HttpContext call)
    {
        ValueTask<FlushResult> flush = call.Response.BodyWriter.FlushAsync(call.RequestAborted);
        if (flush.IsCompletedSuccessfully || limit == TimeSpan.Zero)
        {
            return OutcomeOf(await flush.ConfigureAwait(false), hasCutOff: false);
        }

        using StallWatch watch = Watch(call);
        try
        {
            return OutcomeOf(await flush.ConfigureAwait(false), watch.HasCutOff);
        }
        catch (OperationCanceledException) when (watch.HasCutOff)
        {
            return OutcomeOf(default, hasCutOff: true);
        }
    }

    private StallWatch Watch(HttpContext call)
    {
        StallWatch watch = _watches.Rent();
        watch.Begin(call);
        return watch;
    }

    /// <summary>Applies the limit to a flush that the framework makes.</summary>
    /// <param name="call">The call whose response is flushed.</param>
    /// <param name="flush">The pending flush.</param>
    public ValueTask<FlushResult> WatchAsync(HttpContext call, ValueTask<FlushResult> flush) =>
        flush.IsCompletedSuccessfully || limit == TimeSpan.Zero ? flush : WaitAsync(call, flush);

    private async ValueTask<FlushResult> WaitAsync(HttpContext call, ValueTask<FlushResult> flush)
    {
        using StallWatch watch = Watch(call);
        return await flush.ConfigureAwait(false);
    }

    private static void WritePiece(PipeWriter body, GatheredBytes message)
    {
        for (int room = Piece; room > 0 && message.Left > 0;)
        {
            Span<byte> span = body.GetSpan(1);
            int count = message.Read(span[..Math.Min(span.Length, room)]);
            body.Advance(count);
            room -= count;
        }
    }

    private Outcome OutcomeOf(FlushResult flushed, bool hasCutOff) =>
        hasCutOff ? Outcome.Fail(
            StatusCode.AnswerNotTaken,
            $"The caller took nothing of it for {limit.TotalSeconds} s (answer_stall_timeout_seconds)")
        : flushed.IsCompleted || flushed.IsCanceled ? Outcome.Fail(StatusCode.Cancelled)
        : Outcome.Ok;
}
