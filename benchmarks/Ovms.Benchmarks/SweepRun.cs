using Ovms.Bench.Tuning;

namespace Ovms.Benchmarks;

/// <summary>
/// Default settings beside the best settings by hand: every arrangement of hint, streams, infer requests and batch size is tried once, then
/// the best one and the default settings are measured in turns.
/// </summary>
internal sealed class SweepRun
{
    /// <summary>How many call at the same time.</summary>
    public const int Callers = 32;

    private const double Least = 0.97;

    // After this, a server that follows its load has found its form; all get it.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan s_firstSettling = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(0.5);

    private readonly List<(string Settings, double Rate)> _tried = [];
    private readonly List<(Measured Default, Measured Best)> _rounds = [];
    private readonly string _name;

    private SweepRun(Workload workload) => _name = workload.Name;

    /// <summary>Whether the default settings give what settings by hand would.</summary>
    public Goal Goal => Goal.AtLeast(
        $"{_name}, {Callers} callers: calls/s with default settings of those with the best settings by hand ({_tried[0].Settings})",
        Least,
        new Samples(_rounds.Select(static round => round.Default.Rate / round.Best.Rate)),
        Samples.Percent);

    /// <summary>Runs it.</summary>
    public static async Task<SweepRun> RunAsync(Workload workload, Scale scale)
    {
        SweepRun run = new(workload);
        Requests requests = workload.MakeRequests();
        TuneFacts facts = new(Environment.ProcessorCount, Callers) { IsBatchOpen = workload.Shape is not null };
        Dictionary<string, Arrangement> arrangements =
            ArrangementList.Others(facts).Where(static arrangement => !arrangement.IsAdaptive).ToDictionary(static arrangement => arrangement.Text);
        foreach ((string settings, Arrangement arrangement) in arrangements)
        {
            using Server server = Server.Start(OptionsOf(workload, arrangement));
            run._tried.Add((settings, (await Load.Grpc(server.GrpcPort, requests.Grpc).RunAsync(Callers, scale.Turn, warmUp: s_warmUp)).Rate));
        }

        run._tried.Sort(static (one, other) => other.Rate.CompareTo(one.Rate));
        using Server asDefault = Server.Start(workload.OptionsAsInFile);
        using Server best = Server.Start(OptionsOf(workload, arrangements[run._tried[0].Settings]));

        // The first time it also compiles the second form, and may try it and go back.
        await Load.Grpc(asDefault.GrpcPort, requests.Grpc).RunAsync(Callers, scale.Turn, warmUp: s_firstSettling);
        for (int round = 0; round < scale.Rounds; round++)
        {
            Measured first = await Load.Grpc((round % 2 == 0 ? asDefault : best).GrpcPort, requests.Grpc).RunAsync(Callers, scale.Turn * 2, warmUp: s_settling);
            Measured second = await Load.Grpc((round % 2 == 0 ? best : asDefault).GrpcPort, requests.Grpc).RunAsync(Callers, scale.Turn * 2, warmUp: s_settling);
            run._rounds.Add(round % 2 == 0 ? (first, second) : (second, first));
        }

        return run;
    }

    /// <summary>The rows in Markdown.</summary>
    public IEnumerable<string> Markdown() =>
    [
        "| settings | calls/s, tried once | calls/s in rounds | p50 ms | p99 ms |",
        "|---|---|---|---|---|",
        Row("default", "", static round => round.Default),
        Row(_tried[0].Settings, Samples.Text(_tried[0].Rate), static round => round.Best),
        .. _tried.Skip(1).Select(static one => $"| {one.Settings} | {Samples.Text(one.Rate)} | | | |"),
    ];

    private string Row(string settings, string once, Func<(Measured Default, Measured Best), Measured> which)
    {
        string Median(Func<Measured, double> figure) => Samples.Text(new Samples(_rounds.Select(round => figure(which(round)))).Median);
        return $"| {settings} | {once} | {Median(static one => one.Rate)} | {Median(static one => one.P50)} | {Median(static one => one.P99)} |";
    }

    private static IEnumerable<string> OptionsOf(Workload workload, Arrangement arrangement) =>
    [
        .. workload.OptionsAsInFile, .. arrangement.Options(pluginConfig: "").SelectMany(static option => (string[])[$"--{option.Key}", option.Value]),
    ];
}
