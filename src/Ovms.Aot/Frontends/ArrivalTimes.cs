using System.IO.Pipelines;
using Ovms.Status;
using Ovms.Tensors;

namespace Ovms.Frontends;

/// <summary>
/// How long a caller may take to send a message, in seconds, 0 for as long as it likes: one rule for both front ends, in place of the
/// framework's own, which measures bytes a second and knows nothing of callers that compute before they send the rest.
/// </summary>
internal sealed class ArrivalTimes
{
    private const long Second = 1000;

    private readonly uint _start;
    private readonly uint _stall;
    private readonly uint _whole;
    private readonly Recycled<ArrivalWatch> _watches;

    /// <param name="start">From a call's headers to its message's first byte.</param>
    /// <param name="stall">From one byte to the next.</param>
    /// <param name="whole">From a call's headers to its message's last byte.</param>
    public ArrivalTimes(uint start, uint stall, uint whole)
    {
        (_start, _stall, _whole) = (start, stall, whole);
        _watches = new Recycled<ArrivalWatch>(home => new ArrivalWatch(home, this));
    }

    /// <summary>As long as callers like.</summary>
    public static ArrivalTimes Unlimited { get; } = new(0, 0, 0);

    /// <summary>Whether anything is limited.</summary>
    public bool AreLimited => (_start | _stall | _whole) != 0;

    /// <inheritdoc cref="ArrivalWatch.Begin"/>
    public ArrivalWatch Watch(PipeReader body, bool hasBegun, CancellationToken stopping, long? since = null)
    {
        ArrivalWatch watch = _watches.Rent();
        watch.Begin(body, hasBegun, stopping, since);
        return watch;
    }

    /// <summary>When a message has to be given up unless more of it comes: milliseconds after the call's headers.</summary>
    /// <param name="lastByte">When the last byte of it came, in milliseconds after the headers; null where none came yet.</param>
    public long GivenUpAt(long? lastByte) => Math.Min(At(_whole, 0), lastByte is { } last ? At(_stall, last) : At(_start, 0));

    /// <summary>Why a message was given up.</summary>
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
