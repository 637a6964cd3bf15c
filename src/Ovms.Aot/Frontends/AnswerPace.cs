using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// Sends answers no faster than their callers take them: at most one piece is in the connection's buffers, and a caller who does not take
/// it in time is cut off.
/// </summary>
/// <param name="limit">How long a caller has to take a piece; zero for no limit.</param>
internal sealed class AnswerPace(TimeSpan limit)
{
    /// <summary>
    /// The longest answer that is written in one go and flushed once. It costs its length in the connection's buffers while its caller
    /// reads; the infer request goes back before.
    /// </summary>
    public const int AtOnce = 1 << 20;

    /// <summary>A shorter answer is sent with the end of the call, without a flush of its own.</summary>
    public const int UnflushedLimit = 64 << 10;

    // Each piece costs a hand-over between two threads.
    private const int Piece = 256 << 10;

    private static readonly AnswerPace s_unbounded = new(TimeSpan.Zero);

    private readonly Recycled<StallWatch> _watches = new(home => new StallWatch(home, limit));

    /// <summary>
    /// Sets the same limit for answers that lie in the buffers of a connection and whose calls are over: the web server closes a
    /// connection that takes nothing of them. The limit is the whole server's.
    /// </summary>
    public void Use(KestrelServerOptions server)
    {
        // Its own rule counts bytes a second and gives small answers five seconds. With any rate met, only the grace period is left: it
        // begins anew with each write. Callers of one connection share it, so that a stalled call is reset by its own watch before.
        server.Limits.MinResponseDataRate = limit == TimeSpan.Zero ? null : new MinDataRate(double.MaxValue, limit + StallWatch.Grace);
    }

    /// <summary>Sets the pace of all answers of a listener's connections.</summary>
    public void Use(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(this);
        return next(connection);
    });

    /// <summary>The pace of a call's connection.</summary>
    public static AnswerPace Of(HttpContext call) => call.Features.Get<AnswerPace>() ?? s_unbounded;

    /// <summary>Sends a message piece by piece.</summary>
    /// <returns>Ok when the last piece was taken, or why the rest was not sent.</returns>
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

    /// <summary>Waits until the caller has taken what was written.</summary>
    /// <returns>Ok, or that the caller is gone or was cut off.</returns>
    /// <exception cref="OperationCanceledException">The caller went meanwhile.</exception>
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

    /// <summary>The same for a flush that the framework makes.</summary>
    /// <param name="call">Whose answer it is.</param>
    /// <param name="flush">The flush.</param>
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
        hasCutOff ? Outcome.Fail(StatusCode.AnswerNotTaken, $"The caller took nothing of it for {limit.TotalSeconds} s (answer_stall_timeout_seconds)")
        : flushed.IsCompleted || flushed.IsCanceled ? Outcome.Fail(StatusCode.Cancelled)
        : Outcome.Ok;
}
