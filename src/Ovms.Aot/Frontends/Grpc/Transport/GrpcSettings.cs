using System.Collections.Immutable;
using System.Net;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Extensions;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>The options of the gRPC front end.</summary>
internal sealed record GrpcSettings
{
    /// <summary>
    /// Bytes of the largest frame a caller may send. Four times the protocol's default saves 10% or more of an image's transfer time.
    /// Larger frames gain nothing, since a frame is parsed only when it is complete.
    /// </summary>
    public const int FrameSize = 64 << 10;

    /// <summary>Addresses and ports to listen on.</summary>
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Path of a unix domain socket to listen on as well: absolute; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>The server's version, as reported by the server metadata.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>What the log settings call reports.</summary>
    public LogSettingsView Log { get; init; } = LogSettingsView.Default;

    /// <summary>--grpc_channel_arguments.</summary>
    public ChannelArguments Arguments { get; init; } = ChannelArguments.Default;

    /// <summary>How long messages may take to arrive.</summary>
    public ArrivalTimes Arrival { get; init; } = ArrivalTimes.Unlimited;

    /// <summary>The account of memory that calls hold: --grpc_memory_quota.</summary>
    public RequestMemory Memory { get; init; } = new(2UL << 30, "grpc_memory_quota");

    /// <summary>--answer_stall_timeout_seconds.</summary>
    public AnswerPace Pace { get; init; } = new(TimeSpan.Zero);

    /// <summary>Limits on open calls.</summary>
    public StreamLimits Streams { get; init; } = new();

    /// <summary>Notes for the log about threading options of the original that have no effect here.</summary>
    /// <param name="workers">--grpc_workers.</param>
    /// <param name="maxThreads">--grpc_max_threads; null if not given.</param>
    public static IEnumerable<string> ThreadingNotes(uint workers, uint? maxThreads)
    {
        if (workers > 1)
        {
            yield return $"grpc_workers: {workers} has no effect, one gRPC server uses all cores";
        }

        if (maxThreads is { } threads)
        {
            yield return $"grpc_max_threads: {threads} has no effect, calls in flight hold no threads";
        }
    }
}
