namespace Ovms.Frontends.Grpc.Streaming;

/// <summary>
/// Counts the requests of a stream from the time they are started until their responses are written, and holds the reader back while there
/// are as many as there may be. One reader; requests may leave on any thread.
/// </summary>
internal sealed class StreamWindow
{
    /// <summary>Bytes of requests from which on a further one waits until none is left.</summary>
    public const long MostBytes = 256 << 20;

    private readonly Lock _lock = new();
    private TaskCompletionSource? _left;
    private int _count;
    private long _bytes;

    /// <summary>Requests that have entered and not left.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _count;
            }
        }
    }

    /// <summary>Waits until there is a place, and takes it.</summary>
    /// <param name="most">The most requests at a time, this one included; at least 1.</param>
    /// <param name="bytes">Bytes of the request.</param>
    /// <param name="cancellation">Cancelled when nothing more is read.</param>
    /// <exception cref="OperationCanceledException">Nothing more is read.</exception>
    public async ValueTask EnterAsync(int most, long bytes, CancellationToken cancellation)
    {
        while (true)
        {
            TaskCompletionSource left;
            lock (_lock)
            {
                if (_count == 0 || (_count < most && _bytes + bytes <= MostBytes))
                {
                    _count++;
                    _bytes += bytes;
                    return;
                }

                left = _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            await left.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Gives a place back.</summary>
    /// <param name="bytes">Bytes of the request.</param>
    public void Leave(long bytes)
    {
        TaskCompletionSource? left;
        lock (_lock)
        {
            _count--;
            _bytes -= bytes;
            (left, _left) = (_left, null);
        }

        left?.SetResult();
    }
}
