using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// How long a caller may take to send a message, in seconds; 0 for no limit. Both front ends use it instead of Kestrel's minimum data
/// rate, which would fail callers that compute while they send.
/// </summary>
internal sealed class ArrivalTimes
{
    private const long Second = 1000;

    private readonly uint _start;
    private readonly uint _stall;
    private readonly uint _whole;
    private readonly Recycled<ArrivalWatch> _watches;

    /// <param name="start">From the call's headers to the message's first byte.</param>
    /// <param name="stall">From one byte to the next.</param>
    /// <param name="whole">From the call's headers to the message's last byte.</param>
    public ArrivalTimes(uint start, uint stall, uint whole)
    {
        (_start, _stall, _whole) = (start, stall, whole);
        _watches = new Recycled<ArrivalWatch>(home => new ArrivalWatch(home, this));
    }

    /// <summary>No limits.</summary>
    public static ArrivalTimes Unlimited { get; } = new(0, 0, 0);

    /// <summary>Whether any of the three limits is set.</summary>
    public bool AreLimited => (_start | _stall | _whole) != 0;

    /// <inheritdoc cref="ArrivalWatch.Begin"/>
    public ArrivalWatch Watch(PipeReader body, bool hasBegun, CancellationToken stopping, long? since = null)
    {
        ArrivalWatch watch = _watches.Rent();
        watch.Begin(body, hasBegun, stopping, since);
        return watch;
    }

    /// <summary>When the wait for a message times out unless more of it arrives: milliseconds after the call's headers.</summary>
    /// <param name="lastByte">When its last byte so far arrived, in milliseconds after the headers; null before the first byte.</param>
    public long GivenUpAt(long? lastByte) => Math.Min(At(_whole, 0), lastByte is { } last ? At(_stall, last) : At(_start, 0));

    /// <summary>Why the wait for a message timed out.</summary>
    /// <param name="lastByte">As for <see cref="GivenUpAt"/>.</param>
    public Outcome Reason(long? lastByte)
    {
        (string what, uint seconds, string option) = GivenUpAt(lastByte) == At(_whole, 0)
            ? ("The message was not whole", _whole, "request_timeout_seconds")
            : lastByte is null
                ? ("No byte of the message came", _start, "request_start_timeout_seconds")
                : ("No further byte of the message came", _stall, "request_stall_timeout_seconds");
        return Outcome.Fail(StatusCode.RequestTooSlow, $"{what} after {seconds} seconds; send it sooner or raise {option}");
    }

    private static long At(uint seconds, long from) => seconds == 0 ? long.MaxValue : from + (seconds * Second);
}
