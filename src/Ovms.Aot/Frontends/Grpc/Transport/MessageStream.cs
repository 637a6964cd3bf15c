using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>
/// Reads the messages of a caller's stream one after the other, each as <see cref="MessageBody"/> reads its one. Between two messages a
/// stream may be quiet for as long as its caller's deadline allows; a message that has begun must go on arriving.
/// </summary>
/// <param name="coding">Decompresses messages.</param>
/// <param name="limit">The most bytes of a message.</param>
/// <param name="times">How long a message may take to arrive from its first byte on.</param>
/// <param name="limitUnpacked">Returns the most bytes of a message that was compressed; null for the limit.</param>
internal sealed class MessageStream(MessageCoding coding, int limit, ArrivalTimes times, Func<long?> limitUnpacked)
{
    private readonly Recycled<NativeBuffer> _shells = NativeBuffer.Shells();

    /// <summary>Reads the next message.</summary>
    /// <param name="http">The request; one read at a time.</param>
    /// <param name="share">The message's memory; grows with it.</param>
    /// <param name="ending">Cancelled when nothing more is to be read.</param>
    /// <returns>
    /// The message, owned by the caller; null with Ok where the caller has ended the stream; else why no message can be read any more: the
    /// body is malformed, there is no memory, or the message took too long.
    /// </returns>
    /// <exception cref="OperationCanceledException">Nothing more is to be read, or the caller disconnected.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    /// <exception cref="global::Grpc.Core.RpcException">A compressed message is corrupt or exceeds the limit.</exception>
    public async ValueTask<(Outcome Result, NativeBuffer? Message)> ReadAsync(
        HttpContext http, MemoryShare share, CancellationToken ending)
    {
        PipeReader body = http.Request.BodyReader;
        MessageArrival arrival = new(limit, share, _shells, isAlone: false);
        ArrivalWatch? watch = null;
        bool hasBegun = false;
        try
        {
            while (true)
            {
                if (!body.TryRead(out ReadResult read))
                {
                    watch ??= hasBegun ? times.Watch(body, hasBegun, CancellationToken.None) : null;
                    read = await body.ReadAsync(ending).ConfigureAwait(false);
                }

                if (read.IsCanceled && watch is { Reason: { IsOk: false } reason })
                {
                    body.AdvanceTo(read.Buffer.End);
                    return (reason, null);
                }

                if (!hasBegun && read is { IsCompleted: true, Buffer.IsEmpty: true })
                {
                    body.AdvanceTo(read.Buffer.End);
                    return (Outcome.Ok, null);
                }

                hasBegun |= !read.Buffer.IsEmpty;
                watch?.Came();
                Outcome taken = arrival.Take(read.Buffer, read.IsCompleted, out SequencePosition consumed);

                // The bytes behind a whole message are the next one's: they are not looked at yet.
                body.AdvanceTo(consumed, arrival.IsWhole ? consumed : read.Buffer.End);
                if (!taken.IsOk)
                {
                    return (taken, null);
                }

                if (arrival.IsWhole)
                {
                    Outcome<NativeBuffer> whole = arrival.IsCompressed
                        ? coding.Unpack(http, limitUnpacked, static (find, _) => find(), arrival.Release(), share, ending)
                        : arrival.Release();
                    return (whole.WithoutValue, whole.Value);
                }
            }
        }
        finally
        {
            watch?.Dispose();
            arrival.Dispose();
        }
    }
}
