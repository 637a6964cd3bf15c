using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Execution;

/// <summary>
/// The requests of a stream whose answers may still come, by the time of their packets: which request an answer belongs to, and when a
/// request has had its last one. Bounded. Safe for use by several threads.
/// </summary>
/// <param name="outputs">Number of the graph's outputs.</param>
internal sealed class RequestLog(int outputs)
{
    /// <summary>Requests that are remembered; more than wait in any queue that is not full.</summary>
    public const int Most = 4096;

    private readonly Lock _lock = new();
    private readonly List<LoggedRequest> _requests = [];

    // The time up to which each output is settled.
    private readonly Timestamp[] _settled = [.. Enumerable.Repeat(Timestamp.Unset, outputs)];
    private LoggedRequest? _last;

    /// <summary>Adds a request, before its packets.</summary>
    public void Add(LoggedRequest request)
    {
        lock (_lock)
        {
            if (_requests.Count == Most)
            {
                _requests.RemoveAt(0);
            }

            // Usually the latest one; callers may send times in any order at different inputs.
            int place = _requests.Count;
            while (place > 0 && _requests[place - 1].Time > request.Time)
            {
                place--;
            }

            _requests.Insert(place, request);
        }
    }

    /// <summary>The request that a packet belongs to: the latest one that is not later than the packet.</summary>
    /// <param name="output">The output.</param>
    /// <param name="time">The packet's time.</param>
    /// <param name="isFinal">Whether each output has had a packet of this time now, and the request wants no response that says so.</param>
    public LoggedRequest? Delivered(int output, Timestamp time, out bool isFinal)
    {
        lock (_lock)
        {
            LoggedRequest? found = null;
            foreach (LoggedRequest request in _requests)
            {
                if (request.Time > time)
                {
                    break;
                }

                found = request;
            }

            isFinal = found is { WantsEnd: false } && found.Time == time && found.Deliver(output, outputs);
            return found ?? _last ?? _requests.FirstOrDefault();
        }
    }

    /// <summary>Removes the requests that can get no more answers, now that a time is settled at an output.</summary>
    /// <returns>Them; null for none.</returns>
    public List<LoggedRequest>? Settle(int output, Timestamp time)
    {
        lock (_lock)
        {
            _settled[output] = Timestamp.Greatest(_settled[output], time);
            Timestamp all = _settled.Aggregate(Timestamp.Least);
            int count = 0;
            while (count < _requests.Count && _requests[count].Time <= all)
            {
                count++;
            }

            if (count == 0)
            {
                return null;
            }

            List<LoggedRequest> ended = _requests.GetRange(0, count);
            _requests.RemoveRange(0, count);
            _last = ended[^1];
            return ended;
        }
    }
}
