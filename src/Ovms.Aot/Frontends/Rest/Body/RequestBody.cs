using System.Buffers;
using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest.Body;

/// <summary>
/// A request's body as it arrives, copied once to where its bytes belong. Memory grows with what really came, up to a limit; what a header
/// claims saves some of the steps.
/// </summary>
/// <param name="reader">The plain bytes.</param>
/// <param name="bounds">What ends the reading early.</param>
/// <param name="claimed">How many there are by the header; null where it does not say.</param>
internal sealed class RequestBody(PipeReader reader, BodyBounds bounds, long? claimed) : IDisposable
{
    // How many times what came is made room for at once, and counted: what one read brings makes room for an image.
    private const int Belief = 16;

    private ArrivalWatch? _watch;

    /// <summary>Bytes taken so far.</summary>
    public long Consumed { get; private set; }

    /// <summary>Appends bytes to a buffer until so many came or the body ended.</summary>
    /// <param name="destination">Where they go; counts itself what it grows by.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="cancellation">The caller's disconnect.</param>
    /// <returns>How many came, or that the body is longer than allowed, has no memory left, came too slowly, or is not waited for any more.</returns>
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

    /// <summary>Whether bytes come that nobody asked for. Takes none.</summary>
    public async ValueTask<bool> HasMoreAsync(CancellationToken cancellation)
    {
        while (true)
        {
            if (!reader.TryRead(out ReadResult result))
            {
                // Counted already: what was asked for has come.
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

    // Each growth copies what is there: a body of some megabytes grows once.
    private Outcome MakeRoom(NativeBuffer destination, long taken, long left)
    {
        if (taken > destination.Free.Length)
        {
            long expected = Math.Min(left, (claimed ?? 0) - Consumed);
            try
            {
                destination.TryReserve(Math.Clamp(expected, taken, Math.Min(Belief * (destination.Length + taken), NativeBuffer.MaxLength - destination.Length)));
            }
            catch (OvmsException full)
            {
                return full.Outcome;
            }
        }

        return Outcome.Ok;
    }

    // Not all is there: only a call that waits is counted before its body and watched.
    private Outcome Watch()
    {
        Outcome waits = bounds.Share.GrowTo(0);
        _watch ??= bounds.Times.Watch(reader, Consumed > 0, bounds.Stopping);
        return waits;
    }
}

/// <summary>What a body may take.</summary>
/// <param name="Limit">Its bytes, plain.</param>
/// <param name="Share">The call's memory.</param>
/// <param name="Times">How long it may take to come.</param>
/// <param name="Stopping">The server takes no inference any more: waiting for the rest of a body is in vain.</param>
internal readonly record struct BodyBounds(long Limit, MemoryShare Share, ArrivalTimes Times, CancellationToken Stopping)
{
    /// <summary>What a caller is told who sends more.</summary>
    public string TooLarge { get; init; } = $"A body, and each tensor in it, may have at most {Limit} bytes.";
}
