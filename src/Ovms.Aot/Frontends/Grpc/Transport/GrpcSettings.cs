using System.Collections.Immutable;
using System.Net;
using Ovms.Frontends.Connections;
using Ovms.Frontends.Extensions;

namespace Ovms.Frontends.Grpc.Transport;

/// <summary>What the gRPC front end needs to know from the options.</summary>
internal sealed record GrpcSettings
{
    /// <summary>
    /// Bytes of the largest frame a caller may send. Four times the protocol's default takes a tenth and more off an image's way; larger
    /// ones gain nothing, since a frame is only looked at when it is whole.
    /// </summary>
    public const int FrameSize = 64 << 10;

    /// <summary>Addresses and port to listen on.</summary>
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Unix domain socket to listen on beside them: an absolute path; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>The server's version, as the metadata tells it.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>What the log settings tell.</summary>
    public LogSettingsView Log { get; init; } = LogSettingsView.Default;

    /// <summary>--grpc_channel_arguments.</summary>
    public ChannelArguments Arguments { get; init; } = ChannelArguments.Default;

    /// <summary>How long messages may take to come.</summary>
    public ArrivalTimes Arrival { get; init; } = ArrivalTimes.Unlimited;

    /// <summary>The account of what calls hold: --grpc_memory_quota.</summary>
    public RequestMemory Memory { get; init; } = new(2UL << 30, "grpc_memory_quota");

    /// <summary>--answer_stall_timeout_seconds.</summary>
    public AnswerPace Pace { get; init; } = new(TimeSpan.Zero);

    /// <summary>Bounds on the calls that are open.</summary>
    public StreamLimits Streams { get; init; } = new();

    /// <summary>
    /// Sentences for the log about options of the original's threading that mean nothing here.
    /// </summary>
    /// <param name="workers">--grpc_workers.</param>
    /// <param name="maxThreads">--grpc_max_threads; null when not given.</param>
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
