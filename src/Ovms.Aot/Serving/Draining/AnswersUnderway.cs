namespace Ovms.Serving.Draining;

/// <summary>
/// Counts the answers that callers have not read to the end: their inference is over and its lease may have ended, but a server that
/// stops now would take them back.
/// </summary>
internal sealed class AnswersUnderway
{
    private readonly TaskCompletionSource _noneLeft = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private volatile bool _awaited;

    /// <summary>Whether there is one.</summary>
    public bool Any => Volatile.Read(ref _count) > 0;

    /// <summary>Counts an answer in, while its lease is held.</summary>
    public void Begin() => Interlocked.Increment(ref _count);

    /// <summary>Counts an answer out.</summary>
    public void End()
    {
        if (Interlocked.Decrement(ref _count) == 0 && _awaited)
        {
            _noneLeft.TrySetResult();
        }
    }

    /// <summary>Waits for the last one; called once, when no lease is held any more.</summary>
    /// <returns>False when some were left at the limit.</returns>
    public async Task<bool> EndWithinAsync(TimeSpan limit)
    {
        // Order: told first and counted then, or the last one could end unseen between the two.
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
