using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// Reads the one message of an inference call while it arrives: each piece is copied once, out of the connection's buffers into
/// unmanaged memory, where the message is read and its tensors stay for the engine.
/// </summary>
/// <param name="coding">Unpacks messages that come compressed.</param>
/// <param name="limit">Bytes that a message may have.</param>
/// <param name="draining">Nothing is inferred any more: the rest of a message need not be waited for.</param>
internal sealed class MessageBody(MessageCoding coding, int limit, CancellationToken draining)
{
    /// <summary>Bytes before each message: whether it is compressed, and its length.</summary>
    public const int HeadLength = 5;

    // Room made for a message at once, whatever length it claims; beyond that it grows with what really comes.
    private const int FirstRoom = 1 << 20;

    /// <summary>Reads the message and sees that nothing comes after it.</summary>
    /// <param name="call">Whose body nothing was read of yet.</param>
    /// <param name="share">What the call holds of the front end's memory: grows with the message.</param>
    /// <param name="cancellation">The caller's deadline or disconnect.</param>
    /// <returns>The message, owned by the caller; or what is wrong with the body, that there is no memory for it, or that the server stops.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Outcome<NativeBuffer>> ReadAsync(HttpContext call, MemoryShare share, CancellationToken cancellation)
    {
        LiftLimits(call);
        PipeReader body = call.Request.BodyReader;
        Arrival arrival = new(limit, share);
        CancellationTokenRegistration stopping = default;
        try
        {
            while (true)
            {
                if (!body.TryRead(out ReadResult read))
                {
                    // Most messages are there at once: only those that are not are worth being told of a stop.
                    stopping = stopping == default ? draining.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body) : stopping;
                    read = await body.ReadAsync(cancellation).ConfigureAwait(false);
                }

                Outcome taken = arrival.Take(read.Buffer, read.IsCompleted, out SequencePosition consumed);
                body.AdvanceTo(consumed, read.Buffer.End);
                if (!taken.IsOk)
                {
                    return taken;
                }

                if (read.IsCompleted)
                {
                    return arrival.IsCompressed ? coding.Unpack(call, arrival.Release(), share) : arrival.Release();
                }

                if (read.IsCanceled && draining.IsCancellationRequested)
                {
                    return Outcome.Fail(StatusCode.ServerShuttingDown);
                }
            }
        }
        finally
        {
            await stopping.DisposeAsync().ConfigureAwait(false);
            arrival.Dispose();
        }
    }

    // The framework's own limits are those of web pages: a tensor may be larger, and a caller may compute before it sends the rest.
    private static void LiftLimits(HttpContext call)
    {
        if (call.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }

        if (call.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }
    }

    private static Outcome Malformed(string why) => Outcome.Fail(StatusCode.MalformedMessage, why);

    /// <summary>As much of the message as has come.</summary>
    private struct Arrival(int limit, MemoryShare share) : IDisposable
    {
        private NativeBuffer? _message;
        private long _length;
        private long _room;

        public bool IsCompressed { get; private set; }

        /// <summary>Takes what came.</summary>
        /// <param name="bytes">Not taken before.</param>
        /// <param name="isLast">No more comes.</param>
        /// <param name="consumed">Up to where it was taken.</param>
        public Outcome Take(ReadOnlySequence<byte> bytes, bool isLast, out SequencePosition consumed)
        {
            consumed = bytes.Start;
            if (_message is null)
            {
                if (bytes.Length < HeadLength)
                {
                    return !isLast ? Outcome.Ok : Malformed(bytes.IsEmpty ? "The call ended without a message" : "Incomplete message: the body ends before the message's length does");
                }

                Outcome begun = Begin(bytes);
                if (!begun.IsOk)
                {
                    return begun;
                }

                bytes = bytes.Slice(HeadLength);
            }

            consumed = bytes.End;
            long missing = _length - _message!.Length;
            if (bytes.Length > missing)
            {
                return Malformed("More bytes came after the message of a call that takes one");
            }

            if (isLast && bytes.Length < missing)
            {
                return Malformed($"Incomplete message: {_length} bytes were announced, {_message.Length + bytes.Length} came");
            }

            return Append(bytes);
        }

        /// <summary>The whole message; the receiver disposes it.</summary>
        public NativeBuffer Release()
        {
            NativeBuffer whole = _message!;
            _message = null;
            return whole;
        }

        public void Dispose() => _message?.Dispose();

        private Outcome Begin(ReadOnlySequence<byte> bytes)
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
            Outcome counted = MakeRoom(Math.Min(_length, FirstRoom));
            if (counted.IsOk)
            {
                _message = NativeBuffer.EndingAligned(_length, (int)_room);
            }

            return counted;
        }

        private Outcome Append(ReadOnlySequence<byte> bytes)
        {
            long wanted = _message!.Length + bytes.Length;
            if (wanted > _room)
            {
                Outcome counted = MakeRoom(Math.Min(_length, Math.Max(wanted, 2 * _room)));
                if (!counted.IsOk)
                {
                    return counted;
                }

                _message.TryReserve(_room - _message.Length);
            }

            foreach (ReadOnlyMemory<byte> piece in bytes)
            {
                piece.Span.CopyTo(_message.Free);
                _message.Advance(piece.Length);
            }

            return Outcome.Ok;
        }

        private Outcome MakeRoom(long room)
        {
            _room = room;
            return share.GrowTo(HeadLength + room);
        }
    }
}
