using System.Buffers;
using System.Buffers.Binary;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>The part of a message that has arrived.</summary>
/// <param name="limit">The most bytes of a message.</param>
/// <param name="share">The memory of the message's call; grows with the message.</param>
/// <param name="shells">The pool of buffers.</param>
/// <param name="isAlone">Whether the body ends with the message; otherwise other messages may follow.</param>
internal struct MessageArrival(int limit, MemoryShare share, Recycled<NativeBuffer> shells, bool isAlone) : IDisposable
{
    // Reserve this many times the bytes that have arrived, up to the announced length. With 16, one frame reserves enough for an image.
    private const int ReserveFactor = 16;

    private NativeBuffer? _message;
    private bool _hasHead;
    private long _length;
    private long _room;

    /// <summary>Whether the message is compressed; known with its first bytes.</summary>
    public bool IsCompressed { get; private set; }

    /// <summary>Whether the last byte has arrived.</summary>
    public readonly bool IsWhole => _hasHead && _message?.Length == _length;

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
            if (bytes.Length < MessageBody.HeadLength)
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

            bytes = bytes.Slice(MessageBody.HeadLength);
        }

        consumed = bytes.End;
        long came = _message?.Length ?? 0;
        long missing = _length - came;
        if (bytes.Length > missing && !isAlone)
        {
            bytes = bytes.Slice(0, missing);
            consumed = bytes.End;
        }
        else if (bytes.Length > missing)
        {
            return Malformed("More bytes came after the message of a call that takes one");
        }

        if (isLast && bytes.Length < missing)
        {
            return Malformed($"Incomplete message: {_length} bytes were announced; Actual: {came + bytes.Length}");
        }

        // The five bytes before a message reserve nothing: the announced bytes may never arrive.
        return bytes.IsEmpty && missing > 0 ? Outcome.Ok : Append(bytes, came);
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

    /// <inheritdoc/>
    public readonly void Dispose() => _message?.Dispose();

    private static Outcome Malformed(string why) => Outcome.Fail(StatusCode.MalformedMessage, why);

    private Outcome ReadHead(ReadOnlySequence<byte> bytes)
    {
        Span<byte> head = stackalloc byte[MessageBody.HeadLength];
        bytes.Slice(0, MessageBody.HeadLength).CopyTo(head);
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
