using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>What one call holds of its front end's memory. It grows and is given back as a whole when the call ends. Not thread-safe.</summary>
internal sealed class MemoryShare(RequestMemory memory) : IDisposable
{
    private long _request;

    /// <summary>Bytes of the answer; 0 before there is one.</summary>
    public long Answer { get; private set; }

    /// <summary>The request is so long by now.</summary>
    /// <returns>Ok, or that there is no room for what it grew by.</returns>
    public Outcome GrowTo(long length)
    {
        if (length <= _request)
        {
            return Outcome.Ok;
        }

        Outcome taken = memory.TryTake(length - _request);
        _request = taken.IsOk ? length : _request;
        return taken;
    }

    /// <summary>An answer waits for its caller to read it; it is never refused, but it keeps others out.</summary>
    public void AddAnswer(long length)
    {
        memory.Take(length);
        Answer += length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Return(_request + Answer);
        _request = 0;
        Answer = 0;
    }
}
