using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Reads the one message of an inference call as it arrives. Each piece is copied once, from the connection's buffers into unmanaged
/// memory. The message is parsed there, and its tensors stay there for OpenVINO.
/// </summary>
/// <param name="coding">Decompresses messages.</param>
/// <param name="limit">The most bytes of a message.</param>
/// <param name="times">How long a message may take to arrive.</param>
/// <param name="draining">Cancelled when the server starts no more inferences, so that unfinished messages are not waited for.</param>
internal sealed class MessageBody(MessageCoding coding, int limit, ArrivalTimes times, CancellationToken draining)
{
    /// <summary>Bytes before each message: a compressed flag and the length.</summary>
    public const int HeadLength = 5;

    // A compressed message is searched for its model when this many bytes have arrived, and again whenever their number has doubled.
    private const int LeastPacked = 64;
    private const int MostPacked = 64 << 10;

    private readonly Recycled<NativeBuffer> _shells = NativeBuffer.Shells();

    /// <summary>Reads the message, and checks that nothing follows it.</summary>
    /// <param name="http">The request; nothing of its body was read yet.</param>
    /// <param name="call">Passed to the two delegates, which thus need no closure for each call.</param>
    /// <param name="open">
    /// Receives the first bytes of a message that is incomplete, and again with more bytes until it returns true.
    /// </param>
    /// <param name="limitUnpacked">Returns the most bytes that a compressed message may have, from its first bytes; null for any.</param>
    /// <param name="share">The call's memory; grows with the message.</param>
    /// <param name="cancellation">Cancelled at the caller's deadline or disconnect.</param>
    /// <returns>
    /// The message, owned by the caller; or that the body is malformed, that there is no memory for it, that it took too long, or that the
    /// server stops.
    /// </returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<NativeBuffer>> ReadAsync<T>(
        HttpContext http,
        T call,
        Func<T, NativeBuffer, bool> open,
        Func<T, NativeBuffer, long?> limitUnpacked,
        MemoryShare share,
        CancellationToken cancellation)
    {
        PipeReader body = http.Request.BodyReader;
        MessageArrival arrival = new(limit, share, _shells, isAlone: true);
        ArrivalWatch? watch = null;
        bool hasBegun = false;
        bool isOpen = false;
        int nextTry = LeastPacked;
        try
        {
            while (true)
            {
                if (!body.TryRead(out ReadResult read))
                {
                    // Most messages are there at once: only a call that waits is watched, and counted before its message.
                    Outcome waits = share.GrowTo(0);
                    if (!waits.IsOk)
                    {
                        return waits;
                    }

                    watch ??= times.Watch(body, hasBegun, draining, http.Features.Get<LateBegin>()?.Since);
                    read = await body.ReadAsync(cancellation).ConfigureAwait(false);
                }

                if (read.IsCanceled && watch is { Reason: { IsOk: false } reason })
                {
                    body.AdvanceTo(read.Buffer.End);
                    return reason;
                }

                hasBegun |= !read.Buffer.IsEmpty;
                watch?.Came();
                Outcome taken = arrival.Take(read.Buffer, read.IsCompleted, out SequencePosition consumed);
                body.AdvanceTo(consumed, read.Buffer.End);
                if (!taken.IsOk)
                {
                    return taken;
                }

                if (!isOpen && !read.IsCompleted && arrival.Begin is { } begin)
                {
                    isOpen = arrival.IsCompressed ? TryOpenPacked(http, call, open, begin, ref nextTry) : open(call, begin);
                }

                if (read.IsCompleted)
                {
                    return arrival.IsCompressed
                        ? coding.Unpack(http, call, limitUnpacked, arrival.Release(), share, cancellation)
                        : arrival.Release();
                }
            }
        }
        finally
        {
            watch?.Dispose();
            arrival.Dispose();
        }
    }

    /// <summary>Removes Kestrel's default limit on bodies, which is too small for tensors. Call it before the first read.</summary>
    public static void LiftLimit(HttpContext call)
    {
        if (call.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private bool TryOpenPacked<T>(HttpContext http, T call, Func<T, NativeBuffer, bool> open, NativeBuffer packed, ref int nextTry)
    {
        if (packed.Length < nextTry)
        {
            return false;
        }

        nextTry = 2 * packed.Length;
        using NativeBuffer? begin = coding.UnpackStart(http, packed);
        return (begin is not null && open(call, begin)) || packed.Length > MostPacked;
    }
}
