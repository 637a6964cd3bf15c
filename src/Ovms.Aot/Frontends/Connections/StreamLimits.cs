using Ovms.Options;

namespace Ovms.Frontends.Connections;

/// <summary>What the options say about gRPC calls of all connections together. 0 is no limit.</summary>
internal sealed record StreamLimits
{
    /// <summary>Calls whose message has begun to arrive.</summary>
    public int Most { get; init; }

    /// <summary>Calls without a byte of their message yet.</summary>
    public int MostWaiting { get; init; }

    /// <summary>Derives the limits from the options.</summary>
    public static StreamLimits From(ServerOptions options) => new()
    {
        Most = (int)options.MaxStreams,
        MostWaiting = (int)options.MaxWaitingStreams,
    };
}
