namespace Ovms.Benchmarks;

/// <summary>What one model gave with one number of callers.</summary>
internal sealed class WaysTable(Workload workload, Requests requests, int callers)
{
    public const string Engine = "engine alone (plain C program)";
    public const string NothingServed = "echo over gRPC, nothing served";
    public const string Grpc = "gRPC";
    public const string Json = "REST, JSON";
    public const string EngineBesideEcho = "engine alone while the echo is called at gRPC's rate";

    private readonly List<(string Way, List<Measured> Rounds)> _ways = [];

    public string Model => workload.Name;

    public int Callers => callers;

    /// <summary>The rate that the echo was really called at beside the engine, as a share of the server's.</summary>
    public Samples Driven { get; } = new();

    public void Add(string way, Measured measured)
    {
        if (Find(way) is not { } rounds)
            _ways.Add((way, rounds = []));
        rounds.Add(measured);
    }

    /// <summary>A figure of each round.</summary>
    public Samples Of(string way, Func<Measured, double> figure) => new((Find(way) ?? []).Select(figure));

    /// <summary>A figure of two ways in each round.</summary>
    public Samples Of(string way, string other, Func<Measured, Measured, double> figure) => new((Find(way) ?? []).Zip(Find(other) ?? [], figure));

    /// <summary>A figure of three ways in each round.</summary>
    public Samples Of(string way, string other, string third, Func<Measured, Measured, Measured, double> figure) =>
        new((Find(way) ?? []).Zip(Find(other) ?? [], Find(third) ?? []).Select(all => figure(all.First, all.Second, all.Third)));

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown()
    {
        yield return "";
        yield return $"### {Model}, {callers} {(callers == 1 ? "caller" : "callers")}: {requests.Description}";
        yield return "";
        yield return "| way | calls/s | p50 ms | p90 ms | p99 ms | calls/s of the engine's | p50 of the echo's | server's CPU µs/call |";
        yield return "|---|---|---|---|---|---|---|---|";
        foreach ((string way, _) in _ways.OrderBy(static way => way.Way is Engine ? 0 : way.Way is EngineBesideEcho ? 1 : way.Way is NothingServed ? 2 : 3))
        {
            string Median(Func<Measured, double> figure) => Samples.Text(Of(way, figure).Median);
            string engine = way is Engine or NothingServed ? "" : Of(way, Engine, static (one, plain) => one.Rate / plain.Rate).Spread(Samples.Percent);
            string echo = way is Engine or NothingServed or EngineBesideEcho ? "" : Of(way, NothingServed, static (one, echo) => one.P50 / echo.P50).Spread(Samples.Times);
            yield return $"| {way} | {Median(static one => one.Rate)} | {Median(static one => one.P50)} | {Median(static one => one.P90)} | {Median(static one => one.P99)} | {engine} | {echo} | {Median(static one => one.Processor)} |";
        }

        if (Driven.Count > 0)
            yield return $"\nBeside the engine the echo was called at {Driven.Spread(Samples.Percent)} of gRPC's rate.";
    }

    private List<Measured>? Find(string way) => _ways.Find(known => known.Way == way).Rounds;
}
