using Ovms.Status;

namespace Ovms.Inference.Messages;

/// <summary>
/// Bounds the concurrent cost of BYTES conversions: the calls that decode images, the calls that wait for their turn, and the memory.
/// </summary>
/// <remarks>
/// The memory is that of the pixels, of what decoding them takes, and of the tensors made of images and texts. A tensor's share is held
/// until its call has ended.
/// </remarks>
internal sealed class ConversionBudget(int decoders, int waiters, long bytes, long scannedPixels = long.MaxValue) : IDisposable
{
    private const int MostWaiting = 1024;
    private const long LeastBytes = 256L << 20;

    // The divisor of the available memory: models and other requests need the rest.
    private const int Share = 4;

    private readonly SemaphoreSlim _turns = new(decoders);
    private int _waiting;
    private long _taken;

    /// <summary>A budget of as many decoders as there are processors, and a quarter of the memory, but at least 256 MiB.</summary>
    /// <param name="scanMegapixels">The limit of <see cref="ScannedPixels"/> in millions; 0 = unlimited.</param>
    public static ConversionBudget OfThisMachine(uint scanMegapixels = 0) => new(
        Environment.ProcessorCount,
        MostWaiting,
        Math.Max(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Share, LeastBytes),
        scanMegapixels == 0 ? long.MaxValue : scanMegapixels * 1_000_000L);

    /// <summary>Maximum number of pixels that all scans of one JPEG together may pass over: scans × width × height.</summary>
    public long ScannedPixels => scannedPixels;

    /// <summary>Bytes reserved now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Waits for a turn to decode. The caller must end it with <see cref="Leave"/> if the outcome is Ok.</summary>
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
                return Outcome.Fail(
                    StatusCode.QueueFull,
                    $"{waiters} calls wait already for their images to be decoded; try again later.");
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

    /// <summary>Reserves bytes, or fails if the budget is exhausted.</summary>
    public Outcome TryTake(long wanted)
    {
        // Checked before it is added: a call that does not fit must not make others fail meanwhile.
        for (long taken = Taken, seen; wanted <= bytes - taken; taken = seen)
        {
            seen = Interlocked.CompareExchange(ref _taken, taken + wanted, taken);
            if (seen == taken)
            {
                return Outcome.Ok;
            }
        }

        return Outcome.Fail(
            StatusCode.OutOfMemory,
            $"Images and texts take {wanted} bytes more when they are unpacked; "
                + $"those of calls in flight hold {Taken} of {bytes}; try again later or send less at once");
    }

    /// <summary>Releases reserved bytes.</summary>
    public void Return(long given) => Interlocked.Add(ref _taken, -given);

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();
}

/// <summary>The bytes of the budget that one call's tensors hold; disposed with the call's message. Not thread-safe.</summary>
internal sealed class ConversionShare(ConversionBudget budget) : IDisposable
{
    private long _held;

    /// <summary>Reserves more bytes for this call.</summary>
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
