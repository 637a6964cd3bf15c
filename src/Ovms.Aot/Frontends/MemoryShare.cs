using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// What one call holds of its front end's memory. It grows and is given back as a whole when the call ends; afterwards it may be another
/// call's. Not thread-safe.
/// </summary>
internal sealed class MemoryShare : IDisposable
{
    private RequestMemory? _memory;
    private long _request;

    /// <summary>Of no call yet: see <see cref="Of"/>.</summary>
    public MemoryShare()
    {
    }

    /// <summary>The share of one call.</summary>
    public MemoryShare(RequestMemory memory) => _memory = memory;

    private RequestMemory Memory => _memory ?? throw new ObjectDisposedException(nameof(MemoryShare));

    /// <summary>Bytes of the answer; 0 before there is one.</summary>
    public long Answer { get; private set; }

    /// <summary>Becomes the share of a call.</summary>
    /// <param name="memory">What it holds some of.</param>
    public MemoryShare Of(RequestMemory memory)
    {
        System.Diagnostics.Debug.Assert(_memory is null, "A share is one call's at a time.");
        _memory = memory;
        return this;
    }

    /// <summary>The request is so long by now.</summary>
    /// <returns>Ok, or that there is no room for what it grew by.</returns>
    public Outcome GrowTo(long length)
    {
        if (length <= _request)
        {
            return Outcome.Ok;
        }

        Outcome taken = Memory.TryTake(length - _request);
        _request = taken.IsOk ? length : _request;
        return taken;
    }

    /// <summary>An answer waits for its caller to read it; it is never refused, but it keeps others out.</summary>
    public void AddAnswer(long length)
    {
        Memory.Take(length);
        Answer += length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory?.Return(_request + Answer);
        _memory = null;
        _request = 0;
        Answer = 0;
    }
}
