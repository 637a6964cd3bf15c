using Ovms.Pipelines.Libraries;
using Ovms.Processes;

namespace Ovms.Pipelines.Isolation;

/// <summary>
/// Decides when the process of a library is ended because calls hang in it: calls that have not returned although their callers have given
/// up. It is ended when their number reaches the limit; or when, for five seconds, no other call was in the process and none returned.
/// </summary>
/// <remarks>
/// A caller that goes away says nothing about the library, and others must not suffer: hence the time, and hence the look at the others.
/// </remarks>
/// <param name="hangs">Counts the calls that hang.</param>
/// <param name="limit">The limit; 0 = none.</param>
/// <param name="current">The process, if there is one.</param>
internal sealed class HangRule(NodeHangs hangs, int limit, Func<FramedChild?> current)
{
    /// <summary>How long a process is left alone in which all calls hang.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private int _inside;
    private int _returned;
    private bool _isWatching;

    /// <summary>Number of calls in the process.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>A call goes into the process.</summary>
    public void Enter() => Interlocked.Increment(ref _inside);

    /// <summary>A call has left it.</summary>
    public void Leave()
    {
        Interlocked.Increment(ref _returned);
        Interlocked.Decrement(ref _inside);
        Look();
    }

    /// <summary>Looks whether the process must end. Called when the number of hanging calls has changed; quick, blocks nothing.</summary>
    public void Look()
    {
        if (limit == 0)
        {
            return;
        }

        int hanging = hangs.Count;
        if (hanging >= limit)
        {
            End($"was ended: {hanging} calls had not returned after their callers gave up (custom_node_hang_limit)");
            return;
        }

        lock (_gate)
        {
            if (!OnlyHanging() || _isWatching)
            {
                return;
            }

            _isWatching = true;
        }

        _ = WatchAsync(Volatile.Read(ref _returned));
    }

    // Elsewhere, because this may be called within the lock of a call. The process is that of now: a later one is not to blame.
    private void End(string why)
    {
        if (current() is { } child)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static end => end.child.Kill(end.why), (child, why), preferLocal: false);
        }
    }

    private bool OnlyHanging() => hangs.Count is > 0 and var hanging && hanging >= Inside;

    private async Task WatchAsync(int returned)
    {
        await Task.Delay(Patience).ConfigureAwait(false);
        bool isStuck = OnlyHanging() && returned == Volatile.Read(ref _returned);
        lock (_gate)
        {
            _isWatching = false;
        }

        if (isStuck)
        {
            End($"was ended: {hangs.Count} calls had not returned {Patience.TotalSeconds} s after their callers gave up");
        }
        else
        {
            Look();
        }
    }
}
