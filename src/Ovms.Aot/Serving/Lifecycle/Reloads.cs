using System.Threading.Channels;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>Accepts reload requests, and holds the status of the last reload.</summary>
/// <remarks>
/// Requests wait in a queue for the loop of <see cref="ModelManager"/>. Front ends can therefore use this object before the engine
/// exists.
/// </remarks>
internal sealed class Reloads
{
    // Requests that share a look cost little, but every queue needs a bound.
    private const int MostPending = 256;

    // The reader only moves a request into the loop's queue. That runs on the requester's thread, without a hop between the two queues.
    private readonly Channel<PendingReload> _asked =
        Channel.CreateUnbounded<PendingReload>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private volatile ReloadStatus _status = ReloadStatus.None;
    private volatile bool _isAccepting;
    private int _pending;

    /// <summary>The newest status.</summary>
    public ReloadStatus Status
    {
        get => _status;
        internal set => _status = value;
    }

    /// <summary>Requests a look at once. It does not wait until files stop changing, and failed loads are retried.</summary>
    /// <remarks>
    /// Ends when everything that follows is done and the removed servables have ended; waits at most <see cref="LifecyclePace.Drain"/>
    /// for the latter. Requests made before the look begins share it.
    /// </remarks>
    /// <returns>The result. Or a failure: the server is still starting, too many requests wait, or the server stops.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting; the reload continues.</exception>
    public async Task<Outcome<ReloadResult>> ReloadAsync(CancellationToken cancellation)
    {
        if (!_isAccepting)
        {
            return Outcome.Fail(StatusCode.ServerNotReady);
        }

        PendingReload reload = new();
        try
        {
            if (Interlocked.Increment(ref _pending) > MostPending)
            {
                return Outcome.Fail(StatusCode.QueueFull, $"{MostPending} requests wait for a reload already.");
            }

            return _asked.Writer.TryWrite(reload)
                ? await reload.Ended.WaitAsync(cancellation).ConfigureAwait(false)
                : Outcome.Fail(StatusCode.ServerShuttingDown);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Outcome.Fail(StatusCode.ServerShuttingDown);
        }
        finally
        {
            reload.Leave();
            Interlocked.Decrement(ref _pending);
        }
    }

    /// <summary>All requests until <see cref="Close"/>, for the loop that carries them out. From now on requests are accepted.</summary>
    internal IAsyncEnumerable<PendingReload> TakeAsync()
    {
        _isAccepting = true;
        return _asked.Reader.ReadAllAsync();
    }

    /// <summary>Rejects all further requests, because the server stops.</summary>
    internal void Close() => _asked.Writer.TryComplete();
}
