using Ovms.Status;

namespace Ovms.Frontends.Grpc;

/// <summary>
/// Bounds the bytes of all requests being served (--grpc_memory_quota): a call that would pass the limit is refused, not made to wait,
/// since its own bytes have already arrived.
/// </summary>
/// <param name="limit">Bytes; 0 for no limit.</param>
internal sealed class RequestMemory(ulong limit)
{
    private readonly long _limit = limit == 0 ? long.MaxValue : (long)Math.Min(limit, long.MaxValue);
    private long _taken;

    /// <summary>Bytes of the requests being served.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Counts a request in, or says why not.</summary>
    public Outcome TryTake(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken <= _limit)
        {
            return Outcome.Ok;
        }

        Return(bytes);
        return Outcome.Fail(StatusCode.OutOfMemory, $"The request has {bytes} bytes, calls in flight hold {taken - bytes} of {_limit} (grpc_memory_quota); try again later or raise the quota");
    }

    /// <summary>Counts a request out.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
