using System.Buffers;
using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// Reads a request's body as it arrives, and copies it once into the buffers where its bytes belong. Memory grows with the bytes that have
/// arrived, up to a limit; Content-Length saves some of the steps.
/// </summary>
/// <param name="reader">The decompressed bytes.</param>
/// <param name="bounds">The limits of the body.</param>
/// <param name="claimed">Content-Length; null if unknown.</param>
internal sealed class RequestBody(PipeReader reader, BodyBounds bounds, long? claimed) : IDisposable
{
    // Reserve this many times the bytes that have arrived, up to the announced length. With 16, one read reserves enough for an image.
    private const int ReserveFactor = 16;

    private ArrivalWatch? _watch;

    /// <summary>Bytes read so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>Appends bytes to a buffer until it has read the given number or the body ends.</summary>
    /// <param name="destination">Receives the bytes, and counts its own growth.</param>
    /// <param name="count">How many bytes to read.</param>
    /// <param name="cancellation">Cancelled when the caller disconnects.</param>
    /// <returns>How many bytes were read; or an error: too long, no memory, too slow, or the server is stopping.</returns>
    public async ValueTask<Outcome<long>> ReadAsync(NativeBuffer destination, long count, CancellationToken cancellation)
    {
        long left = count;
        while (left > 0)
        {
            if (!reader.TryRead(out ReadResult result))
            {
                Outcome waits = Watch();
                if (!waits.IsOk)
                {
                    return waits;
                }

                result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            }

            if (result.IsCanceled && _watch is { Reason: { IsOk: false } reason })
            {
                reader.AdvanceTo(result.Buffer.Start);
                return reason;
            }

            _watch?.Came();
            ReadOnlySequence<byte> arrived = result.Buffer;
            ReadOnlySequence<byte> taken = arrived.Length > left ? arrived.Slice(0, left) : arrived;
            if (Consumed + taken.Length > bounds.Limit || destination.Length + taken.Length > NativeBuffer.MaxLength)
            {
                reader.AdvanceTo(arrived.Start);
                return Outcome.Fail(StatusCode.MessageTooLarge, bounds.TooLarge);
            }

            Outcome room = MakeRoom(destination, taken.Length, left);
            if (!room.IsOk)
            {
                reader.AdvanceTo(arrived.Start);
                return room;
            }

            foreach (ReadOnlyMemory<byte> segment in taken)
            {
                destination.Write(segment.Span);
            }

            Consumed += taken.Length;
            left -= taken.Length;
            reader.AdvanceTo(taken.End);
            if (result.IsCompleted && taken.Length == arrived.Length)
            {
                break;
            }
        }

        return count - left;
    }

    /// <summary>Whether the body has more bytes; consumes none.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!reader.TryRead(out ReadResult result))
            {
                // No need to count the call here: the bytes already read count it.
                _ = Watch();
                result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            }

            bool more = !result.Buffer.IsEmpty;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            if (more || result.IsCompleted || result.IsCanceled)
            {
                return more;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watch?.Dispose();

    // Each growth copies what is there; a body of some megabytes grows once.
    private Outcome MakeRoom(NativeBuffer destination, long taken, long left)
    {
        if (taken > destination.Free.Length)
        {
            long expected = Math.Min(left, (claimed ?? 0) - Consumed);
            try
            {
                long most = Math.Min(ReserveFactor * (destination.Length + taken), NativeBuffer.MaxLength - destination.Length);
                destination.TryReserve(Math.Clamp(expected, taken, most));
            }
            catch (OvmsException full)
            {
                return full.Outcome;
            }
        }

        return Outcome.Ok;
    }

    // The body is incomplete: only a call that waits is watched, and counted before its body.
    private Outcome Watch()
    {
        Outcome waits = bounds.Share.GrowTo(0);
        _watch ??= bounds.Times.Watch(reader, Consumed > 0, bounds.Stopping);
        return waits;
    }
}

/// <summary>The limits of a body.</summary>
/// <param name="Limit">The most bytes, after decompression.</param>
/// <param name="Share">The memory that the call holds.</param>
/// <param name="Times">How long the body may take to arrive.</param>
/// <param name="Stopping">Cancelled when the server accepts no more inferences, so that the rest of a body is not waited for.</param>
internal readonly record struct BodyBounds(long Limit, MemoryShare Share, ArrivalTimes Times, CancellationToken Stopping)
{
    /// <summary>The error text for a longer body.</summary>
    public string TooLarge { get; init; } = $"A body, and each tensor in it, may have at most {Limit} bytes.";
}
