using Ovms.Status;

namespace Ovms.Frontends;

/// <summary>
/// How long a caller may take to send a message, in seconds, 0 for as long as it likes: one rule for both front ends, in place of the
/// framework's own, which measures bytes a second and knows nothing of callers that compute before they send the rest.
/// </summary>
/// <param name="Start">From a call's headers to its message's first byte.</param>
/// <param name="Stall">From one byte to the next.</param>
/// <param name="Whole">From a call's headers to its message's last byte.</param>
internal sealed record ArrivalTimes(uint Start, uint Stall, uint Whole)
{
    private const long Second = 1000;

    /// <summary>As long as callers like.</summary>
    public static ArrivalTimes Unlimited { get; } = new(0, 0, 0);

    /// <summary>Whether anything is limited.</summary>
    public bool AreLimited => (Start | Stall | Whole) != 0;

    /// <summary>When a message has to be given up unless more of it comes: milliseconds after the call's headers.</summary>
    /// <param name="lastByte">When the last byte of it came, in milliseconds after the headers; null where none came yet.</param>
    public long GivenUpAt(long? lastByte) => Math.Min(At(Whole, 0), lastByte is { } last ? At(Stall, last) : At(Start, 0));

    /// <summary>Why a message was given up.</summary>
    /// <param name="lastByte">As for <see cref="GivenUpAt"/>.</param>
    public Outcome Reason(long? lastByte)
    {
        (string what, uint seconds, string option) = GivenUpAt(lastByte) == At(Whole, 0)
            ? ("The message was not whole", Whole, "request_timeout_seconds")
            : lastByte is null
                ? ("No byte of the message came", Start, "request_start_timeout_seconds")
                : ("No further byte of the message came", Stall, "request_stall_timeout_seconds");
        return Outcome.Fail(StatusCode.RequestTooSlow, $"{what} after {seconds} seconds; send it sooner or raise {option}");
    }

    private static long At(uint seconds, long from) => seconds == 0 ? long.MaxValue : from + (seconds * Second);
}
