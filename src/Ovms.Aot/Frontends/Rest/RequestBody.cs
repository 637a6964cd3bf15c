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
    /// <returns>How many came, or that the body is longer than allowed, came too slowly, or is not waited for any more.</returns>
    /// <exception cref="OvmsException">There is no memory for it.</exception>
    public async ValueTask<Outcome<long>> ReadAsync(NativeBuffer destination, long count, CancellationToken cancellation)
    {
        long left = count;
        while (left > 0)
        {
            if (!reader.TryRead(out ReadResult result))
            {
                result = await WaitAsync(cancellation).ConfigureAwait(false);
            }

            if (result.IsCanceled && _watch is { Reason: { IsOk: false } reason })
            {
                reader.AdvanceTo(result.Buffer.Start);
                return reason;
            }

            ReadOnlySequence<byte> arrived = result.Buffer;
            ReadOnlySequence<byte> taken = arrived.Length > left ? arrived.Slice(0, left) : arrived;
            if (Consumed + taken.Length > bounds.Limit || destination.Length + taken.Length > NativeBuffer.MaxLength)
            {
                reader.AdvanceTo(arrived.Start);
                return Outcome.Fail(StatusCode.MessageTooLarge, bounds.TooLarge);
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
        while (true)
        {
            if (!reader.TryRead(out ReadResult result))
            {
                result = await WaitAsync(cancellation).ConfigureAwait(false);
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
    private void MakeRoom(NativeBuffer destination, long taken, long left)
    {
        if (taken > destination.Free.Length)
        {
            long expected = Math.Min(left, (claimed ?? 0) - Consumed);
            destination.TryReserve(Math.Clamp(expected, taken, Math.Min(Belief * (destination.Length + taken), NativeBuffer.MaxLength - destination.Length)));
        }
    }

    // Not all is there: only then is the body watched.
    private async ValueTask<ReadResult> WaitAsync(CancellationToken cancellation)
    {
        Outcome waits = bounds.Share.GrowTo(0);
        if (!waits.IsOk)
        {
            throw new OvmsException(waits);
        }

        _watch ??= ArrivalWatch.Begin(reader, bounds.Times, Consumed > 0, bounds.Stopping);
        ReadResult result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
        if (!result.IsCanceled)
        {
            _watch.Came();
        }

        return result;
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
