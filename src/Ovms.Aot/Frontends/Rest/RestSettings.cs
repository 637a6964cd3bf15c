using System.Collections.Immutable;
using System.Net;
using Ovms.Frontends.Extensions;
using Ovms.Observability.Metrics;
using Ovms.Tensors;

namespace Ovms.Frontends.Rest;

/// <summary>The options of the REST front end.</summary>
internal sealed record RestSettings
{
    /// <summary>Addresses and ports to listen on.</summary>
    public required ImmutableArray<IPEndPoint> EndPoints { get; init; }

    /// <summary>Path of a unix domain socket to listen on as well: absolute; empty for none.</summary>
    public string SocketPath { get; init; } = "";

    /// <summary>The server's version, as reported by the server metadata.</summary>
    public required string ServerVersion { get; init; }

    /// <summary>What the log settings call reports.</summary>
    public LogSettingsView Log { get; init; } = LogSettingsView.Default;

    /// <summary>Access-control headers.</summary>
    public CorsHeaders Cors { get; init; } = CorsHeaders.Default;

    /// <summary>What /metrics returns; null if that path is not served.</summary>
    public ServerMetrics? Metrics { get; init; }

    /// <summary>How long messages may take to arrive.</summary>
    public ArrivalTimes Arrival { get; init; } = ArrivalTimes.Unlimited;

    /// <summary>The account of memory that calls hold: --rest_memory_quota.</summary>
    public RequestMemory Memory { get; init; } = new(HalfOfTheMemory, "rest_memory_quota");

    /// <summary>--answer_stall_timeout_seconds.</summary>
    public AnswerPace Pace { get; init; } = new(TimeSpan.Zero);

    /// <summary>Half the memory of the machine or container, in bytes.</summary>
    public static ulong HalfOfTheMemory => (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The most bytes of a request body, before and after decompression.</summary>
    public long MaxBodyBytes { get; init; } = NativeBuffer.MaxLength;
}
