namespace Ovms.Serving.Draining;

/// <summary>Counts answers that callers have not read to the end.</summary>
/// <remarks>Their inference is over and their lease may have ended, but a server that stops now would cut them off.</remarks>
internal sealed class AnswersUnderway
{
    private readonly TaskCompletionSource _noneLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private volatile bool _awaited;

    /// <summary>Whether any answer is under way.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <summary>Counts an answer that begins; called while its lease is held.</summary>
    public void Begin() => Interlocked.Increment(ref _count);

    /// <summary>Counts an answer that has ended.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _awaited)
        {
            _noneLeft.TrySetResult();
        }
    }

    /// <summary>Waits for the last answer. Called once, when no lease is held any more.</summary>
    /// <returns>False if some answers were still under way when the limit passed.</returns>
    public async Task<bool> EndWithinAsync(TimeSpan limit)
    {
        // Order: set the flag, then read the count. Otherwise the last answer could end unnoticed between the two.
        _awaited = true;
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0)
        {
            return true;
        }

        try
        {
            await _noneLeft.Task.WaitAsync(limit).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
