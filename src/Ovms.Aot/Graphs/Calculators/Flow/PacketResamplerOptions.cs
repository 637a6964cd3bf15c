using Ovms.Configuration.Graphs;
using Ovms.Graphs.Packets;

namespace Ovms.Graphs.Calculators.Flow;

/// <summary>The rate of packets. Source: the original's PacketResamplerCalculatorOptions.</summary>
[GraphMessage("mediapipe.PacketResamplerCalculatorOptions")]
internal sealed partial record PacketResamplerOptions
{
    /// <summary>Packets a second, more than 0; times are in microseconds.</summary>
    [GraphField(1)]
    public double FrameRate { get; init; } = -1.0;

    /// <summary>Accepted without effect: streams have no headers here.</summary>
    [GraphField(2)]
    public ResamplerHeader OutputHeader { get; init; }

    /// <summary>Whether the last packet is written at the end.</summary>
    [GraphField(3)]
    public bool FlushLastPacket { get; init; } = true;

    /// <summary>By how much of a period the time between two packets may differ from it, 0 to 1; needs the side packet SEED.</summary>
    [GraphField(4)]
    public double Jitter { get; init; }

    /// <summary>A time of the grid; by default that of the first packet.</summary>
    [GraphField(5)]
    public long? BaseTimestamp { get; init; }

    /// <summary>Packets before this time are not written.</summary>
    [GraphField(6)]
    public long? StartTime { get; init; }

    /// <summary>Packets from this time on are not written.</summary>
    [GraphField(7)]
    public long? EndTime { get; init; }

    /// <summary>Whether packets up to half a period outside of these limits are written too.</summary>
    [GraphField(8)]
    public bool RoundLimits { get; init; }

    /// <summary>Whether jitter keeps each packet within its own period.</summary>
    [GraphField(9)]
    public bool JitterWithReflection { get; init; }

    /// <summary>Of no effect without jitter, not supported with it.</summary>
    [GraphField(10)]
    public bool ReproducibleSampling { get; init; }

    /// <summary>A period in whole microseconds, 1 at least.</summary>
    public long PeriodMicroseconds => (long)(1e6 / FrameRate);

    /// <summary>Whether a packet of this time is written.</summary>
    public bool Covers(Timestamp time)
    {
        long margin = RoundLimits ? PeriodMicroseconds / 2 : 0;
        return (StartTime is not { } start || time >= new Timestamp(start).Moved(-margin))
            && (EndTime is not { } end || time < new Timestamp(end).Moved(margin));
    }
}
