using System.Threading.Channels;
using Ovms.Status;

namespace Ovms.Serving.Lifecycle;

/// <summary>
/// Where a reload is asked for, and how the last one went. Requests wait in a queue for the loop of <see cref="ModelManager"/>, which
/// carries them out: front ends can be given this before there is an engine.
/// </summary>
internal sealed class Reloads
{
    // Requests that wait for the same look cost little, but nothing is without a bound.
    private const int MostPending = 256;

    // The loop's reader only moves a request into its own line: that is done on the asker's thread, without a hop between two queues.
    private readonly Channel<PendingReload> _asked =
        Channel.CreateUnbounded<PendingReload>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private volatile ReloadStatus _status = ReloadStatus.None;
    private volatile bool _isTaken;
    private int _pending;

    /// <summary>How what is served stands to what is configured.</summary>
    public ReloadStatus Status
    {
        get => _status;
        internal set => _status = value;
    }

    /// <summary>
    /// Looks at once, takes files for complete and tries again what failed; ends when all that follows is done and what is let go has
    /// ended, which is waited for as long as <see cref="LifecyclePace.Drain"/> says. Requests that come before the look begins share it.
    /// </summary>
    /// <returns>How it ended, or: the server still starts, too many wait, the server stops.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up waiting; the reload goes on.</exception>
    public async Task<Outcome<ReloadResult>> ReloadAsync(CancellationToken cancellation)
    {
        if (!_isTaken)
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

    /// <summary>All requests until <see cref="Close"/>, for the one who carries them out; from now on they are taken.</summary>
    internal IAsyncEnumerable<PendingReload> TakeAsync()
    {
        _isTaken = true;
        return _asked.Reader.ReadAllAsync();
    }

    /// <summary>From now on requests are refused, since the server stops.</summary>
    internal void Close() => _asked.Writer.TryComplete();
}
