using Ovms.Options;

namespace Ovms.Frontends.Connections;

/// <summary>What the options say about connections and their streams. 0 is no limit.</summary>
internal sealed record ConnectionLimits
{
    // Of every 32 places one is reserved for health requests and one for unix sockets; at least one of each.
    private const int ReserveShare = 32;
    private const int MostReserved = 16;

    // How many times the budget of one connection an address may reset.
    private const int AddressFactor = 5;

    // Kestrel adds its infinite time to the clock, which overflows: headers that are not complete at once would be late.
    private static readonly TimeSpan s_never = TimeSpan.FromDays(365);

    /// <summary>Open connections of all listeners together.</summary>
    public required int Places { get; init; }

    /// <summary>Open connections of one address.</summary>
    public required int PerAddress { get; init; }

    /// <summary>The option, or limit of the system, that <see cref="Places"/> comes from.</summary>
    public string PlacesName { get; init; } = "max_connections";

    /// <summary>
    /// The longest time from a connection's start to its first request, and from a request's first byte to its headers' end.
    /// </summary>
    public TimeSpan FirstRequest { get; init; }

    /// <summary>The same for headers as the web server takes it, whose own default would be 30 s.</summary>
    public TimeSpan Headers => FirstRequest > TimeSpan.Zero ? FirstRequest : s_never;

    /// <summary>Streams that one connection may reset within <see cref="RecentResets.Window"/>.</summary>
    public int ResetsPerConnection { get; init; }

    /// <summary>Streams that all connections of an address may reset within <see cref="RecentResets.Window"/>.</summary>
    public long ResetsPerAddress => (long)ResetsPerConnection * AddressFactor;

    /// <summary>Places reserved for health requests.</summary>
    public int HealthPlaces => Math.Clamp(Places / ReserveShare, 1, MostReserved);

    /// <summary>Places reserved for unix sockets; 0 without one.</summary>
    public int LocalPlaces { get; init; }

    /// <summary>Derives the limits from the options.</summary>
    /// <param name="options">The command line.</param>
    /// <param name="mostByFiles">Connections that fit in the process's limit of open files.</param>
    public static ConnectionLimits From(ServerOptions options, int mostByFiles)
    {
        int places = options.MaxConnections == 0 ? mostByFiles : (int)Math.Min(options.MaxConnections, mostByFiles);
        return new ConnectionLimits
        {
            Places = places,
            PlacesName = options.MaxConnections == 0 || options.MaxConnections > mostByFiles
                ? "the limit on open files (ulimit -n)"
                : "max_connections",
            PerAddress = (int)(options.MaxConnectionsPerAddress ?? (uint)((places + 1) / 2)),
            FirstRequest = TimeSpan.FromSeconds(options.FirstRequestTimeoutSeconds),
            ResetsPerConnection = (int)options.StreamResetBudget,
            LocalPlaces = options.GrpcUds.Length + options.RestUds.Length > 0 ? Math.Clamp(places / ReserveShare, 1, MostReserved) : 0,
        };
    }
}
