using System.Buffers;
using System.Buffers.Binary;
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

    // Reserve this many times the bytes that have arrived, up to the announced length. With 16, one frame reserves enough for an image.
    private const int ReserveFactor = 16;

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
        Arrival arrival = new(limit, share, _shells);
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

    private static Outcome Malformed(string why) => Outcome.Fail(StatusCode.MalformedMessage, why);

    /// <summary>The part of a message that has arrived.</summary>
    private struct Arrival(int limit, MemoryShare share, Recycled<NativeBuffer> shells) : IDisposable
    {
        private NativeBuffer? _message;
        private bool _hasHead;
        private long _length;
        private long _room;

        public bool IsCompressed { get; private set; }

        /// <summary>The message's bytes so far; null if there are none.</summary>
        public readonly NativeBuffer? Begin => _message is { Length: > 0 } ? _message : null;

        /// <summary>Appends bytes to the message.</summary>
        /// <param name="bytes">Bytes that were not consumed before.</param>
        /// <param name="isLast">Whether the body ends with them.</param>
        /// <param name="consumed">The end of the consumed bytes.</param>
        public Outcome Take(ReadOnlySequence<byte> bytes, bool isLast, out SequencePosition consumed)
        {
            consumed = bytes.Start;
            if (!_hasHead)
            {
                if (bytes.Length < HeadLength)
                {
                    return !isLast ? Outcome.Ok
                        : Malformed(bytes.IsEmpty
                            ? "The call ended without a message"
                            : "Incomplete message: the body ends before the message's length does");
                }

                Outcome begun = ReadHead(bytes);
                if (!begun.IsOk)
                {
                    return begun;
                }

                bytes = bytes.Slice(HeadLength);
            }

            consumed = bytes.End;
            long came = _message?.Length ?? 0;
            long missing = _length - came;
            if (bytes.Length > missing)
            {
                return Malformed("More bytes came after the message of a call that takes one");
            }

            if (isLast && bytes.Length < missing)
            {
                return Malformed($"Incomplete message: {_length} bytes were announced; Actual: {came + bytes.Length}");
            }

            // The five bytes before a message reserve nothing: the announced bytes may never arrive.
            return bytes.IsEmpty && !isLast ? Outcome.Ok : Append(bytes, came);
        }

        /// <summary>Returns the complete message; the caller disposes it.</summary>
        public NativeBuffer Release()
        {
            NativeBuffer whole = _message!;
            _message = null;

            // Buffers made from its values count in the same share.
            whole.Budget = share;
            return whole;
        }

        public void Dispose() => _message?.Dispose();

        private Outcome ReadHead(ReadOnlySequence<byte> bytes)
        {
            Span<byte> head = stackalloc byte[HeadLength];
            bytes.Slice(0, HeadLength).CopyTo(head);
            _length = BinaryPrimitives.ReadUInt32BigEndian(head[1..]);
            if (head[0] > 1)
            {
                return Malformed($"The message's compressed flag; Expected: 0 or 1; Actual: {head[0]}");
            }

            if (_length > limit)
            {
                return Outcome.Fail(StatusCode.MessageTooLarge, $"The message's size is {_length} bytes where {limit} may be received");
            }

            IsCompressed = head[0] == 1;
            _hasHead = true;
            return Outcome.Ok;
        }

        private Outcome Append(ReadOnlySequence<byte> bytes, long came)
        {
            long wanted = came + bytes.Length;
            if (_message is null || wanted > _room)
            {
                // If there is no memory for the reserve, try to get enough for these bytes.
                Outcome counted = MakeRoom(Math.Min(_length, ReserveFactor * wanted));
                counted = counted.IsOk ? counted : MakeRoom(wanted);
                if (!counted.IsOk)
                {
                    return counted;
                }
            }

            foreach (ReadOnlyMemory<byte> piece in bytes)
            {
                piece.Span.CopyTo(_message!.Free);
                _message.Advance(piece.Length);
            }

            return Outcome.Ok;
        }

        private Outcome MakeRoom(long room)
        {
            Outcome counted = share.GrowTo(room);
            if (!counted.IsOk)
            {
                return counted;
            }

            if (_message is null)
            {
                _message = NativeBuffer.EndingAligned(shells, _length, (int)room);
            }
            else
            {
                _message.TryReserve(room - _message.Length);
            }

            _room = room;
            return Outcome.Ok;
        }
    }
}
