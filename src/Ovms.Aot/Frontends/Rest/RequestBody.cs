using System.Buffers;
using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>
/// A request's body as it arrives, copied once to where its bytes belong. Memory grows with what really came, up to a limit; what a header
/// claims saves some of the steps.
/// </summary>
/// <param name="reader">The plain bytes.</param>
/// <param name="bounds">What ends the reading early.</param>
/// <param name="claimed">How many there are by the header; null where it does not say.</param>
internal sealed class RequestBody(PipeReader reader, BodyBounds bounds, long? claimed)
{
    // How many times what came is made room for at once.
    private const int Belief = 8;

    /// <summary>Bytes taken so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>Appends bytes to a buffer until so many came or the body ended.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="cancellation">The caller's disconnect.</param>
    /// <returns>How many came, or that the body is longer than allowed.</returns>
    public async ValueTask<Outcome<long>> ReadAsync(NativeBuffer destination, long count, CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = InterruptWhenStopping();
        long left = count;
        while (left > 0)
        {
            ReadResult result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (result.IsCanceled)
            {
                reader.AdvanceTo(result.Buffer.Start);
                return Outcome.Fail(StatusCode.ServerShuttingDown);
            }

            ReadOnlySequence<byte> arrived = result.Buffer;
            ReadOnlySequence<byte> taken = arrived.Length > left ? arrived.Slice(0, left) : arrived;
            if (Consumed + taken.Length > bounds.Limit || destination.Length + taken.Length > NativeBuffer.MaxLength)
            {
                reader.AdvanceTo(arrived.Start);
                return Outcome.Fail(StatusCode.MessageTooLarge, $"A body, and each tensor in it, may have at most {bounds.Limit} bytes.");
            }

            Outcome room = bounds.Share.GrowTo(Consumed + taken.Length);
            if (!room.IsOk)
            {
                reader.AdvanceTo(arrived.Start);
                return room;
            }

            MakeRoom(destination, taken.Length, left);
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

    /// <summary>Whether bytes come that nobody asked for. Takes none.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation)
    {
        using CancellationTokenRegistration registration = InterruptWhenStopping();
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            bool more = !result.Buffer.IsEmpty;
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
            if (more || result.IsCompleted || result.IsCanceled)
            {
                return more;
            }
        }
    }

    // Each growth copies what is there: a body of some megabytes grows once.
    private void MakeRoom(NativeBuffer destination, long taken, long left)
    {
        if (taken > destination.Free.Length)
        {
            long expected = Math.Min(left, (claimed ?? 0) - Consumed);
            destination.TryReserve(Math.Clamp(expected, taken, Math.Min(Belief * (destination.Length + taken), NativeBuffer.MaxLength - destination.Length)));
        }
    }

    private CancellationTokenRegistration InterruptWhenStopping() =>
        bounds.Stopping.UnsafeRegister(static reader => ((PipeReader)reader!).CancelPendingRead(), reader);
}

/// <summary>What a body may take.</summary>
/// <param name="Limit">Its bytes, plain.</param>
/// <param name="Share">The call's memory: counts what came.</param>
/// <param name="Stopping">The server takes no inference any more: waiting for the rest of a body is in vain.</param>
internal readonly record struct BodyBounds(long Limit, MemoryShare Share, CancellationToken Stopping);
