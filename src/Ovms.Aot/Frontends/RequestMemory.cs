using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// Bounds the bytes of all calls of a front end, from a request's first byte to the answer's last: what would pass the limit is refused,
/// not made to wait, since its own bytes have already arrived.
/// </summary>
/// <param name="limit">Bytes; 0 for no limit.</param>
/// <param name="name">What the limit is called, for the message.</param>
internal sealed class RequestMemory(ulong limit, string name)
{
    private readonly long _limit = limit == 0 ? long.MaxValue : (long)Math.Min(limit, long.MaxValue);
    private long _taken;

    /// <summary>Bytes held now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Counts bytes in, or says why not.</summary>
    public Outcome TryTake(long bytes)
    {
        long taken = Interlocked.Add(ref _taken, bytes);
        if (taken <= _limit)
        {
            return Outcome.Ok;
        }

        Return(bytes);
        return Outcome.Fail(StatusCode.OutOfMemory, $"{bytes} bytes more came, calls in flight hold {taken - bytes} of {_limit} ({name}); try again later or raise the limit");
    }

    /// <summary>Counts bytes in that are there already.</summary>
    public void Take(long bytes) => Interlocked.Add(ref _taken, bytes);

    /// <summary>Counts bytes out.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
