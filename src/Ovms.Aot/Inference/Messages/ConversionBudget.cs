using Ovms.Status;

namespace Ovms.Inference.Messages;

/// <summary>
/// Bounds what conversions of BYTES cost at one time: how many calls decode images, how many wait for their turn, and the bytes that pixels
/// and the tensors made of images and texts hold, until each tensor's call has ended.
/// </summary>
internal sealed class ConversionBudget(int decoders, int waiters, long bytes, long scannedPixels = long.MaxValue) : IDisposable
{
    private const int MostWaiting = 1024;
    private const long LeastBytes = 256L << 20;

    // Of the memory there is: models and other requests need the rest.
    private const int Share = 4;

    private readonly SemaphoreSlim _turns = new(decoders);
    private int _waiting;
    private long _taken;

    /// <summary>As many decoders as there are processors, and a quarter of the memory.</summary>
    /// <param name="scanMegapixels">Millions of <see cref="ScannedPixels"/>; 0 for any number.</param>
    public static ConversionBudget OfThisMachine(uint scanMegapixels = 0) => new(
        Environment.ProcessorCount,
        MostWaiting,
        Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Share, LeastBytes),
        scanMegapixels == 0 ? long.MaxValue : scanMegapixels * 1_000_000L);

    /// <summary>Most pixels that the scans of one JPEG may go over together: scans × width × height.</summary>
    public long ScannedPixels => scannedPixels;

    /// <summary>Bytes held now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Waits for a turn to decode; <see cref="Leave"/> ends it.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up waiting.</exception>
    public async ValueTask<Outcome> EnterAsync(CancellationToken cancellation)
    {
        if (_turns.Wait(0, CancellationToken.None))
        {
            return Outcome.Ok;
        }

        try
        {
            if (Interlocked.Increment(ref _waiting) > waiters)
            {
                return Outcome.Fail(StatusCode.QueueFull, $"{waiters} calls wait already for their images to be decoded; try again later.");
            }

            await _turns.WaitAsync(cancellation).ConfigureAwait(false);
            return Outcome.Ok;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Ends a turn.</summary>
    public void Leave() => _turns.Release();

    /// <summary>Counts bytes in, or says why not.</summary>
    public Outcome TryTake(long wanted)
    {
        long taken = Interlocked.Add(ref _taken, wanted);
        if (taken <= bytes)
        {
            return Outcome.Ok;
        }

        Return(wanted);
        return Outcome.Fail(StatusCode.OutOfMemory, $"Images and texts take {wanted} bytes more when they are unpacked; those of calls in flight hold {taken - wanted} of {bytes}; try again later or send less at once");
    }

    /// <summary>Counts bytes out.</summary>
    public void Return(long given) => Interlocked.Add(ref _taken, -given);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

/// <summary>What one call's tensors hold of the budget; goes with the call's message. Not thread-safe.</summary>
internal sealed class ConversionShare(ConversionBudget budget) : IDisposable
{
    private long _held;

    /// <summary>Takes more.</summary>
    public Outcome TryTake(long bytes)
    {
        Outcome taken = budget.TryTake(bytes);
        _held += taken.IsOk ? bytes : 0;
        return taken;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        budget.Return(_held);
        _held = 0;
    }
}
