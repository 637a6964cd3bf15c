using Ovms.Inference.Messages;
using Ovms.Status;

namespace Ovms.Graphs.Execution;

/// <summary>The time of the packets that a graph makes of a request.</summary>
internal static class PacketTime
{
    /// <summary>The request's parameter.</summary>
    public const string Name = "OVMS_MP_TIMESTAMP";

    /// <summary>The time that a request gives, else the present one in microseconds since 1970.</summary>
    /// <param name="message">The request.</param>
    /// <param name="clock">The source of the present time.</param>
    public static Outcome<long> Of(InferMessage message, TimeProvider clock) => Of(message, clock, out _);

    /// <summary>As above.</summary>
    /// <param name="message">The request.</param>
    /// <param name="clock">The source of the present time.</param>
    /// <param name="isGiven">Whether the request says something about the time.</param>
    public static Outcome<long> Of(InferMessage message, TimeProvider clock, out bool isGiven)
    {
        isGiven = true;
        foreach ((string name, ParameterValue value) in message.Parameters)
        {
            if (name == Name)
            {
                return value.Integer is { } time && new Packets.Timestamp(time).IsRange
                    ? time
                    : Outcome.Fail(
                        StatusCode.GraphTimestamp,
                        $"Invalid timestamp format in request parameter {Name}. Should be int64; got {value}; expected: "
                            + $"{Packets.Timestamp.Min.Value} to {Packets.Timestamp.Max.Value}");
            }
        }

        isGiven = false;
        return (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
    }
}
