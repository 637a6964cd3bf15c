using System.Collections.Immutable;
using System.Net;
using Ovms.Frontends.Extensions;
using Ovms.Observability.Metrics;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>What the REST front needs to know from the options.</summary>
internal sealed record RestSettings
{
    /// <summary>Addresses and port to listen on.</summary>
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Unix domain socket to listen on beside them: an absolute path; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>The server's version, as the metadata tells it.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>What the log settings tell.</summary>
    public LogSettingsView Log { get; init; } = LogSettingsView.Default;

    /// <summary>Access-control headers.</summary>
    public CorsHeaders Cors { get; init; } = CorsHeaders.Default;

    /// <summary>What /metrics tells; null = there is no such path.</summary>
    public ServerMetrics? Metrics { get; init; }

    /// <summary>How long messages may take to come.</summary>
    public ArrivalTimes Arrival { get; init; } = ArrivalTimes.Unlimited;

    /// <summary>The account of what calls hold: --rest_memory_quota.</summary>
    public RequestMemory Memory { get; init; } = new(HalfOfTheMemory, "rest_memory_quota");

    /// <summary>--answer_stall_timeout_seconds.</summary>
    public AnswerPace Pace { get; init; } = new(TimeSpan.Zero);

    /// <summary>Half of what the machine, or the container, has, in bytes.</summary>
    public static ulong HalfOfTheMemory => (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The longest request body, before and after it is decompressed.</summary>
    public long MaxBodyBytes { get; init; } = NativeBuffer.MaxLength;
}
