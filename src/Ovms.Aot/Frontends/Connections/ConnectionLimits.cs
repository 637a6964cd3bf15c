using Ovms.Options;

namespace Ovms.Frontends.Connections;

/// <summary>What the options say about connections and the streams in them. 0 is no bound.</summary>
internal sealed record ConnectionLimits
{
    // Of each 32 places one is kept for health and one for unix sockets, at least one of each.
    private const int ReserveShare = 32;
    private const int MostReserved = 16;

    // An address may reset so many times what one of its connections may.
    private const int AddressFactor = 5;

    /// <summary>Connections of all listeners at the same time.</summary>
    public required int Places { get; init; }

    /// <summary>Connections of one address.</summary>
    public required int PerAddress { get; init; }

    /// <summary>Time from a connection's begin to its first request.</summary>
    public TimeSpan FirstRequest { get; init; }

    /// <summary>Streams of one connection that may be reset within <see cref="RecentResets.Window"/>.</summary>
    public int ResetsPerConnection { get; init; }

    /// <summary>The same for all connections of an address together.</summary>
    public long ResetsPerAddress => (long)ResetsPerConnection * AddressFactor;

    /// <summary>Places that only requests for health get when the others are taken.</summary>
    public int HealthPlaces => Math.Clamp(Places / ReserveShare, 1, MostReserved);

    /// <summary>Places that only unix sockets get; 0 where there is none.</summary>
    public int LocalPlaces { get; init; }

    /// <summary>The limits that the options give.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="mostByFiles">Connections that the files allow which the process may have open.</param>
    public static ConnectionLimits From(ServerOptions options, int mostByFiles)
    {
        int places = options.MaxConnections == 0 ? mostByFiles : (int)Math.Min(options.MaxConnections, mostByFiles);
        return new ConnectionLimits
        {
            Places = places,
            PerAddress = (int)(options.MaxConnectionsPerAddress ?? (uint)((places + 1) / 2)),
            FirstRequest = TimeSpan.FromSeconds(options.FirstRequestTimeoutSeconds),
            ResetsPerConnection = (int)options.StreamResetBudget,
            LocalPlaces = options.GrpcUds.Length + options.RestUds.Length > 0 ? Math.Clamp(places / ReserveShare, 1, MostReserved) : 0,
        };
    }
}
