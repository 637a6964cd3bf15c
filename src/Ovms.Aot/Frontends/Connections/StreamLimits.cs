using Ovms.Options;

namespace Ovms.Frontends.Connections;

/// <summary>What the options say about gRPC calls of all connections together. 0 is no bound.</summary>
internal sealed record StreamLimits
{
    /// <summary>Calls whose message has begun to come.</summary>
    public int Most { get; init; }

    /// <summary>Calls of whose message nothing has come.</summary>
    public int MostWaiting { get; init; }

    /// <summary>The limits that the options give.</summary>
    public static StreamLimits From(ServerOptions options) => new()
    {
        Most = (int)options.MaxStreams,
        MostWaiting = (int)options.MaxWaitingStreams,
    };
}
